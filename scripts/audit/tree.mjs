// Trees of weighted leaves: of admitted weights, whose root and sum a pool is opened with, and of what evaluators publish. Their shape is
// that of RFC 9162, section 2.1; every node hashes the sums below it, an inner one also the number of its leaves.
const LEAF = 1;
const INNER = 2;
const WEIGHT = 5;

/** An unsigned integer in so many bytes, the lowest first. */
export function bytesOf(number, length) {
  return Uint8Array.from({ length }, (_, index) => Number((BigInt(number) >> BigInt(8 * index)) & 255n));
}

export function join(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Root and sum of the leaves `{ leaf, weight }`, `leaf` being the hash of its content. */
export function tree(leaves, hash) {
  const above = (list) => {
    if (list.length === 1) {
      const [{ leaf, weight }] = list;
      return { hash: hash(join([LEAF], leaf, bytesOf(weight, 16))), sum: weight };
    }
    let half = 1;
    while (half * 2 < list.length) half *= 2;
    const [left, right] = [above(list.slice(0, half)), above(list.slice(half))];
    const content = [left, right].flatMap((node) => [node.hash, bytesOf(node.sum, 16)]);
    return { hash: hash(join([INNER], bytesOf(list.length, 4), ...content)), sum: left.sum + right.sum };
  };
  return leaves.length > 0 ? above(leaves) : { hash: new Uint8Array(32), sum: 0n };
}

/** Root, sum and number of the leaves `{ contribution, key, weight }`, `key` being the account's 32 bytes. */
export function weightTree(leaves, hash) {
  const root = tree(leaves.map(({ contribution, key, weight }) => (
    { leaf: hash(join([WEIGHT], bytesOf(contribution, 4), key)), weight })), hash);
  return { hash: `0x${Buffer.from(root.hash).toString("hex")}`, sum: root.sum, count: leaves.length };
}
