// Events that the story has none of, and that the books must follow all the same; each also with something wrong in it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Books } from "./books.mjs";
import { name, none, number, some, structure } from "./codecs.mjs";
import { Findings } from "./findings.mjs";
import { weightTree } from "./tree.mjs";

const datanet = { isModel: false, asDatanet: number(0) };
const pool = structure({ datanet: number(0), round: number(1) });

/** Records that are open, or that so many attestors must attest. */
const evidenceOf = (threshold) => (threshold === undefined
  ? { type: "Open" }
  : { type: "Attested", asAttested: structure({ threshold: number(threshold) }) });

/** A datanet of vectors of six numbers, or of texts, whose sponsors' pay vests in so many parts. */
function begin({ encoder = "Vector", vesting = 0, threshold } = {}) {
  const books = new Books({ findings: new Findings(), licences: new Map(), account: "the pot", hash: (bytes) => bytes.slice(0, 32) });
  let block = 0;
  const enter = (event, data, rates = {}, wait = 1) => books.enter({ block: (block += wait), extrinsic: 0, name: event, data, rates });
  const recipe = { dimension: 6, neighbours: 5, classes: 10, benchmark: 100, depositPerByte: 1, feePerRecord: 3, stewardShare: 0, evaluatorShare: 0, providersShare: 0 };
  const numbers = (values) => Object.fromEntries(Object.entries(values).map(([field, value]) => [field, number(value)]));
  const periods = structure(numbers({ committing: 10, delivering: 20, revealing: 10, window: 30 }));
  const fields = { ...numbers(recipe), vesting: number(vesting), periods, encoder: { type: encoder }, evidence: evidenceOf(threshold) };
  enter("datanets.DatanetCreated", { datanet: number(0), steward: name("steward"), terms: name("terms"), recipe: structure(fields) });
  return { books, enter, lines: books.findings.lines };
}

/** A round with a budget of 900, and one contribution of 10 records with a bond of 70. */
function withRound(vesting) {
  const found = begin({ vesting });
  const money = { sponsor: name("sponsor"), price: number(1_000), budget: number(900) };
  const sponsorship = structure(money);
  found.enter("datanets.Pledged", { datanet: number(0), ...money, deposit: number(5) });
  found.enter("rewards.Sponsored", { pool, sponsor: name("sponsor"), amount: number(900) });
  found.enter("datanets.RoundOpened", { datanet: number(0), round: number(1), providers: [], sponsorship: some(sponsorship) });
  const sizes = { records: number(10), bytes: number(70), bond: number(70), fee: number(30) };
  found.enter("datanets.ContributionCommitted", { datanet: number(0), contribution: number(4), contributor: name("contributor"), ...sizes });
  return found;
}

const poolOf = (round) => structure({ datanet: number(0), round: number(round) });

/** A datanet with two contributions, admitted by its first round. */
function withAdmitted() {
  const found = begin();
  const admitted = [{ contribution: 0, contributor: "leaver", weight: 5n }, { contribution: 1, contributor: "other", weight: 7n }];
  for (const entry of admitted) {
    found.books.rounds.datanets.get(0).admitted.push({ ...entry, key: new Uint8Array(32) });
    found.books.rounds.contributions.set(`0/${entry.contribution}`, {});
  }
  return found;
}

/** Opens the pool of a round of that datanet, whose tree has a weight of `sum`, of which `kept` earns. */
function openPool(books, enter, round, sum, kept) {
  const found = books.rounds.datanets.get(0);
  const tree = weightTree(found.admitted, books.hash);
  const root = { hash_: { toHex: () => tree.hash }, sum: number(sum) };
  const withdrawn = number(sum - kept);
  const vesting = structure({ parts: number(0), blocks: number(100) });
  enter("rewards.PoolOpened", { pool: poolOf(round), root: structure(root), withdrawn, count: number(2), vesting, crew: [] });
  const event = { round: number(round), admitted: number(2), root: root.hash_, weight: number(sum), withdrawn };
  books.pools.conclude(`0/${round}`, found, "evaluator", [], event);
}

const refund = (amount) => ({ account: name("sponsor"), amount: number(amount), source: { type: "Refund", asRefund: pool } });

describe("the books", () => {
  it("know how many bytes vectors have, and that no deposit is below their price", () => {
    for (const [encoder, bytes, bond, wrong] of [
      ["Vector", 70, 70, 0], ["Vector", 70, 71, 0], ["Vector", 70, 69, 1], ["Vector", 71, 71, 1],
      ["Text", 71, 71, 0], ["Text", 71, 70, 1],
    ]) {
      const { enter, lines } = begin({ encoder });
      const sizes = { records: number(10), bytes: number(bytes), bond: number(bond), fee: number(30) };
      enter("datanets.ContributionCommitted", { datanet: number(0), contribution: number(4), contributor: name("contributor"), ...sizes });
      assert.equal(lines.length, wrong, lines.join("\n"));
    }
  });

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
    enter("datanets.RoundOpened", { datanet: number(0), round: number(1), providers: [], sponsorship: some(sponsorship) });
    assert.match(lines.join("\n"), /sponsor, price and budget of a round/);
    enter("datanets.PledgeWithdrawn", { datanet: number(0), sponsor: name("sponsor"), released: number(5) });
    assert.equal(lines.length, 1);
    enter("datanets.PledgeWithdrawn", { datanet: number(0), sponsor: name("sponsor"), released: number(5) });
    assert.equal(lines.length, 2);
  });

  it("credit a host with its part of the payment before, and with no other", () => {
    const vesting = structure({ parts: number(0), blocks: number(100) });
    const root = structure({ hash_: { toHex: () => "0x" }, sum: number(1) });
    const crew = { vesting, root, withdrawn: number(0), count: number(1), crew: [] };
    const parts = { gross: number(100), fee: number(2), host: number(49), net: number(49) };
    const paid = { asset: datanet, round: some(number(1)), payer: name("payer"), ...parts, cause: { type: "Payment" } };
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

  it("leave out of later pools what was withdrawn, and notice who does not", () => {
    for (const [kept, since, wrong] of [[7, 2, 0], [12, 2, 1], [7, 3, 1]]) {
      const { books, enter, lines } = withAdmitted();
      const whose = { datanet: number(0), contribution: number(0), weight: number(5), since: number(since) };
      const phase = { datanet: number(0), round: number(1), phase: { type: "Frozen" } };
      enter("datanets.PhaseChanged", phase);
      openPool(books, enter, 1, 12, 12);
      enter("rewards.ContributionExcluded", whose);
      enter("datanets.ConsentWithdrawn", { ...whose, contributor: name("leaver") });
      openPool(books, enter, 2, 12, kept);
      assert.equal(lines.length > 0, wrong > 0, lines.join("\n"));
      if (wrong) continue;
      const [first, second] = ["0/1", "0/2"].map((key) => books.pools.get(key));
      Object.assign(first, { net: 24n });
      Object.assign(second, { net: 24n });
      assert.deepEqual([0, 1].map((contribution) => books.pools.due(first, contribution)), [10n, 14n]);
      assert.deepEqual([0, 1].map((contribution) => books.pools.due(second, contribution)), [0n, 24n]);
      const proven = { contribution: number(0), account: name("leaver"), weight: number(5) };
      enter("rewards.Proven", { pool: poolOf(1), ...proven });
      assert.deepEqual(lines, []);
      enter("rewards.Proven", { pool: poolOf(2), ...proven });
      assert.match(lines.join("\n"), /leaver, contribution 0 is paid by pool 0\/2: expected true, found false/);
    }
  });

  it("notice a withdrawal of somebody else's, of another weight, or a second one", () => {
    const right = { contributor: "leaver", weight: 5, since: 1 };
    for (const [change, wrong] of [[{}, 0], [{ contributor: "other" }, 1], [{ weight: 6 }, 1], [{ since: 2 }, 1]]) {
      const { enter, lines } = withAdmitted();
      const { contributor, weight, since } = { ...right, ...change };
      const whose = { datanet: number(0), contribution: number(0), weight: number(weight), since: number(since) };
      const withdraw = () => {
        enter("rewards.ContributionExcluded", whose);
        enter("datanets.ConsentWithdrawn", { ...whose, contributor: name(contributor) });
      };
      withdraw();
      assert.equal(lines.length, wrong, lines.join("\n"));
      withdraw();
      assert.equal(lines.length > wrong, true);
    }
  });

  it("notice slices whose accuracies are not those of the round", () => {
    const seat = (before, after) => structure({ before: number(before), after: number(after) });
    for (const [seats, wrong] of [[[seat(1, 2), seat(3, 5)], 0], [[seat(1, 2), seat(3, 4)], 1], [[seat(4, 7)], 1]]) {
      const { books, enter, lines } = withAdmitted();
      books.rounds.rounds.set("0/1", { seats: new Map([[0, "one"], [1, "two"]]), awards: [] });
      books.rounds.concluded.push({ datanet: 0, round: 1, evaluator: "evaluator", before: 4n, after: 7n });
      const round = { datanet: number(0), round: number(1), evaluator: name("evaluator"), before: number(4), after: number(7) };
      enter("valuation.RoundFinalised", { ...round, seats });
      assert.equal(lines.length, wrong, lines.join("\n"));
    }
  });

  /** A round that two of three attestors must attest, each of whom says something, with what it comes to. */
  function attested(statements, { evaluator = "one", agreeing } = {}) {
    const found = begin({ threshold: 2 });
    const { enter, books } = found;
    const of = { datanet: number(0), round: number(1) };
    enter("datanets.RoundOpened", { ...of, providers: ["one", "two", "three"].map(name), sponsorship: none });
    const hash = (text) => ({ toHex: () => text });
    statements.forEach(([attestor, statement, count], index) => {
      const said = index === statements.length - 1 ? agreeing ?? count : count;
      enter("attestation.Attested", { ...of, attestor: name(attestor), statement: hash(statement), agreeing: number(said), threshold: number(2) });
    });
    books.rounds.concluded.push({ datanet: 0, round: 1, evidence: "attested", evaluator: "one", before: 4n, after: 7n });
    const end = { evaluator: name(evaluator), statement: hash("right"), before: number(4), after: number(7) };
    enter("attestation.RoundAttested", { ...of, ...end });
    return found;
  }

  it("follow attestors, one of whom says something else first", () => {
    const { books, lines } = attested([["two", "wrong", 1], ["one", "right", 1], ["three", "wrong", 2], ["two", "right", 2]]);
    assert.deepEqual(lines, []);
    books.rounds.close();
    assert.deepEqual(lines, []);
  });

  it("notice a round on which too few agreed, in which others attest, or of which another is the first", () => {
    const right = [["one", "right", 1], ["two", "right", 2]];
    for (const [statements, change] of [
      [[["one", "right", 1]], {}],
      [[["one", "right", 1], ["stranger", "right", 2]], {}],
      [right, { evaluator: "two" }],
      [right, { agreeing: 3 }],
    ]) {
      assert.equal(attested(statements, change).lines.length > 0, true);
    }
  });

  it("notice a final round of attested data that no attestors agreed on", () => {
    const { books, lines } = begin({ threshold: 2 });
    books.rounds.concluded.push({ datanet: 0, round: 1, evidence: "attested" });
    books.rounds.close();
    assert.match(lines.join("\n"), /whether attestors agreed on it: expected true, found false/);
  });

  it("know that a fee which an attestor cannot receive goes back, and that one of an open round does not", () => {
    for (const [threshold, differences] of [[1, false], [undefined, true]]) {
      const { books, enter, lines } = begin({ threshold });
      books.pools.conclude = () => {};
      const of = { datanet: number(0), round: number(1) };
      const own = { datanet: number(0), contribution: number(4), contributor: name("contributor") };
      enter("datanets.RoundOpened", { ...of, providers: [name("one")], sponsorship: none });
      enter("datanets.ContributionCommitted", { ...own, records: number(10), bytes: number(70), bond: number(70), fee: number(30) });
      const reason = { type: "Datanets", inner: { type: "ValuationFee" } };
      enter("balances.Released", { reason, who: name("contributor"), amount: number(30) });
      const nothing = { value: number(0), weight: number(0), paid: number(0), burnt: number(0), status: { type: "Rejected" } };
      enter("datanets.ContributionValued", { ...of, ...own, ...nothing }, {}, 0);
      const end = { evaluator: name("one"), before: number(1), after: number(1), paid: number(0), fees: number(0) };
      enter("datanets.RoundConcluded", { ...of, ...end }, {}, 0);
      assert.equal(lines.length > 0, differences, lines.join("\n"));
    }
  });

  it("notice events that nothing came before, and credits that they do not know", () => {
    const { books, enter, lines } = begin();
    enter("rewards.Credited", { account: name("somebody"), amount: number(1), source: { type: "Gift" } });
    enter("rewards.Credited", refund(1));
    enter("datanets.RoundOpened", { datanet: number(0), round: number(1), providers: [], sponsorship: none });
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
      withdrawn: number(0),
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
      assert.match(lines[0], /part of award 0\/1\/4 so far/);
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
      withdrawn: number(0),
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
    assert.match(found.lines.join("\n"), /part of award 0\/1\/4 so far/);
  });

  it("pay whoever holds a place, and notice who hands over what is not theirs", () => {
    const { books, credit, open, enter, lines, whose } = withAward();
    const handed = (from, to) => enter("rewards.HandedOver", { datanet: number(0), contribution: number(4), from: name(from), to: name(to) });
    const pay = (account, amount, wait) => enter("rewards.Credited", {
      account: name(account), amount: number(amount), source: { type: "Award", asAward: [whose.pool, number(4)] },
    }, {}, wait);
    credit(51);
    open(1);
    const authors = [structure({ account: name("heir"), part: number(1_000_000_000) })];
    enter("rewards.Shared", { datanet: number(0), contribution: number(4), authors });
    pay("heir", 25, 100);
    handed("heir", "buyer");
    assert.deepEqual(["contributor", "heir", "buyer"].map((who) => books.awards.vestingOf(who)), [0n, 0n, 25n]);
    pay("buyer", 25, 200);
    assert.deepEqual(lines, []);
    assert.equal(books.awards.held, 0n);
    handed("heir", "thief");
    assert.match(lines.join("\n"), /who hands a part of contribution 0\/4 over has one/);
    pay("heir", 1);
    assert.match(lines.join("\n"), /part of award 0\/1\/4 so far/);
  });

  /** A final round of two contributions of three and two records, and one who publishes their quality. */
  function withFinal() {
    const found = begin();
    const contributions = [{ records: 3 }, { records: 2 }];
    found.books.rounds.concluded.push({ datanet: 0, round: 1, evaluator: "evaluator", contributions });
    const publish = (batch, bytes, change = {}) => {
      const data = {
        datanet: number(0), round: number(1), evaluator: name("evaluator"), batch: number(batch), scores: number(bytes.length), extrinsic: number(2),
        hash_: { toHex: () => `0x${Buffer.from(bytes).toString("hex")}` },
      };
      const scores = [{ of: "0/1", batch, bytes: Uint8Array.from(bytes) }];
      found.books.enter({ block: 9, extrinsic: 2, name: "valuation.QualityPublished", data: { ...data, ...change.data }, rates: {}, scores: change.scores ?? scores });
    };
    return { ...found, publish };
  }

  it("notice quality that no block holds as its event says, and another's", () => {
    const wrong = [
      { scores: [] },
      { scores: undefined, data: { hash_: { toHex: () => "0x00" } } },
      { data: { scores: number(4) } },
      { data: { extrinsic: number(3) } },
      { data: { evaluator: name("somebody") } },
      { scores: [{ of: "0/2", batch: 0, bytes: Uint8Array.from([1, 2, 3, 4, 5]) }] },
      { scores: [{ of: "0/1", batch: 1, bytes: Uint8Array.from([1, 2, 3, 4, 5]) }] },
    ];
    for (const change of [{}, ...wrong]) {
      const { lines, publish } = withFinal();
      publish(0, [1, 2, 3, 4, 5], change);
      assert.equal(lines.length, change.scores || change.data ? 1 : 0, lines.join("\n"));
    }
    const { enter, lines } = begin();
    enter("valuation.QualityPublished", { datanet: number(0), round: number(1) });
    assert.match(lines.join("\n"), /final round 0\/1 is unknown/);
  });

  it("say of which rounds the quality of all records is published: the first complete series counts", () => {
    const { books, lines, publish } = withFinal();
    const said = () => books.quality.published;
    assert.deepEqual(said(), [{ round: "0/1", scores: 0, records: 5, complete: false }]);
    publish(0, [1, 2, 3]);
    publish(2, [4, 5]);
    assert.deepEqual(said(), [{ round: "0/1", scores: 3, records: 5, complete: false }]);
    publish(1, [4, 5, 6]);
    assert.deepEqual(said(), [{ round: "0/1", scores: 6, records: 5, complete: false }]);
    publish(0, [1, 2, 3]);
    publish(1, [4, 5]);
    publish(0, [1]);
    assert.deepEqual(said(), [{ round: "0/1", scores: 5, records: 5, complete: true }]);
    assert.deepEqual(lines, []);
  });
});
