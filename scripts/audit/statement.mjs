// Compares the client's statement with the books: what it tells people must be what they were paid, person by person.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROLES } from "./accounts.mjs";
import { big } from "./chain.mjs";
import { byAccount, byRole, LABOUR, PLACES, sharesOf, totalOf } from "./earners.mjs";
import { sum } from "./formulas.mjs";
import { concentration, spearman } from "./measures.mjs";

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

function compareData(books, list) {
  const { findings, rounds, pools, awards } = books;
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
      const payments = paymentsOf(books, datanet, contribution);
      const each = payments > 0 ? earned / BigInt(payments * records) : 0n;
      const pay = { award: due, vesting, burnt: loss, pools: earned, payments, record_payment: each };
      const expected = { contributor, round, records, status, value, ...pay, withdrawn_since: withdrawn };
      for (const [field, amount] of Object.entries(expected)) {
        const what = `${field} of contribution ${contribution} of datanet ${datanet}`;
        findings.same(contributor, what, found.get(contribution)?.[field], amount);
      }
    }
  }
}

/** Compares what the client says of places of money with what was recomputed; both by what the entries are called. */
function comparePlaces(findings, said, expected) {
  for (const key of new Set([...said.keys(), ...expected.keys()])) {
    const places = expected.get(key) ?? {};
    const all = PLACES.map((place) => [place, places[place] ?? 0n]);
    compareFields(findings, key, said.get(key), { ...Object.fromEntries(all), earned: totalOf(places) });
  }
}

function compareEarned({ findings, earners, awards }, said) {
  const { earned } = earners;
  const entries = [...said.roles, { ...said.treasury, role: "treasury" }];
  const roles = [...byRole(earned), ["treasury", earned.treasury]];
  comparePlaces(findings, new Map(entries.map((entry) => [entry.role, entry])), new Map(roles));
  const accounts = said.accounts.map((entry) => [`${entry.account} ${entry.role}`, entry]);
  comparePlaces(findings, new Map(accounts), earned.accounts);
  compareFields(findings, "the statement by role", said, { burnt: earned.burnt, contested: earned.contested, carried: earned.carried });
  compareFields(findings, "what came in", said.received, earned.received);
  const everything = sum(roles.map(([, places]) => totalOf(places))) + earned.burnt + earned.contested + earned.carried;
  findings.same("the statement by role", "all that came in", everything, sum(Object.values(earned.received)));
  const awarded = sum([...awards.awards.values()].map(({ amount }) => amount));
  const shares = sharesOf(earned, awarded, earners.rewards);
  findings.same("the statement by role", "labour share", said.labour_share, shares.labour);
  findings.same("the statement by role", "verification share", said.verification_share, shares.verification);
}

/** What accounts own, on hold or not: all but the pot, which keeps what is others'. */
export async function holdingsOf({ account }, state) {
  const entries = await state.query.system.account.entries();
  const others = entries.filter(([key]) => key.args[0].toString() !== account);
  return others.map(([, { data }]) => big(data.free) + big(data.reserved));
}

function compareConcentration({ findings, earners }, said, holdings) {
  const { earned } = earners;
  const amounts = (roles) => [...byAccount(earned, roles).values()];
  const lists = { contributors: amounts(LABOUR), developers: amounts(["upstream", "developers"]), accounts: amounts(), holdings };
  for (const [whose, list] of Object.entries(lists)) {
    for (const [measure, value] of Object.entries(concentration(list))) findings.same(whose, measure, said[whose]?.[measure], value);
  }
}

/** What of a contribution was paid, whether it vests still or not. */
function payOf({ pools, awards }, datanet, { contribution, due }) {
  const own = [...awards.awards.values()].filter((award) => award.round.startsWith(`${datanet}/`) && award.contribution === contribution);
  return due - sum(own.map(({ forfeited }) => forfeited)) + earnedOf(pools, datanet, contribution);
}

function compareSpread(books, { concentration: said, correlations, participation }, holdings) {
  const { findings, rounds } = books;
  compareConcentration(books, said, holdings);
  const concluded = rounds.concluded.filter(({ contributions }) => contributions.length > 0);
  const datanets = ascending(new Set(concluded.map(({ datanet }) => datanet)));
  const expected = datanets.map((datanet) => {
    const valued = concluded.filter((entry) => entry.datanet === datanet).flatMap(({ contributions }) => contributions);
    const paid = valued.map((entry) => payOf(books, datanet, entry));
    const [value, records] = ["value", "records"].map((field) => spearman(valued.map((entry, index) => [paid[index], entry[field]])));
    return { datanet, contributions: valued.length, value, records };
  });
  findings.same("data", "rank correlations of pay", correlations, expected);
  const turnout = datanets.flatMap((datanet) => {
    const known = new Set();
    const own = concluded.filter((entry) => entry.datanet === datanet).sort((one, other) => one.round - other.round);
    return own.map(({ round, contributions }) => {
      const active = new Set(contributions.map(({ contributor }) => contributor));
      const returned = [...active].filter((who) => known.has(who)).length;
      for (const who of active) known.add(who);
      return { datanet, round, active: active.size, returned };
    });
  });
  findings.same("data", "who was there in each round", participation, turnout);
}

/** How often somebody paid for using what a contribution is part of, upfront fees of licences left out. */
function paymentsOf({ models, pools }, datanet, contribution) {
  const paying = [...pools.pools].filter(([key, pool]) => key.startsWith(`${datanet}/`) && pools.pays(pool, contribution));
  const keys = paying.map(([key]) => `pool ${key}`);
  const owing = [...models.models.values()].filter(({ entries }) => entries.some(({ payee }) => keys.includes(payee)));
  return [...paying.map(([, pool]) => pool), ...owing].reduce((total, { payments }) => total + payments, 0);
}

export function compareStatement(books, statement, holdings) {
  books.findings.place = "the client's statement";
  compareAccounts(books, statement.accounts);
  compareAssets(books, statement.assets);
  compareMoney(books, statement.money);
  compareData(books, statement.data);
  compareEarned(books, statement.earned);
  compareSpread(books, statement.spread, holdings);
}
