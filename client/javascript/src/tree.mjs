// The Merkle-sum tree of a channel's receipts, as far as it must be kept to append to it.
import { fromHex, toHex } from "./codec.mjs";
import { treeInner, treeLeaf } from "./hashes.mjs";

const NOTHING = { hash: new Uint8Array(32), sum: 0n };

const above = (count, left, right) => ({ hash: treeInner(count, left, right), sum: left.sum + right.sum });

export class Tree {
  /** `peaks` are the roots of the perfect trees that `count` leaves form, from the largest to the smallest. */
  constructor(count = 0, peaks = []) {
    this.count = count;
    this.peaks = peaks;
  }

  /** The tree with one leaf more. */
  with(leaf, amount) {
    const peaks = [...this.peaks];
    let node = { hash: treeLeaf(leaf, amount), sum: amount };
    let size = 1;
    // Each trailing 1 of the old count is a peak as large as what is appended so far.
    while (Math.floor(this.count / size) % 2 === 1) {
      size *= 2;
      node = above(size, peaks.pop(), node);
    }
    return new Tree(this.count + 1, [...peaks, node]);
  }

  /** Hash and sum of the root: the peaks joined from the smallest to the largest. */
  get root() {
    if (this.count === 0) return NOTHING;
    let size = 1;
    let below = 0;
    let root;
    for (const peak of this.peaks.toReversed()) {
      while (Math.floor(this.count / size) % 2 === 0) size *= 2;
      below += size;
      root = root ? above(below, peak, root) : peak;
      size *= 2;
    }
    return root;
  }

  toJSON() {
    return { count: this.count, peaks: this.peaks.map(({ hash, sum }) => ({ hash: toHex(hash), sum: String(sum) })) };
  }

  static from({ count, peaks }) {
    return new Tree(count, peaks.map(({ hash, sum }) => ({ hash: fromHex(hash), sum: BigInt(sum) })));
  }
}
