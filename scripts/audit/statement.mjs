// Compares the client's statement with the books: what it tells people must be what they were paid, person by person.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROLES } from "./accounts.mjs";
import { sum } from "./formulas.mjs";

const run = promisify(execFile);
const ascending = (numbers) => [...numbers].sort((one, other) => one - other);

/** What the client says of a chain, for programs. */
export async function statementOf(client, url) {
  try {
    const { stdout } = await run(client, ["--url", url, "--json", "statement"], { maxBuffer: 256 * 1024 * 1024 });
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`the client ${client} makes no statement of the chain behind ${url}: ${error.stderr?.trim() || error.message}`);
  }
}

/** Compares fields of what the client says of somebody; nothing said counts as zero. */
function compareFields(findings, who, said, expected) {
  for (const [field, amount] of Object.entries(expected)) findings.same(who, field, said?.[field] ?? "0", amount);
}

function compareAccounts({ findings, accounts, awards }, list) {
  const said = new Map(list.map((entry) => [entry.account, entry]));
  for (const who of new Set([...said.keys(), ...accounts.list.keys()])) {
    const { paid, sponsored, withdrawn, credited, roles } = accounts.of(who);
    const byRole = Object.entries(ROLES).map(([role, name]) => [name, roles.get(role) ?? 0n]);
    const vesting = awards.vestingOf(who);
    compareFields(findings, who, said.get(who), { paid, sponsored, withdrawn, credited, vesting, ...Object.fromEntries(byRole) });
  }
}

const payeeOf = ({ Model, Pool }) => (Pool ? `pool ${Pool.datanet}/${Pool.round}` : `model ${Model}`);

function compareAssets({ findings, models, pools }, list) {
  const said = new Map(list.map((entry) => [payeeOf(entry.payee), entry]));
  const ledgers = [
    ...[...models.models].map(([id, model]) => [`model ${id}`, { ...model, received: model.royaltiesIn }]),
    ...[...pools.pools].map(([key, pool]) => [`pool ${key}`, {
      ...pool,
      received: pool.royalties,
      credited: sum(pool.paidCrew.values()) + sum(pool.paidContributions.values()),
    }]),
  ];
  const unknown = [...said.keys()].filter((key) => !ledgers.some(([other]) => other === key));
  findings.same("the statement", "models and pools that nobody registered", unknown, []);
  for (const [who, { gross, fees, hosts, net, received, credited, paidRoyalties = new Map() }] of ledgers) {
    compareFields(findings, who, said.get(who), { gross, fee: fees, host: hosts, net, royalties_in: received, credited });
    const out = (said.get(who)?.royalties_out ?? []).map(({ payee, amount }) => [payeeOf(payee), amount]);
    findings.same(who, "royalties_out", out.sort(), [...paidRoyalties].filter(([, amount]) => amount > 0n).sort());
  }
}

function compareMoney({ findings, pot, accounts }, said) {
  const credited = sum([...accounts.list.values()].map((account) => account.credited));
  const { gross, fees, sponsored, withdrawn, swept, burnt } = pot;
  compareFields(findings, "the pot", said, { gross, fees, sponsored, credited, withdrawn, swept, burnt });
  compareFields(findings, "the pot, held", said.held, pot.held);
}

/** What a contribution has earned from all pools of its datanet, paid or not. */
function earnedOf(pools, datanet, contribution) {
  return sum([...pools.pools].filter(([key]) => key.startsWith(`${datanet}/`)).map(([, pool]) => pools.due(pool, contribution)));
}

function compareData({ findings, rounds, pools, awards }, list) {
  for (const datanet of new Set([...list, ...rounds.concluded].map((entry) => entry.datanet))) {
    const concluded = rounds.concluded.filter((entry) => entry.datanet === datanet);
    // Also what was reclaimed since, which is in events only.
    const valued = concluded.flatMap(({ contributions }) => contributions);
    const said = list.find((entry) => entry.datanet === datanet);
    if (!said && valued.length === 0) continue;
    const who = `datanet ${datanet}`;
    findings.same(who, "accuracy of 1 in values", said?.unit, concluded[0]?.unit);
    const accuracies = concluded.map(({ round, evidence, before, after }) => ({ round, evidence, before: String(before), after: String(after) }));
    findings.same(who, "rounds", said?.rounds, accuracies);
    const found = new Map((said?.contributions ?? []).map((entry) => [entry.contribution, entry]));
    findings.same(who, "contributions", ascending(found.keys()), ascending(valued.map(({ contribution }) => contribution)));
    for (const { contribution, contributor, round, records, value, due, loss, committed } of valued) {
      const earned = earnedOf(pools, datanet, contribution);
      const status = value > 0n ? "Admitted" : "Rejected";
      const vesting = awards.leftOf(datanet, contribution);
      const withdrawn = committed.withdrawn ?? null;
      const expected = { contributor, round, records, status, value, award: due, vesting, burnt: loss, pools: earned, withdrawn_since: withdrawn };
      for (const [field, amount] of Object.entries(expected)) {
        const what = `${field} of contribution ${contribution} of datanet ${datanet}`;
        findings.same(contributor, what, found.get(contribution)?.[field], amount);
      }
    }
  }
}

export function compareStatement(books, statement) {
  books.findings.place = "the client's statement";
  compareAccounts(books, statement.accounts);
  compareAssets(books, statement.assets);
  compareMoney(books, statement.money);
  compareData(books, statement.data);
}
