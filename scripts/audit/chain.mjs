// What an auditor reads: events of finalised blocks, each with the constants of the runtime that made it.
import { ApiPromise, WsProvider } from "@polkadot/api";

// Blocks that are read at a time.
const PARALLEL = 32;

export const big = (codec) => codec.toBigInt();
// The library marks a field with an underscore if its own objects have something else of that name.
export const entriesOf = (codec) => codec.get("entries_");
export const hashOf = (codec) => codec.get("hash_").toHex();
export const optional = (option) => (option.isSome ? option.unwrap() : undefined);
export const poolKey = (pool) => `${pool.get("datanet")}/${pool.get("round")}`;
export const payeeKey = (payee) => (payee.isModel ? `model ${payee.asModel}` : `pool ${poolKey(payee.asPool)}`);
export const shares = (list) => list.map((share) => ({ account: share.get("account").toString(), part: big(share.get("part")) }));
export const royalties = (list) => list.map((entry) => {
  const ceiling = optional(entry.get("ceiling"));
  return { payee: payeeKey(entry.get("payee")), rate: big(entry.get("rate")), ceiling: ceiling && big(ceiling) };
});

/** What a pallet's view function says of the state after a block: the library reads their metadata, and does not call them. */
export async function view(api, hash, pallet, name, ...values) {
  const { registry } = await api.at(hash);
  const { viewFunctions } = registry.metadata.pallets.find((entry) => entry.name.toString() === pallet);
  const { id, inputs, output } = viewFunctions.find((entry) => entry.name.toString() === name);
  const encoded = inputs.flatMap(({ type }, index) => [...registry.createType(registry.createLookupType(type), values[index]).toU8a()]);
  const hex = (bytes) => `0x${Buffer.from(bytes).toString("hex")}`;
  // The arguments are bytes with their length.
  const request = [...id.toU8a(true), ...registry.createType("Bytes", hex(encoded)).toU8a()];
  const answer = (await api.rpc.state.call("RuntimeViewFunction_execute_view_function", hex(request), hash)).toU8a(true);
  // A result: bytes with their length, or an error.
  if (answer[0] !== 0) throw new Error(`the runtime has no view function ${pallet}.${name} in this form`);
  return registry.createType(registry.createLookupType(output), registry.createType("Bytes", answer.slice(1)).toU8a(true));
}

export function connect(url) {
  return ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
}

/** The pot's account: "modl", the pallet's name for it, zeros (PalletId::into_account_truncating). */
export function potOf(api) {
  const pot = new Uint8Array(32);
  pot.set(new TextEncoder().encode("modl"));
  pot.set(api.consts.rewards.palletId.toU8a(true), 4);
  return api.registry.createType("AccountId", pot).toString();
}

/**
 * The rates, periods and prices that a runtime publishes; undefined where it does not. Licensing bounds offers by what rewards lets hosts
 * have.
 */
export function ratesOf({ rewards, licensing, disputes }) {
  const rate = (constant) => (constant === undefined ? undefined : big(constant));
  return {
    fee: rate(rewards.protocolFee),
    host: rate(rewards.hostMax ?? licensing.maxHostShare),
    escrow: rewards.escrowPeriod?.toNumber(),
    bond: rate(disputes?.bond),
  };
}

/** A call and all that it carries: batches, proxies and the like. */
function callsWithin(call) {
  const carried = call.args.flatMap((argument) => (Array.isArray(argument) ? [...argument] : [argument]));
  return [call, ...carried.filter((inner) => inner?.section && inner.method && inner.args).flatMap(callsWithin)];
}

/** The scores that an extrinsic publishes, each `{ of, batch, bytes }`. */
export function scoresIn(extrinsic) {
  return callsWithin(extrinsic.method)
    .filter(({ section, method }) => section === "valuation" && method === "publishQuality")
    .map(({ args: [datanet, round, batch, scores] }) => ({ of: `${datanet}/${round}`, batch: batch.toNumber(), bytes: scores.toU8a(true) }));
}

/** The events of a chain's blocks up to `last`, in order, each `{ block, extrinsic, name, data, rates, scores }`. */
export async function* events(api, last) {
  for (let first = 1; first <= last; first += PARALLEL) {
    const heights = Array.from({ length: Math.min(PARALLEL, last - first + 1) }, (_, index) => first + index);
    const blocks = await Promise.all(heights.map(async (height) => {
      // By the metadata of that block: runtimes change.
      const hash = await api.rpc.chain.getBlockHash(height);
      const then = await api.at(hash);
      const records = await then.query.system.events();
      // Nearly no block has scores: of the others the body is not needed.
      const scored = records.some(({ event }) => event.section === "valuation" && event.method === "QualityPublished");
      const scores = scored ? (await api.rpc.chain.getBlock(hash)).block.extrinsics.map(scoresIn) : [];
      return { records, rates: ratesOf(then.consts), scores };
    }));
    for (const [index, { records, rates, scores }] of blocks.entries()) {
      for (const { event, phase } of records) {
        const extrinsic = phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toNumber() : undefined;
        const name = `${event.section}.${event.method}`;
        yield { block: heights[index], extrinsic, name, data: event.data, rates, scores: scores[extrinsic] };
      }
    }
  }
}
