// Who has what, in an example that is reckoned by hand; the client's tests have the same one.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Books } from "./books.mjs";
import { byAccount, byRole, partOf, sharesOf, totalOf } from "./earners.mjs";
import { Findings } from "./findings.mjs";
import { BILLION, sum } from "./formulas.mjs";
import { Model } from "./models.mjs";

const PERCENT = BILLION / 100n;
const number = (value) => ({ toNumber: () => Number(value), toBigInt: () => BigInt(value), toString: () => String(value) });
const name = (text) => ({ toString: () => text });
const part = (account, percent) => ({ account, part: percent * PERCENT });
/** A model of which nothing waits. */
function modelOf(stack, team) {
  const model = new Model({ origins: [], terms: "", stack, team }, stack, 0);
  model.release();
  return model;
}

/**
 * 1,003 were paid for model 1, of which 983 are its own. It owes model 0 a tenth and the pool two fifths. A sponsor has put up 150, of
 * which contribution 0 has 101, 51 of them credited, and contribution 1 had 20, all forfeited. Jack evaluated, provided one of two slices and is the steward.
 */
function paid() {
  const books = new Books({ findings: new Findings(), licences: new Map(), account: "the pot", hash: (bytes) => bytes });
  const { models, pools, rounds, awards, pot } = books;
  models.models.set(0, modelOf([], [part("parent", 100n)]));
  const royalties = [{ payee: "model 0", rate: 10n * PERCENT }, { payee: "pool 0/1", rate: 40n * PERCENT }];
  models.models.set(1, Object.assign(modelOf(royalties, [part("a", 30n), part("b", 30n), part("c", 40n)]), { net: 983n }));
  pools.pools.set("0/1", {
    datanet: 0,
    round: 1,
    crew: [part("jack", 7n), part("provider", 2n)],
    weights: new Map([[0, { contributor: "one", weight: 3n }], [1, { contributor: "author", weight: 7n }]]),
    total: 10n,
    net: 0n,
    royalties: 0n,
    paidCrew: new Map(),
    paidContributions: new Map(),
    paidPlaces: new Map(),
  });
  rounds.datanets.set(0, { evaluatorShare: 3n * PERCENT, providersShare: 4n * PERCENT, stewardShare: 2n * PERCENT });
  rounds.rounds.set("0/1", { seats: new Map([[0, "jack"], [1, "provider"]]), attestors: [] });
  rounds.concluded.push({ datanet: 0, round: 1, evaluator: "jack" });
  awards.authors.set("0/1", [part("author", 25n), part("other", 75n)]);
  awards.awards.set("0/1/0", { who: "one", round: "0/1", contribution: 0, amount: 101n, paid: new Map([[0, 51n]]), forfeited: 0n });
  awards.awards.set("0/1/1", { who: "author", round: "0/1", contribution: 1, amount: 20n, paid: new Map(), forfeited: 20n });
  awards.burnt = 20n;
  Object.assign(pot, { gross: 1_003n, fees: 20n, sponsored: 150n, budgets: new Map([["0/1", 29n]]) });
  credit(books, "one", 51n, "Award");
  return books;
}

function credit({ earners }, who, amount, type, of) {
  const pool = { get: (field) => ({ datanet: 0, round: 1 })[field] };
  const source = { type, asTeam: number(of ?? 0), asCrew: pool };
  earners.handlers["rewards.Credited"]({ account: name(who), amount: number(amount), source });
}

/** The same once everything is settled and claimed. */
function settled() {
  const books = paid();
  const { models, pools } = books;
  const [parent, child] = [models.models.get(0), models.models.get(1)];
  child.paidRoyalties = new Map([["model 0", 98n], ["pool 0/1", 393n]]);
  parent.royaltiesIn = 98n;
  const pool = pools.pools.get("0/1");
  pool.royalties = 393n;
  for (const model of [child, parent]) model.settle();
  for (const [model, who, amount] of [[1, "a", 147n], [1, "b", 147n], [1, "c", 197n], [0, "parent", 98n]]) {
    credit(books, who, amount, "Team", model);
  }
  for (const [who, amount] of [["jack", 27n], ["provider", 7n]]) {
    pool.paidCrew.set(who, amount);
    credit(books, who, amount, "Crew");
  }
  for (const [who, place, amount] of [["one", "0 0", 107n], ["author", "1 0", 62n], ["other", "1 1", 188n]]) {
    pool.paidPlaces.set(place, amount);
    credit(books, who, amount, "Contribution");
  }
  return books;
}

const totals = ({ accounts }) => [...accounts].map(([key, places]) => [key, totalOf(places)]).sort();

describe("who earned what", () => {
  it("does not depend on who has settled", () => {
    const [before, after] = [paid().earners.earned, settled().earners.earned];
    assert.deepEqual(totals(before), totals(after));
    assert.equal(before.carried, after.carried);
    const owed = (earned) => sum([...byRole(earned).values()].map((places) => places.owed ?? 0n));
    assert.equal(owed(after), 29n);
    assert.equal(owed(before), 29n + 98n + 491n + 34n + 357n);
  });

  it("comes to all that came in, each unit in one role", () => {
    const { earners } = settled();
    const { earned } = earners;
    const roles = Object.fromEntries([...byRole(earned)].map(([role, places]) => [role, totalOf(places)]));
    assert.deepEqual(roles, {
      contributors_sponsors: 101n, contributors_pools: 357n, upstream: 98n, developers: 491n, evaluators: 11n, providers: 14n, stewards: 9n, sponsors: 29n,
    });
    assert.deepEqual([earned.treasury, earned.burnt, earned.carried], [{ paid: 0n, owed: 20n }, 20n, 3n]);
    const placed = sum(Object.values(roles)) + 20n + 20n + 3n;
    assert.equal(placed, sum(Object.values(earned.received)));
    assert.equal(byAccount(earned).get("one"), 208n);
    assert.deepEqual(byAccount(earned, ["evaluators", "providers", "stewards"]), new Map([["jack", 27n], ["provider", 7n]]));
  });

  it("is paid where it was withdrawn, in every role", () => {
    const books = settled();
    for (const who of ["jack", "one"]) books.earners.handlers["rewards.Withdrawn"]({ account: name(who) });
    const { accounts } = books.earners.earned;
    assert.deepEqual(accounts.get("jack stewards"), { paid: 9n, claimable: 0n, owed: 0n });
    assert.deepEqual(accounts.get("one contributors_sponsors"), { paid: 51n, claimable: 0n, vesting: 50n });
  });

  it("has shares of labour and verification", () => {
    const { earned } = settled().earners;
    assert.deepEqual(sharesOf(earned, 121n, 0n), { labour: Number((458n * BILLION) / 1_124n) / 1e9, verification: Number((25n * BILLION) / 1_124n) / 1e9 });
  });

  it("divides places of money to the unit", () => {
    const list = [{ paid: 1n, claimable: 1n, owed: 1n, waiting: 2n }, { paid: 5n, claimable: 0n, owed: 2n, waiting: 0n }];
    for (let amount = 0n; amount <= 12n; amount += 1n) {
      const parts = partOf(list, amount);
      assert.equal(sum(parts.map(totalOf)), amount);
      for (const [index, own] of parts.entries()) {
        for (const [place, of] of Object.entries(own)) assert.ok(of >= 0n && of <= list[index][place]);
      }
    }
  });
});

describe("money outside the pot", () => {
  const fee = (amount) => ["transactionPayment.TransactionFeePaid", { who: name("payer"), actualFee: number(amount), tip: number(0) }];
  const deposit = (who, amount) => ["balances.Deposit", { who: name(who), amount: number(amount) }];
  const enter = (...events) => {
    const books = new Books({ findings: new Findings(), licences: new Map(), account: "the pot", hash: (bytes) => bytes });
    for (const [event, data, block = 7] of events) books.enter({ block, extrinsic: 1, name: event, data, rates: {} });
    return books.earners;
  };

  it("is the author's who has a fee in the event before, and burnt where nobody has", () => {
    for (const [events, authors, burnt] of [
      [[deposit("payer", 40), deposit("author", 9), fee(9)], 9n, 0n],
      [[deposit("payer", 40), deposit("payer", 9), fee(9)], 9n, 0n],
      [[deposit("author", 10), fee(9)], 10n, 0n],
      [[deposit("payer", 40), fee(9)], 0n, 9n],
      [[fee(9)], 0n, 9n],
      [[deposit("author", 9), ["system.Remarked", {}], fee(9)], 0n, 9n],
      [[[...deposit("author", 9), 6], fee(9)], 0n, 9n],
    ]) {
      const earners = enter(...events);
      assert.deepEqual([sum([...earners.direct.values()].map(totalOf)), earners.burnt], [authors, burnt]);
      assert.equal(earners.transactions, authors + burnt);
    }
  });

  it("is a challenger's and burnt where a bond was lost", () => {
    const lost = { challenger: name("challenger"), reward: number(4), burnt: number(5) };
    for (const event of ["valuation.ProposalDisproved", "metering.HostChallenged"]) {
      const books = new Books({ findings: new Findings(), licences: new Map(), account: "the pot", hash: (bytes) => bytes });
      const { earners } = books;
      earners.handlers[event](lost);
      earners.handlers["valuation.ProposalLapsed"]({ bond: number(2) });
      assert.deepEqual([earners.bonds, earners.rewards, earners.burnt], [11n, 4n, 7n]);
      assert.deepEqual(earners.direct, new Map([["challenger challengers", { paid: 4n }]]));
    }
  });
});
