// Cases from their opening to their end, with the bonds on hold for them, and with something wrong in each.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bool, name, number, structure } from "./codecs.mjs";
import { begin } from "./happenings.mjs";

const stage = (type, until) => ({ type, inner: structure({ until: number(until) }) });
const reason = (kind) => ({ type: "Disputes", inner: { type: kind } });
const MOVES = { held: "Held", released: "Released", burnt: "BurnedHeld" };
const ENDS = { released: "BondReturned", burnt: "BondBurnt" };

/** Books of a chain whose first bond is 100, and words for what happens; each is in a block of its own, unless it goes `to` one. */
function court() {
  const found = begin();
  let block = 0;
  const enter = (event, data) => found.books.enter({ block, extrinsic: 0, name: event, data, rates: { bond: 100n } });
  const say = (event, id, data) => enter(`disputes.${event}`, { case: number(id), ...data });
  const next = (to) => { block = to ?? block + 1; };
  const move = (kind, who, fate, amount) => enter(`balances.${MOVES[fate]}`, { reason: reason(kind), who: name(who), amount: number(amount) });
  return {
    ...found,
    opens(id, bond, { panel = 3, model = 7, kind = "MissingParent", held = bond, until = 10 } = {}) {
      next();
      move("Plaintiff", "plaintiff", "held", held);
      const opened = { model: number(model), contention: { type: kind }, plaintiff: name("plaintiff"), bond: number(bond), panel: number(panel) };
      say("Opened", id, { ...opened, stage: stage(panel > 0 ? "Hearing" : "Referred", until) });
    },
    votes(id, arbiter, upheld) {
      next();
      say("Voted", id, { arbiter: name(arbiter), upheld: bool(upheld) });
    },
    ruled: (id, upheld, until = 20) => say("Ruled", id, { upheld: bool(upheld), until: number(until) }),
    appeals(id, bond, { held = bond, until = 30 } = {}) {
      next();
      move("Appeal", "appellant", "held", held);
      say("Appealed", id, { appellant: name("appellant"), bond: number(bond), until: number(until) });
    },
    decides(id, upheld) {
      next();
      say("Decided", id, { upheld: bool(upheld) });
    },
    ends(id, outcome, bonds, { model = 7, at } = {}) {
      next(at);
      for (const [kind, who, fate, amount, moved = amount] of bonds) {
        move(kind, who, fate, moved);
        say(ENDS[fate], id, { account: name(who), amount: number(amount) });
      }
      say("Closed", id, { model: number(model), outcome: { type: outcome } });
    },
  };
}

const theirs = (fate, amount = 100) => ["Plaintiff", "plaintiff", fate, amount];
const appeal = (fate, amount = 200) => ["Appeal", "appellant", fate, amount];

/** A case that two of three arbiters uphold, or do not. */
function ruled(upheld) {
  const found = court();
  found.opens(0, 100);
  found.votes(0, "one", upheld);
  found.votes(0, "two", !upheld);
  found.votes(0, "three", upheld);
  found.ruled(0, upheld);
  return found;
}

describe("cases", () => {
  it("end as arbiters rule, and bonds are given back or burnt", () => {
    for (const [upheld, outcome, fate, wrong] of [
      [true, "Upheld", "released", 0], [true, "NotCarriedOut", "released", 0], [false, "Dismissed", "burnt", 0],
      [true, "Upheld", "burnt", 1], [true, "Dismissed", "burnt", 2], [false, "Dismissed", "released", 1], [false, "Lapsed", "released", 2],
    ]) {
      const { books, lines, ends } = ruled(upheld);
      assert.deepEqual([...books.disputes.held], [["plaintiff Disputes.Plaintiff", 100n]]);
      ends(0, outcome, [theirs(fate)], { at: 20 });
      assert.equal(lines.length, wrong, `${upheld} ${outcome} ${fate}: ${lines.join("\n")}`);
      assert.equal(books.disputes.held.size, 0);
    }
  });

  it("end no sooner than the time to appeal is over, and lapse no sooner than the hearing is", () => {
    const early = ruled(true);
    early.ends(0, "Upheld", [theirs("released")], { at: 19 });
    assert.match(early.lines.join("\n"), /whether it can end/);
    for (const [at, wrong] of [[10, 0], [9, 1]]) {
      const { lines, opens, ends } = court();
      opens(0, 100);
      ends(0, "Lapsed", [theirs("released")], { at });
      assert.equal(lines.length, wrong, lines.join("\n"));
    }
  });

  it("are decided by governance after an appeal, which costs twice as much, and is lost unless it decides otherwise", () => {
    for (const [decided, outcome, bonds] of [
      [false, "Dismissed", [theirs("burnt"), appeal("released")]],
      [true, "Upheld", [theirs("released"), appeal("burnt")]],
      [undefined, "Upheld", [theirs("released"), appeal("burnt")]],
    ]) {
      for (const [change, wrong] of [[bonds, 0], [[...bonds].reverse(), 1], [[bonds[0]], 1]]) {
        const { books, lines, appeals, decides, ends } = ruled(true);
        appeals(0, 200);
        assert.equal(books.disputes.held.get("appellant Disputes.Appeal"), 200n);
        if (decided !== undefined) decides(0, decided);
        ends(0, outcome, change, { at: 30 });
        assert.equal(lines.length > 0, wrong > 0, lines.join("\n"));
      }
    }
  });

  it("that arbiters are parties to are with governance at once", () => {
    const { lines, opens, decides, ends } = court();
    opens(0, 100, { panel: 0 });
    decides(0, true);
    ends(0, "Upheld", [theirs("released")]);
    assert.deepEqual(lines, []);
  });

  it("take twice as much after each that was not upheld, and 64 times at the most", () => {
    const { lines, opens, ends } = court();
    let at = 10;
    const bonds = [100, 200, 400, 800, 1_600, 3_200, 6_400, 6_400];
    for (const [id, bond] of bonds.entries()) {
      opens(id, bond, { until: at });
      ends(id, "Lapsed", [theirs("released", bond)], { at });
      at += 10;
    }
    assert.deepEqual(lines, []);
    opens(8, 100, { model: 8 });
    assert.deepEqual(lines, []);
    opens(9, 6_399);
    assert.match(lines.join("\n"), /bond of case 9: expected 6400, found 6399/);
  });

  it("have their bonds on hold, to the unit, and each moves once", () => {
    const held = court();
    held.opens(0, 100, { held: 99 });
    assert.match(held.lines.join("\n"), /on hold for case 0 as Disputes.Plaintiff: expected \{held: 100\}, found \{held: 99\}/);
    const appealed = ruled(true);
    appealed.appeals(0, 200, { held: 201 });
    assert.match(appealed.lines.join("\n"), /on hold for case 0 as Disputes.Appeal/);
    const back = ruled(true);
    back.ends(0, "Upheld", [["Plaintiff", "plaintiff", "released", 100, 99]], { at: 20 });
    assert.match(back.lines.join("\n"), /expected \{released: 100\}, found \{released: 99\}/);
    const cheap = ruled(true);
    cheap.appeals(0, 199);
    assert.match(cheap.lines.join("\n"), /bond of the appeal of case 0: expected 200, found 199/);
  });

  it("are carried out once no parent seems to be missing", () => {
    const found = ruled(true);
    found.opens(1, 100, { kind: "Reexecuted" });
    for (const who of ["one", "two"]) found.votes(1, who, true);
    found.ruled(1, true);
    found.ends(1, "Upheld", [theirs("released")], { at: 30 });
    assert.match(found.lines.pop(), /cases about a missing parent that it has to wait for: expected \[\], found \[0\]/);
    assert.deepEqual(found.lines, []);
  });

  it("are one of a kind a model, counted up, and ruled by the first majority, of votes that nobody casts twice", () => {
    const { lines, opens, votes, ruled: rule } = court();
    opens(0, 100);
    opens(1, 100);
    assert.match(lines.pop(), /cases of its kind about model 7 that are open: expected \[\], found \[0\]/);
    opens(3, 100, { model: 8 });
    assert.match(lines.pop(), /its number, as cases are counted: expected 2, found 3/);
    votes(0, "one", true);
    rule(0, true);
    assert.match(lines.pop(), /votes for its ruling: the first majority of the panel: expected 2, found 1/);
    votes(1, "one", true);
    votes(1, "one", true);
    assert.match(lines.pop(), /votes in case 1 before/);
    votes(0, "two", true);
    assert.match(lines.pop(), /whether case 0 can be voted on/);
  });

  it("are appealed from and decided in time only", () => {
    const late = ruled(true);
    late.ends(0, "Upheld", [theirs("released")], { at: 20 });
    late.opens(1, 100, { until: 22 });
    late.decides(1, true);
    assert.match(late.lines.join("\n"), /case 1, whether it is with governance/);
    const heard = court();
    heard.opens(0, 100);
    heard.appeals(0, 200);
    assert.match(heard.lines.join("\n"), /whether case 0 can be appealed from/);
  });
});
