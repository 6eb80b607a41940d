// What the chain's library makes of numbers, accounts, structures and choices, as far as the books ask: for their tests.
export const number = (value) => ({ toNumber: () => Number(value), toBigInt: () => BigInt(value), toString: () => String(value) });
export const name = (text) => ({ toString: () => text, toU8a: () => new Uint8Array(32) });
export const bool = (value) => ({ isTrue: value });
export const structure = (fields) => ({ get: (field) => fields[field] });
export const some = (value) => ({ isSome: true, unwrap: () => value });
export const none = { isSome: false };

/** An asset, by its name: "model 0", "datanet 0". */
export function asset(key) {
  const [kind, id] = key.split(" ");
  return { isModel: kind === "model", asModel: number(id), asDatanet: number(id) };
}

/** Who is owed a royalty, by its name: "model 0", "pool 0/1". */
export function payee(key) {
  const [kind, id] = key.split(" ");
  if (kind === "model") return { isModel: true, asModel: number(id) };
  const [datanet, round] = id.split("/");
  return { isModel: false, asPool: structure({ datanet: number(datanet), round: number(round) }) };
}

/** Where a model comes from, by the asset's name and, of a datanet, the round. */
export function origin(key, round) {
  const [kind, id] = key.split(" ");
  return kind === "model"
    ? { type: "FinetunedFrom", inner: number(id) }
    : { type: "TrainedOn", inner: structure({ datanet: number(id), round: number(round) }) };
}
