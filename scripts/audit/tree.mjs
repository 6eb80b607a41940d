// The tree of admitted weights, whose root and sum a pool is opened with. Its shape is that of RFC 9162, section 2.1; every node
// hashes the sums below it, an inner one also the number of its leaves.
const LEAF = 1;
const INNER = 2;
const WEIGHT = 5;

/** An unsigned integer in so many bytes, the lowest first. */
function bytesOf(number, length) {
  return Uint8Array.from({ length }, (_, index) => Number((BigInt(number) >> BigInt(8 * index)) & 255n));
}

function join(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Root, sum and number of the leaves `{ contribution, key, weight }`, `key` being the account's 32 bytes. */
export function weightTree(leaves, hash) {
  const above = (list) => {
    if (list.length === 1) {
      const [{ contribution, key, weight }] = list;
      const leaf = hash(join([WEIGHT], bytesOf(contribution, 4), key));
      return { hash: hash(join([LEAF], leaf, bytesOf(weight, 16))), sum: weight };
    }
    let half = 1;
    while (half * 2 < list.length) half *= 2;
    const [left, right] = [above(list.slice(0, half)), above(list.slice(half))];
    const content = [left, right].flatMap((node) => [node.hash, bytesOf(node.sum, 16)]);
    return { hash: hash(join([INNER], bytesOf(list.length, 4), ...content)), sum: left.sum + right.sum };
  };
  const root = leaves.length > 0 ? above(leaves) : { hash: new Uint8Array(32), sum: 0n };
  return { hash: `0x${Buffer.from(root.hash).toString("hex")}`, sum: root.sum, count: leaves.length };
}
