// What a model owes its ancestors, recomputed by walking every path to each of them: the chain folds stacks of direct sources instead.
import { BILLION, sum } from "./formulas.mjs";

export const MAX_ENTRIES = 32;
// Places for royalties to sources that were left out, beside those.
export const MAX_LATE = 8;
export const MAX_RATES = (BILLION * 60n) / 100n;

/** An origin of a model: another model, or a datanet up to a round. */
export function originOf(origin) {
  const { type, inner } = origin;
  if (type === "TrainedOn" || type === "RetrievesFrom") {
    return { asset: `datanet ${inner.get("datanet")}`, datanet: inner.get("datanet").toNumber(), round: inner.get("round").toNumber() };
  }
  return { asset: `model ${inner}`, model: inner.toNumber() };
}

/** An origin that is a payee: who is owed, whatever lies behind it. */
export function originOfPayee(payee) {
  const [kind, name] = payee.split(" ");
  if (kind === "model") return { asset: payee, model: Number(name), final: true };
  const [datanet, round] = name.split("/").map(Number);
  return { asset: `datanet ${datanet}`, datanet, round, final: true };
}

/** Every asset that a model with these origins descends from; of a datanet the highest round on any path, which holds the others. */
export function ancestors(origins, originsOf, found = new Map(), walked = new Set()) {
  for (const origin of origins) {
    const before = found.get(origin.asset);
    if (!before || origin.round > before.round) found.set(origin.asset, origin);
    if (origin.model === undefined || origin.final || walked.has(origin.model)) continue;
    walked.add(origin.model);
    ancestors(originsOf(origin.model), originsOf, found, walked);
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
 * `originsOf` tells a model's origins, or whom it owes where that has changed since it was registered; `royaltyOf` what an asset's own terms
 * ask for.
 */
export function stackOf(origins, originsOf, royaltyOf) {
  return [...ancestors(origins, originsOf).values()].sort(byPayee).flatMap((origin) => {
    const royalty = royaltyOf(origin.asset);
    if (!royalty) return [];
    const payee = origin.model === undefined ? `pool ${origin.datanet}/${origin.round}` : `model ${origin.model}`;
    return [{ payee, ...royalty }];
  });
}

const isPool = ({ payee }) => payee.startsWith("pool ");

/** Royalties to those who are paid. `earning` tells whose a pool's is: its own, the last one's before it that has weight, or nobody's. */
export function payable(list, earning) {
  return list.flatMap((entry) => {
    if (!isPool(entry)) return [entry];
    const paid = earning(entry.payee.slice("pool ".length));
    return paid === undefined ? [] : [{ ...entry, payee: `pool ${paid}` }];
  });
}

/**
 * The rates that apply: with s the sum of all, p that of the pools, if p > 0 and s < 1/2 each pool's is multiplied by (p + 1/2 - s) / p.
 * A pool that pays nobody has no part in this.
 */
export function toppedUp(stack, earning) {
  const owed = payable(stack, earning);
  const all = sum(owed.map(({ rate }) => rate));
  const pools = sum(owed.filter(isPool).map(({ rate }) => rate));
  if (pools === 0n || all * 2n >= BILLION) return owed;
  return owed.map((entry) => (isPool(entry) ? { ...entry, rate: (entry.rate * (pools + BILLION / 2n - all)) / pools } : entry));
}
