// Compares a chain's state with what follows from all its events.
import { big, hashOf, optional, poolKey, royalties, shares } from "./chain.mjs";
import { BOND, CALLS, channelIn, STORAGE } from "./channels.mjs";
import { APPEAL, appealIn, PLAINTIFF } from "./disputes.mjs";
import { authorsDue, sum, vestedDue } from "./formulas.mjs";
import { reasonOf } from "./holds.mjs";
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

const shareOf = (share) => ({
  account: share.get("share").get("account").toString(),
  part: big(share.get("share").get("part")),
  earned: big(share.get("earned")),
  paid: big(share.get("paid")),
});

const royaltyOf = (entry) => ({
  ...royalties([entry.get("royalty")])[0],
  ground: entry.get("ground").type,
  frozen: entry.get("frozen").isTrue,
  earned: big(entry.get("earned")),
  paid: big(entry.get("paid")),
});

const byPayee = (one, other) => (one.payee < other.payee ? -1 : 1);

/** The ledger of a model as its view function says it, at a time to which the books' has been brought. */
export function compareLedger({ findings, models }, who, model, said) {
  const amounts = ["held", "waiting", "contested"].map((field) => big(said.get(field)));
  findings.same(who, "held, waiting and contested in its ledger", amounts, [models.held(model), model.waiting, model.contested]);
  findings.same(who, "whether half of what its team keeps waits", said.get("waits").isTrue, model.waits);
  findings.same(who, "royalties in its ledger", said.get("royalties").map(royaltyOf).sort(byPayee), model.royaltiesNow.sort(byPayee));
  findings.same(who, "team in its ledger", said.get("team").map(shareOf), model.teamNow);
  const former = said.get("former").map(shareOf);
  // One that has all it will have may be forgotten, or not yet.
  const gone = former.length === 0 && !model.formerIsOwed && model.formerNow.every(({ earned, paid }) => earned === paid);
  findings.same(who, "former team in its ledger", former, gone ? [] : model.formerNow);
}

async function compareModels(books, { query }, at, ask) {
  const { findings, models } = books;
  const splits = await stored(query.rewards.splits, Number);
  for (const [id, , model] of compareMaps(findings, "models' ledgers", splits, models.models)) {
    const who = `model ${id}`;
    compareLedger(books, who, models.at(id, at), optional(await ask("Rewards", "model", id)));
    findings.same(who, "team", shares(optional(await query.models.teams(id)) ?? []), models.teamOf(model));
    const account = optional(await query.rewards.modelAccounts(id));
    const received = [model.gross, model.hosts, model.net, model.royaltiesIn];
    findings.same(who, "gross, hosts, net and royalties", takingsOf(account.get("takings")), received);
    const edges = optional(await query.models.edges(id)).map((edge) => originOf(edge.get("origin")));
    findings.same(who, "origins", edges, model.origins);
    const attachment = optional(await query.licensing.attachments({ Model: id }));
    findings.same(who, "licence", attachment.get("terms").toString(), model.terms);
    const standing = attachment.get("standing");
    findings.same(who, "royalties that its descendants inherit", royalties(standing.get("stack")), model.stack);
    findings.same(who, "late royalties that its descendants inherit", royalties(standing.get("late") ?? []), model.late);
  }
}

/** Cases that are open, their bonds, and what is on hold for them: each unit for one of them. */
async function compareDisputes({ findings, disputes }, query) {
  const found = query.disputes ? await stored(query.disputes.cases, Number) : new Map();
  for (const [id, option, { model, plaintiff, bond, appeal }] of compareMaps(findings, "cases", found, disputes.cases)) {
    const entry = optional(option);
    const said = [entry.get("model").toNumber(), entry.get("plaintiff").toString(), big(entry.get("bond")), appealIn(entry.get("stage"))];
    findings.same(`case ${id}`, "model, plaintiff, bond and appeal", said, [model, plaintiff, bond, appeal]);
  }
  const lost = query.disputes ? await stored(query.disputes.lost, Number) : new Map();
  for (const [model, count, expected] of compareMaps(findings, "models with lost cases", lost, disputes.lost)) {
    findings.same(`model ${model}`, "cases that were not upheld", count.toNumber(), expected);
  }
  await compareHolds(findings, query.balances, "cases", [PLAINTIFF, APPEAL], disputes.held);
}

/** Hosts, channels, what of calls was settled, and what is on hold for it all. */
async function compareChannels({ findings, channels }, { metering, balances }) {
  const kept = metering ? await stored(metering.channels, Number) : new Map();
  for (const [id, option, expected] of compareMaps(findings, "channels", kept, channels.channels)) {
    findings.same(`channel ${id}`, "what is agreed and settled", channelIn(option), expected);
  }
  const hosts = metering ? await stored(metering.hosts, String) : new Map();
  for (const [who, option, { key, bond }] of compareMaps(findings, "hosts", hosts, channels.hosts)) {
    const entry = optional(option);
    findings.same(who, "key and bond as a host", [entry.get("key").toString(), big(entry.get("bond"))], [key, bond]);
  }
  const offers = metering ? await stored(metering.offers, (model, host) => `${model}/${host}`) : new Map();
  for (const [key, option, { price, share, deposit }] of compareMaps(findings, "offers of hosts", offers, channels.offers)) {
    const said = ["price", "share", "deposit"].map((field) => big(optional(option).get(field)));
    findings.same(`offer ${key}`, "price, share and deposit", said, [price, share, deposit]);
  }
  const calls = metering ? await stored(metering.calls, Number) : new Map();
  for (const [model, totals, expected] of compareMaps(findings, "models that were called", calls, channels.calls)) {
    const said = Object.fromEntries(Object.keys(expected).map((field) => [field, big(totals.get(field))]));
    findings.same(`model ${model}`, "calls, units, gross and net of what was settled", said, expected);
  }
  await compareHolds(findings, balances, "channels, offers and hosts", [CALLS, STORAGE, BOND], channels.held);
}

/** What accounts have on hold for some reasons: each unit for something. */
async function compareHolds(findings, balances, what, reasons, held) {
  const holds = new Map();
  for (const [who, list] of await stored(balances.holds, String)) {
    for (const hold of list) {
      const reason = reasonOf(hold.get("id"));
      if (reasons.includes(reason)) holds.set(`${who} ${reason}`, hold);
    }
  }
  for (const [key, hold, amount] of compareMaps(findings, `holds for ${what}`, holds, held)) {
    findings.same(key, "on hold", big(hold.get("amount")), amount);
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

/** What governance has set, if it has. */
async function compareRates({ findings, pot }, query) {
  const stored = optional(await query.rewards.rates());
  const said = stored && { fee: big(stored.get("protocolFee")), host: big(stored.get("hostMax")) };
  findings.same("governance", "rates that are taken of payments", said, pot.taking.governed);
}

/** `at`: the block of that state, and what its runtime publishes. `ask`: what view functions say of it. */
export async function compareState(books, state, at, ask) {
  books.findings.place = "state";
  await compareAccounts(books, state.query);
  await compareAwards(books, state.query);
  await compareContributions(books, state.query);
  await comparePools(books, state.query);
  await compareModels(books, state, at, ask);
  await compareDisputes(books, state.query);
  await compareChannels(books, state.query);
  await compareRates(books, state.query);
  await comparePot(books, state);
}
