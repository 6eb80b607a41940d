// Recomputes from a chain's events who was paid what and why, and compares it with the chain's state and with what the client says.
//
//   node scripts/audit/audit.mjs [ws://127.0.0.1:9944] [--client PATH]
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { binaries } from "../lib/options.mjs";
import { ROLES } from "./accounts.mjs";
import { Books } from "./books.mjs";
import { connect, events, potOf, ratesOf, view } from "./chain.mjs";
import { Findings } from "./findings.mjs";
import { licencesOf } from "./licences.mjs";
import { compareState } from "./state.mjs";
import { compareStatement, holdingsOf, statementOf } from "./statement.mjs";

/** The client that scripts/run builds, if it is there. */
function builtClient() {
  const client = join(binaries, "tributary");
  return existsSync(client) ? client : undefined;
}

/** What is wrong with a chain or a statement of it, a line for each difference. */
export class AuditFailure extends Error {
  constructor(lines) {
    super(`${lines.length} differences\n${lines.join("\n")}`);
    this.lines = lines;
  }
}

/**
 * Reads the chain behind `url` up to its last finalised block, closes its books and compares them with its state; and with the
 * statement of `client`, a path, at the same block. Fails with everything that is wrong.
 */
export async function audit(url, { client = builtClient() } = {}) {
  const statement = client && (await statementOf(client, url));
  const api = await connect(url);
  try {
    const last = statement?.block ?? (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
    const block = await api.rpc.chain.getBlockHash(last);
    const state = await api.at(block);
    const hash = (bytes) => api.registry.hash(bytes).toU8a();
    const findings = new Findings();
    const books = new Books({ findings, licences: await licencesOf(state, hash, findings), account: potOf(api), hash });
    for await (const event of events(api, last)) books.enter(event);
    books.close();
    await compareState(books, state, { block: last, rates: ratesOf(state.consts) }, (...words) => view(api, block, ...words));
    if (statement) compareStatement(books, statement, await holdingsOf(books, state));
    if (findings.lines.length > 0) throw new AuditFailure(findings.lines);
    return report(books, last, client);
  } finally {
    await api.disconnect();
  }
}

function report(books, height, client) {
  const rounds = books.rounds.concluded.map(({ datanet, round, evidence, agreed, unit, before, after, contributions }) => {
    const percent = (accuracy) => `${Number((accuracy * 10_000n) / unit) / 100} %`;
    const how = evidence === "attested" ? `, attested by ${agreed}` : "";
    return { datanet, round, how, before: percent(before), after: percent(after), values: contributions.length, contributions };
  });
  const { accounts, balance, findings, pot, quality } = books;
  return {
    height, client, checks: findings.checks, rounds, payouts: accounts.payouts, balance, fee: pot.taking.words, quality: quality.published,
  };
}

const COLUMNS = { ...ROLES, Valuation: "valuation fees" };

function print({ height, client, checks, rounds, payouts, balance, fee, quality }) {
  for (const { datanet, round, how, before, after, values } of rounds) {
    console.log(`datanet ${datanet}, round ${round}: accuracy ${before} -> ${after}${how}; ${values} values sum to the difference exactly`);
  }
  for (const { round, scores, records, complete } of quality) {
    console.log(`round ${round}: advisory quality of ${complete ? "all" : `${scores} of`} ${records} records is in blocks as its events say`);
  }
  console.log("what everybody received, in smallest units");
  console.table(Object.fromEntries(Object.entries(payouts).map(([who, roles]) => [
    who,
    Object.fromEntries(Object.entries(COLUMNS).map(([role, name]) => [name, String(roles[role] ?? "")])),
  ])));
  console.table(Object.fromEntries(Object.entries(balance).map(([place, amount]) => [place, String(amount)])));
  console.log(fee);
  console.log(client
    ? "the client's statement says the same of every person, role, model, pool and contribution"
    : "no client is there: its statement was not compared");
  console.log(`finalised up to block ${height}: ${checks} comparisons; received = paid + burnt + claimable + models + pools + budgets + vesting + fees, to the last unit`);
}

const USAGE = `node scripts/audit/audit.mjs [ws://127.0.0.1:9944] [--client PATH]

  --client PATH   the client whose statement is compared; that of scripts/run by default, if it is built`;

/** The words of this process, or an end with the reason. */
function wordsOrExit() {
  try {
    return parseArgs({ options: { client: { type: "string" } }, allowPositionals: true });
  } catch (error) {
    console.error(`error: ${error.message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

async function main() {
  const { values, positionals } = wordsOrExit();
  try {
    print(await audit(positionals[0] ?? "ws://127.0.0.1:9944", values));
  } catch (error) {
    // Other kinds of errors are this auditor's own: they say where.
    const told = error instanceof AuditFailure || error.constructor === Error;
    console.error(`error: ${told ? error.message : error.stack}`);
    process.exitCode = 1;
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
