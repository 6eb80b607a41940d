// How evenly amounts are spread, and whether one thing goes with another: written anew here, in integers as far as the measures are ratios of
// integers, so that they can be compared to the last digit.
import { BILLION, sum } from "./formulas.mjs";

const ascending = (one, other) => (one < other ? -1 : Number(one > other));

/** A part of a whole, in billionths rounded down; nothing of nothing is nothing. */
export const ratio = (part, whole) => (whole === 0n ? 0 : Number((part * BILLION) / whole) / Number(BILLION));

/** How concentrated amounts are, those of nothing not counted. */
export function concentration(amounts) {
  const sorted = amounts.filter((amount) => amount > 0n).sort(ascending);
  const total = sum(sorted);
  const count = BigInt(sorted.length);
  // Each amount is the larger one of as many pairs as come before it, and the smaller one of those that come after.
  const differences = sum(sorted.map((amount, index) => amount * (2n * BigInt(index) + 1n - count)));
  const largest = sorted.toReversed();
  const enough = largest.findIndex((_, index) => 2n * sum(largest.slice(0, index + 1)) > total);
  return {
    count: sorted.length,
    total,
    gini: ratio(differences, count * total),
    hhi: ratio(sum(sorted.map((amount) => amount * amount)), total * total),
    top10: ratio(sum(largest.slice(0, 10)), total),
    nakamoto: enough + 1,
  };
}

/** Twice how far each rank is from the mean one; equal ones share the mean of their places. */
function deviations(list) {
  return list.map((value) => {
    const below = list.filter((other) => other < value).length;
    const equal = list.filter((other) => other === value).length;
    return BigInt(2 * below + equal + 1 - (list.length + 1));
  });
}

/** Spearman's rank correlation of pairs; null where there is none. */
export function spearman(pairs) {
  const [one, other] = [0, 1].map((side) => deviations(pairs.map((pair) => pair[side])));
  const product = (first, second) => sum(first.map((value, index) => value * second[index]));
  const squares = [product(one, one), product(other, other)];
  if (squares.includes(0n)) return null;
  return Number(product(one, other)) / Math.sqrt(Number(squares[0]) * Number(squares[1]));
}
