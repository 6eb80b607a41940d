// What values are counted in, and what a sponsor pays for them.

const greatestCommonDivisor = (one, other) => (other === 0n ? one : greatestCommonDivisor(other, one % other));

/** The least common multiple of 1 to 32, the longest horizon: every fraction of the valuation is a whole number of parts of it. */
const WHOLE = Array.from({ length: 32 }, (_, index) => BigInt(index + 1))
  .reduce((multiple, number) => (multiple * number) / greatestCommonDivisor(multiple, number), 1n);

/** What values call an accuracy of 1: L K C T. */
export function unitOf({ neighbours, classes, benchmark }) {
  return WHOLE * BigInt(neighbours) * BigInt(classes) * BigInt(benchmark);
}

/**
 * The factor f = min(1, budget / cost of all positive values), as an exact fraction. Without positive values nothing is scaled down.
 */
export function scaleOf({ price, budget }, unit, positive) {
  const [numerator, denominator] = [budget * unit, price * positive];
  return denominator > numerator ? { numerator, denominator } : { numerator: 1n, denominator: 1n };
}

/** floor(price value f): what a sponsor pays for a positive value, and what a negative one costs before its bond bounds that. */
export function payDue(price, unit, scale, value) {
  return (price * value * scale.numerator) / (unit * scale.denominator);
}
