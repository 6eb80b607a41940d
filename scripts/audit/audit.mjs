// Recomputes from a chain's events who was paid what and why, and compares it with what the chain has in its state.
//
//   node scripts/audit/audit.mjs [ws://127.0.0.1:9944]
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ApiPromise, WsProvider } from "@polkadot/api";
import { Books } from "./books.mjs";

// Blocks that are read at a time.
const PARALLEL = 32;

/** The events of a chain's finalised blocks, in order, each `{ block, name, data }`. */
async function* events(api, last) {
  for (let first = 1; first <= last; first += PARALLEL) {
    const heights = Array.from({ length: Math.min(PARALLEL, last - first + 1) }, (_, index) => first + index);
    const blocks = await Promise.all(heights.map(async (height) => {
      const hash = await api.rpc.chain.getBlockHash(height);
      return api.query.system.events.at(hash);
    }));
    for (const [index, records] of blocks.entries()) {
      for (const { event } of records) {
        yield { block: heights[index], name: `${event.section}.${event.method}`, data: event.data };
      }
    }
  }
}

/** Reads the chain behind `url` up to its last finalised block and closes its books. Fails at the first thing that is wrong. */
export async function audit(url) {
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
  try {
    const head = await api.rpc.chain.getFinalizedHead();
    const { number } = await api.rpc.chain.getHeader(head);
    const books = new Books();
    for await (const event of events(api, number.toNumber())) books.enter(event);
    const state = await api.at(head);
    return { height: number.toNumber(), ...(await books.close(state)) };
  } finally {
    await api.disconnect();
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const report = await audit(process.argv[2] ?? "ws://127.0.0.1:9944");
  for (const { datanet, round, before, after, values } of report.rounds) {
    console.log(`datanet ${datanet}, round ${round}: accuracy ${before} -> ${after}; ${values} values sum to the difference exactly`);
  }
  console.table(report.payouts);
  console.table(report.balance);
  console.log(`finalised up to block ${report.height}: received = paid + claimable + pools + carried, to the last unit`);
}
