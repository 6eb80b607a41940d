// What a model owes its ancestors, recomputed by walking every path to each of them: the chain folds stacks of direct sources instead.
import { BILLION, sum } from "./formulas.mjs";

export const MAX_ENTRIES = 32;
export const MAX_RATES = (BILLION * 60n) / 100n;

/** An origin of a model: another model, or a datanet up to a round. */
export function originOf(origin) {
  const { type, inner } = origin;
  if (type === "TrainedOn" || type === "RetrievesFrom") {
    return { asset: `datanet ${inner.get("datanet")}`, datanet: inner.get("datanet").toNumber(), round: inner.get("round").toNumber() };
  }
  return { asset: `model ${inner}`, model: inner.toNumber() };
}

/** Every asset that a model with these origins descends from; of a datanet the highest round on any path, which holds the others. */
function ancestors(origins, originsOf, found = new Map()) {
  for (const origin of origins) {
    const before = found.get(origin.asset);
    if (origin.model === undefined) {
      if (!before || before.round < origin.round) found.set(origin.asset, origin);
    } else if (!before) {
      found.set(origin.asset, origin);
      ancestors(originsOf(origin.model), originsOf, found);
    }
  }
  return found;
}

/** Models before pools, each ascending. */
function byPayee(one, other) {
  if ((one.model === undefined) !== (other.model === undefined)) return one.model === undefined ? 1 : -1;
  return one.model === undefined ? one.datanet - other.datanet : one.model - other.model;
}

/**
 * The stack of a model: each ancestor that asks for a royalty is owed it once, by its own terms, whatever lies between.
 * `originsOf` tells a model's origins, `royaltyOf` what an asset's own terms ask for.
 */
export function stackOf(origins, originsOf, royaltyOf) {
  return [...ancestors(origins, originsOf).values()].sort(byPayee).flatMap((origin) => {
    const royalty = royaltyOf(origin.asset);
    if (!royalty) return [];
    const payee = origin.model === undefined ? `pool ${origin.datanet}/${origin.round}` : `model ${origin.model}`;
    return [{ payee, ...royalty }];
  });
}

/**
 * The rates that apply: with s the sum of all, p that of the pools, if p > 0 and s < 1/2 each pool's is multiplied by (p + 1/2 - s) / p.
 * A pool without weight has nobody to pay and no part in this.
 */
export function toppedUp(stack, hasWeight) {
  const isPool = ({ payee }) => payee.startsWith("pool ");
  const owed = stack.filter((entry) => !isPool(entry) || hasWeight(entry.payee.slice("pool ".length)));
  const all = sum(owed.map(({ rate }) => rate));
  const pools = sum(owed.filter(isPool).map(({ rate }) => rate));
  if (pools === 0n || all * 2n >= BILLION) return owed;
  return owed.map((entry) => (isPool(entry) ? { ...entry, rate: (entry.rate * (pools + BILLION / 2n - all)) / pools } : entry));
}
