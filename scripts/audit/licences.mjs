// Licence terms, which events name by their hash alone: read from state, and checked to be what the hash is of.
import { big, optional } from "./chain.mjs";

/** What the terms of each identifier ask of descendants: `{ royalty }`, which is undefined if that is nothing. */
export async function licencesOf(state, hash, findings) {
  const licences = new Map();
  for (const [key, stored] of await state.query.licensing.licences.entries()) {
    const id = key.args[0].toString();
    const terms = stored.unwrap();
    findings.same(`licence ${id}`, "hash of its terms", `0x${Buffer.from(hash(terms.toU8a())).toString("hex")}`, id);
    const royalty = optional(terms.get("royalty"));
    const ceiling = royalty && optional(royalty.get("ceiling"));
    licences.set(id, { royalty: royalty && { rate: big(royalty.get("rate")), ceiling: ceiling && big(ceiling) } });
  }
  return licences;
}
