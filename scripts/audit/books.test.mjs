// Events that the story has none of, and that the books must follow all the same; each also with something wrong in it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Books } from "./books.mjs";
import { Findings } from "./findings.mjs";

// What the chain's library makes of numbers, accounts, structures and choices, as far as the books ask.
const number = (value) => ({ toNumber: () => Number(value), toBigInt: () => BigInt(value), toString: () => String(value) });
const name = (text) => ({ toString: () => text, toU8a: () => new Uint8Array(32) });
const structure = (fields) => ({ get: (field) => fields[field] });
const some = (value) => ({ isSome: true, unwrap: () => value });
const none = { isSome: false };
const datanet = { isModel: false, asDatanet: number(0) };
const pool = structure({ datanet: number(0), round: number(1) });

function begin(vesting = 0) {
  const books = new Books({ findings: new Findings(), licences: new Map(), account: "the pot", hash: (bytes) => bytes.slice(0, 32) });
  let block = 0;
  const enter = (event, data, rates = {}, wait = 1) => books.enter({ block: (block += wait), extrinsic: 0, name: event, data, rates });
  const recipe = { neighbours: 5, classes: 10, benchmark: 100, feePerRecord: 3, stewardShare: 0, evaluatorShare: 0, providersShare: 0 };
  const numbers = (values) => Object.fromEntries(Object.entries(values).map(([field, value]) => [field, number(value)]));
  const periods = structure(numbers({ committing: 10, delivering: 20, revealing: 10, window: 30 }));
  const fields = { ...numbers(recipe), vesting: number(vesting), periods };
  enter("datanets.DatanetCreated", { datanet: number(0), steward: name("steward"), terms: name("terms"), recipe: structure(fields) });
  return { books, enter, lines: books.findings.lines };
}

/** A round with a budget of 900, and one contribution of 10 records with a bond of 70. */
function withRound(vesting) {
  const found = begin(vesting);
  const money = { sponsor: name("sponsor"), price: number(1_000), budget: number(900) };
  const sponsorship = structure(money);
  found.enter("datanets.Pledged", { datanet: number(0), ...money, deposit: number(5) });
  found.enter("rewards.Sponsored", { pool, sponsor: name("sponsor"), amount: number(900) });
  found.enter("datanets.RoundOpened", { datanet: number(0), round: number(1), sponsorship: some(sponsorship) });
  const sizes = { records: number(10), bond: number(70), fee: number(30) };
  found.enter("datanets.ContributionCommitted", { datanet: number(0), contribution: number(4), contributor: name("contributor"), ...sizes });
  return found;
}

const refund = (amount) => ({ account: name("sponsor"), amount: number(amount), source: { type: "Refund", asRefund: pool } });

describe("the books", () => {
  it("give a void round's sponsor the whole budget back", () => {
    const { enter, lines } = withRound();
    enter("rewards.Credited", refund(900));
    enter("datanets.RoundVoided", { datanet: number(0), round: number(1) });
    assert.deepEqual(lines, []);
  });

  it("notice if a void round keeps a unit", () => {
    const { enter, lines } = withRound();
    enter("rewards.Credited", refund(899));
    enter("datanets.RoundVoided", { datanet: number(0), round: number(1) });
    assert.match(lines.join("\n"), /sponsor, budget of void round 0\/1 given back: expected 900, found 899/);
  });

  it("give a contribution without a value its bond and fee back, once", () => {
    for (const [released, wrong] of [[100, 0], [99, 1], [101, 1]]) {
      const { enter, lines } = withRound();
      const whose = { datanet: number(0), contribution: number(4), contributor: name("contributor") };
      enter("datanets.ContributionReclaimed", { ...whose, released: number(released) });
      assert.equal(lines.length, wrong, lines.join("\n"));
    }
  });

  it("notice a round at another price than was pledged", () => {
    const { enter, lines } = begin();
    const sponsorship = structure({ sponsor: name("sponsor"), price: number(1_000), budget: number(0) });
    enter("datanets.Pledged", { datanet: number(0), sponsor: name("sponsor"), price: number(999), budget: number(0), deposit: number(5) });
    enter("datanets.RoundOpened", { datanet: number(0), round: number(1), sponsorship: some(sponsorship) });
    assert.match(lines.join("\n"), /sponsor, price and budget of a round/);
    enter("datanets.PledgeWithdrawn", { datanet: number(0), sponsor: name("sponsor"), released: number(5) });
    assert.equal(lines.length, 1);
    enter("datanets.PledgeWithdrawn", { datanet: number(0), sponsor: name("sponsor"), released: number(5) });
    assert.equal(lines.length, 2);
  });

  it("credit a host with its part of the payment before, and with no other", () => {
    const vesting = structure({ parts: number(0), blocks: number(100) });
    const crew = { vesting, root: structure({ hash_: { toHex: () => "0x" }, sum: number(1) }), count: number(1), crew: [] };
    const parts = { gross: number(100), fee: number(2), host: number(49), net: number(49) };
    const paid = { asset: datanet, round: some(number(1)), payer: name("payer"), ...parts };
    for (const [amount, wrong] of [[49, 0], [48, 1]]) {
      const { books, enter, lines } = begin();
      enter("rewards.PoolOpened", { pool, ...crew });
      enter("rewards.Paid", paid, { host: 500_000_000n });
      enter("rewards.Credited", { account: name("host"), amount: number(amount), source: { type: "Hosting", asHosting: datanet } });
      assert.equal(lines.length, wrong, lines.join("\n"));
      assert.equal(books.accounts.payouts.host.Hosting, BigInt(amount));
      assert.deepEqual(books.pot.hosts, []);
    }
  });

  it("notice events that nothing came before, and credits that they do not know", () => {
    const { books, enter, lines } = begin();
    enter("rewards.Credited", { account: name("somebody"), amount: number(1), source: { type: "Gift" } });
    enter("rewards.Credited", refund(1));
    enter("datanets.RoundOpened", { datanet: number(0), round: number(1), sponsorship: none });
    enter("rewards.Credited", { account: name("somebody"), amount: number(1), source: { type: "Award", asAward: [pool, number(4)] } });
    enter("rewards.Awarded", { pool, contribution: number(4), account: name("somebody"), amount: number(1) });
    assert.match(lines[0], /source of credit: expected one that this auditor knows, found Gift/);
    assert.match(lines.join("\n"), /round 0\/1 is unknown/);
    assert.match(lines.join("\n"), /award 0\/1\/4 is unknown/);
    assert.doesNotMatch(lines.join("\n"), /awards without a contribution/);
    books.close();
    assert.match(lines.join("\n"), /awards without a contribution/);
  });

  /** A round of which contribution 4 has 101 of the budget, with pay that vests in two parts of 100 blocks. */
  function withAward() {
    const found = withRound(2);
    const whose = { pool, contribution: number(4), account: name("contributor") };
    const credit = (amount, wait) => found.enter("rewards.Credited", {
      account: name("contributor"), amount: number(amount), source: { type: "Award", asAward: [pool, number(4)] },
    }, {}, wait);
    const open = (round) => found.enter("rewards.PoolOpened", {
      pool: structure({ datanet: number(0), round: number(round) }),
      root: structure({ hash_: { toHex: () => "0x" }, sum: number(1) }),
      count: number(1),
      vesting: structure({ parts: number(2), blocks: number(100) }),
      crew: [],
    });
    found.enter("rewards.Awarded", { ...whose, amount: number(101) });
    return { ...found, whose, credit, open };
  }

  it("follow what vests with rounds and with time", () => {
    const { books, credit, open, lines } = withAward();
    credit(51);
    open(1);
    open(3);
    credit(25);
    credit(25, 198);
    assert.deepEqual(lines, []);
    assert.equal(books.pot.held.vesting, 0n);
  });

  it("notice what is paid too early, or too much", () => {
    for (const [first, second, wait] of [[52, undefined], [51, 25, 98], [51, 26, 99]]) {
      const { credit, open, lines } = withAward();
      credit(first);
      open(1);
      if (second) credit(second, wait);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0], /sponsor's pay for award 0\/1\/4 so far/);
    }
  });

  it("notice if another amount is forfeited than was left to vest", () => {
    for (const [amount, wrong] of [[50, 0], [49, 1]]) {
      const { books, credit, open, whose, enter, lines } = withAward();
      credit(51);
      open(1);
      enter("rewards.Forfeited", { ...whose, amount: number(amount) });
      assert.equal(lines.length, wrong, lines.join("\n"));
      assert.equal(books.awards.burnt, BigInt(amount));
    }
  });

  it("share among authors by their parts, and give the last one the rest in the end", () => {
    const found = withRound(2);
    const share = (account, percent) => structure({ account: name(account), part: number(percent * 10_000_000) });
    const authors = [share("one", 30), share("other", 30), share("last", 40)];
    const credit = (account, amount, wait) => found.enter("rewards.Credited", {
      account: name(account), amount: number(amount), source: { type: "Award", asAward: [pool, number(4)] },
    }, {}, wait);
    found.enter("rewards.Shared", { datanet: number(0), contribution: number(4), authors });
    found.enter("datanets.AuthorsNamed", { datanet: number(0), contribution: number(4), authors, deposit: number(9) });
    found.enter("rewards.Awarded", { pool, contribution: number(4), account: name("contributor"), amount: number(103) });
    found.enter("rewards.PoolOpened", {
      pool,
      root: structure({ hash_: { toHex: () => "0x" }, sum: number(1) }),
      count: number(1),
      vesting: structure({ parts: number(2), blocks: number(100) }),
      crew: [],
    });
    for (const [who, amount] of [["one", 15], ["other", 15], ["last", 21]]) credit(who, amount);
    assert.deepEqual(["one", "other", "last"].map((who) => found.books.awards.vestingOf(who)), [15n, 15n, 22n]);
    credit("one", 15, 200);
    credit("other", 15);
    credit("last", 22);
    assert.deepEqual(found.lines, []);
    assert.equal(found.books.awards.held, 0n);
    credit("contributor", 1);
    assert.match(found.lines.join("\n"), /author's part of award 0\/1\/4 so far/);
  });
});
