// Compares a chain's state with what follows from all its events.
import { big, entriesOf, hashOf, optional, poolKey, royalties, shares } from "./chain.mjs";
import { authorsDue, sum, vestedDue } from "./formulas.mjs";
import { originOf } from "./stacks.mjs";

/** The entries of a map in state, by what `name` makes of their keys. */
async function stored(query, name) {
  const entries = await query.entries();
  return new Map(entries.map(([key, value]) => [name(...key.args), value]));
}

/** Compares two maps entry by entry: nothing may be missing in either. */
function compareMaps(findings, what, found, expected) {
  findings.same("the state", `number of ${what}`, found.size, expected.size);
  findings.same("the state", `those of ${what} that no event tells of`, [...found.keys()].filter((key) => !expected.has(key)), []);
  findings.same("the state", `those of ${what} that it does not have`, [...expected.keys()].filter((key) => !found.has(key)), []);
  return [...expected].filter(([key]) => found.has(key)).map(([key, value]) => [key, found.get(key), value]);
}

const takingsOf = (takings) => ["gross", "hosts", "net", "royalties"].map((field) => big(takings.get(field)));

async function compareAccounts({ findings, pot }, query) {
  const found = await stored(query.rewards.claimable, String);
  for (const who of new Set([...found.keys(), ...pot.claimable.keys()])) {
    findings.same(who, "may withdraw", found.has(who) ? big(found.get(who)) : 0n, pot.claimable.get(who) ?? 0n);
  }
  const budgets = await stored(query.rewards.budgets, poolKey);
  for (const key of new Set([...budgets.keys(), ...pot.budgets.keys()])) {
    const left = budgets.has(key) ? big(optional(budgets.get(key)).get("left")) : 0n;
    findings.same(`round ${key}`, "left of its budget", left, pot.budgets.get(key) ?? 0n);
  }
}

/** State keeps the awards that vest, paid or not, and forgets those that were forfeited. */
async function compareAwards({ findings, awards, rounds }, query) {
  const vests = ([, { round, amount, ended, shared }]) => {
    const { vesting } = rounds.datanets.get(Number(round.split("/")[0]));
    return !ended && (shared || vestedDue(amount, vesting.parts, 0) < amount);
  };
  const expected = new Map([...awards.awards].filter(vests));
  const found = await stored(query.rewards.awards, (pool, contribution) => `${poolKey(pool)}/${contribution}`);
  for (const [key, option, award] of compareMaps(findings, "awards that vest", found, expected)) {
    const { who, amount, round, contribution } = award;
    const entry = optional(option);
    const paid = big(entry.get("paid"));
    const credited = sum(authorsDue(awards.payeesOf(round, contribution, who), paid, paid === amount));
    const said = [entry.get("account").toString(), big(entry.get("amount")), credited];
    findings.same(who, `whose award ${key} is, its amount and what is paid of it`, said, [who, amount, awards.credited(award)]);
  }
}

async function compareContributions({ findings, rounds }, query) {
  const found = await stored(query.datanets.contributions, (datanet, contribution) => `${datanet}/${contribution}`);
  for (const { datanet, round, contributions, before, after } of rounds.concluded) {
    const outcome = optional(optional(await query.datanets.rounds(datanet, round)).get("outcome"));
    const accuracies = [big(outcome.get("before")), big(outcome.get("after"))];
    findings.same(`round ${datanet}/${round}`, "accuracies before and after", accuracies, [before, after]);
    for (const { contribution, contributor, value, kept, committed } of contributions) {
      const option = found.get(`${datanet}/${contribution}`);
      const entry = option && optional(option);
      const said = entry && [
        entry.get("contributor").toString(),
        big(entry.get("value")),
        entry.get("status").type,
        big(entry.get("bond")),
        optional(entry.get("withdrawn"))?.toNumber(),
      ];
      const expected = committed.reclaimed ? undefined : [contributor, value, value > 0n ? "Admitted" : "Rejected", kept, committed.withdrawn];
      const what = `contributor, value, status, bond and withdrawal of contribution ${contribution} of datanet ${datanet}`;
      findings.same(contributor, what, said, expected);
    }
  }
}

async function comparePools({ findings, pools, awards }, query) {
  for (const [key, option, pool] of compareMaps(findings, "pools", await stored(query.rewards.pools, poolKey), pools.pools)) {
    const terms = optional(option);
    const root = terms.get("root");
    const said = [hashOf(root), big(root.get("sum")), big(terms.get("weight")), terms.get("count").toNumber(), shares(terms.get("crew"))];
    const expected = [pool.hash, pool.sum, pool.total, pool.weights.size, pool.crew];
    findings.same(`pool ${key}`, "root, weight, weight that earns, number and crew", said, expected);
    const clock = ["ordinal", "opened"].map((field) => terms.get(field).toNumber());
    findings.same(`pool ${key}`, "which final round it is, and since when", clock, [pool.ordinal, pool.opened]);
  }
  const excluded = await stored(query.rewards.exclusions, (datanet, contribution) => `${datanet}/${contribution}`);
  for (const [key, option, { weight, since }] of compareMaps(findings, "exclusions", excluded, pools.exclusions)) {
    const exclusion = optional(option);
    findings.same(`contribution ${key}`, "weight and first round of its exclusion", [big(exclusion.get("weight")), exclusion.get("since").toNumber()], [weight, since]);
  }
  const weighty = new Map([...pools.pools].filter(([, { total }]) => total > 0n));
  const accounts = await stored(query.rewards.poolAccounts, poolKey);
  for (const [key, option, pool] of compareMaps(findings, "pools' accounts", accounts, weighty)) {
    const account = optional(option);
    const received = [pool.gross, pool.hosts, pool.net, pool.royalties];
    findings.same(`pool ${key}`, "gross, hosts, net and royalties", takingsOf(account.get("takings")), received);
    findings.same(`pool ${key}`, "paid to contributions", big(account.get("claimed")), sum(pool.paidContributions.values()));
  }
  const proofs = [...pools.pools].flatMap(([key, pool]) => [...pool.proven].map((number) => [`${key}/${number}`, { pool, number }]));
  const proven = new Map(proofs);
  const found = await stored(query.rewards.proven, (pool, contribution) => `${poolKey(pool)}/${contribution}`);
  for (const [key, option, { pool, number }] of compareMaps(findings, "proven weights", found, proven)) {
    const entry = optional(option);
    const { contributor, weight } = pool.weights.get(number);
    // Of what was shared out, rounding holds back from authors what it must.
    const paid = big(entry.get("paid"));
    const credited = sum(authorsDue(awards.payeesOf(key, number, contributor), paid, false));
    const said = [entry.get("account").toString(), big(entry.get("weight")), credited];
    const expected = [contributor, weight, pool.paidContributions.get(number) ?? 0n];
    findings.same(contributor, `contributor, weight and pay in pool and contribution ${key}`, said, expected);
  }
}

async function compareModels({ findings, models }, query) {
  const splits = await stored(query.rewards.splits, Number);
  for (const [id, option, model] of compareMaps(findings, "models' ledgers", splits, models.models)) {
    const who = `model ${id}`;
    const split = optional(option);
    findings.same(who, "royalties in its ledger", royalties(entriesOf(split.get("royalties"))), model.royalties);
    findings.same(who, "team in its ledger", shares(split.get("team")), model.team);
    findings.same(who, "had by earlier teams", big(split.get("earlier")), model.earlier);
    findings.same(who, "team", shares(optional(await query.models.teams(id)) ?? []), model.team);
    const account = optional(await query.rewards.modelAccounts(id));
    const received = [model.gross, model.hosts, model.net, model.royaltiesIn];
    findings.same(who, "gross, hosts, net and royalties", takingsOf(account.get("takings")), received);
    const settled = ["net", "royalties"].map((field) => big(account.get("settled").get(field)));
    findings.same(who, "settled", settled, [model.settled.net, model.settled.royalties]);
    const edges = optional(await query.models.edges(id)).map((edge) => originOf(edge.get("origin")));
    findings.same(who, "origins", edges, model.origins);
    const attachment = optional(await query.licensing.attachments({ Model: id }));
    findings.same(who, "licence", attachment.get("terms").toString(), model.terms);
    findings.same(who, "royalties that its descendants inherit", royalties(attachment.get("standing").get("stack")), model.stack);
  }
}

/** The chain's own sums, and what the pot owns. */
async function comparePot({ findings, pot, accounts, account }, { query, consts }) {
  const totals = await query.rewards.potTotals();
  for (const [place, amount] of Object.entries(pot.held)) {
    findings.same("the pot", `held in ${place}`, big(totals.get("held").get(place)), amount);
  }
  for (const field of ["gross", "fees", "sponsored", "withdrawn", "swept", "burnt"]) {
    findings.same("the pot", field, big(totals.get(field)), pot[field]);
  }
  const roles = { teams: "Team", crews: "Crew", contributors: "Contribution", hosts: "Hosting", awards: "Award", refunds: "Refund" };
  for (const [field, role] of Object.entries(roles)) {
    const credited = sum([...accounts.list.values()].map((entry) => entry.roles.get(role) ?? 0n));
    findings.same("the pot", `credited to ${field}`, big(totals.get("earned").get(field)), credited);
  }
  const { data: owned } = await query.system.account(account);
  const owed = sum(Object.values(pot.held)) + big(consts.balances.existentialDeposit) + pot.gifts;
  findings.same("the pot", "balance: what it owes, its existential deposit and gifts", big(owned.free), owed);
}

export async function compareState(books, state) {
  books.findings.place = "state";
  await compareAccounts(books, state.query);
  await compareAwards(books, state.query);
  await compareContributions(books, state.query);
  await comparePools(books, state.query);
  await compareModels(books, state.query);
  await comparePot(books, state);
}
