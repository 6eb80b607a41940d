// The formulas by numbers that were worked out by hand, each next to the one where it changes.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  authorsDue, BILLION, contributionDue, contributorsDue, crewDue, crewOf, partsElapsed, roundBlocks, royaltiesDue, teamDue, vestedDue,
} from "./formulas.mjs";
import { payDue, scaleOf, unitOf } from "./values.mjs";

const percent = (number) => (BILLION * BigInt(number)) / 100n;
const owes = (rate, ceiling) => ({ payee: "model 0", rate: percent(rate), ceiling });
const holds = (...parts) => parts.map((part) => ({ account: "somebody", part }));

describe("values and what sponsors pay for them", () => {
  it("counts an accuracy of 1 as L K C T", () => {
    assert.equal(unitOf({ neighbours: 1, classes: 1, benchmark: 1 }), 144_403_552_893_600n);
    assert.equal(unitOf({ neighbours: 5, classes: 10, benchmark: 100 }), 144_403_552_893_600n * 5_000n);
  });

  it("pays the full price while the budget covers it", () => {
    const scale = scaleOf({ price: 50n, budget: 5n }, 1_000n, 100n);
    assert.equal(payDue(50n, 1_000n, scale, 100n), 5n);
    assert.equal(payDue(50n, 1_000n, scale, 60n), 3n);
    assert.equal(payDue(50n, 1_000n, scale, 59n), 2n);
  });

  it("scales pay and losses down by the same factor otherwise", () => {
    const scale = scaleOf({ price: 50n, budget: 4n }, 1_000n, 100n);
    assert.equal(payDue(50n, 1_000n, scale, 100n), 4n);
    assert.equal(payDue(50n, 1_000n, scale, 75n), 3n);
    assert.equal(payDue(50n, 1_000n, scale, 74n), 2n);
  });

  it("takes losses at the full price where nothing is worth anything", () => {
    const scale = scaleOf({ price: 50n, budget: 5n }, 1_000n, 0n);
    assert.equal(payDue(50n, 1_000n, scale, 200n), 10n);
    assert.equal(payDue(0n, 1_000n, scaleOf({ price: 0n, budget: 0n }, 1_000n, 7n), 200n), 0n);
  });
});

describe("royalties", () => {
  it("are rounded down each, and the team keeps what is beyond them before rounding", () => {
    assert.deepEqual(royaltiesDue([owes(30), owes(30)], 3n), { owed: [0n, 0n], kept: 2n, rounding: 1n });
    assert.deepEqual(royaltiesDue([owes(30), owes(30)], 4n), { owed: [1n, 1n], kept: 2n, rounding: 0n });
    assert.deepEqual(royaltiesDue([], 7n), { owed: [], kept: 7n, rounding: 0n });
    const allButLittle = [{ payee: "model 0", rate: BILLION - 1n, ceiling: undefined }];
    assert.deepEqual(royaltiesDue(allButLittle, 1n), { owed: [0n], kept: 1n, rounding: 0n });
  });

  it("stop at their ceilings, and the team keeps the rest", () => {
    assert.deepEqual(royaltiesDue([owes(10, 5n)], 49n), { owed: [4n], kept: 45n, rounding: 0n });
    assert.deepEqual(royaltiesDue([owes(10, 5n)], 50n), { owed: [5n], kept: 45n, rounding: 0n });
    assert.deepEqual(royaltiesDue([owes(10, 5n)], 59n), { owed: [5n], kept: 54n, rounding: 0n });
  });
});

describe("what vests", () => {
  it("is half, in equal parts, the remainder with the last one", () => {
    const due = (amount, parts) => Array.from({ length: parts + 1 }, (_, elapsed) => vestedDue(amount, parts, elapsed));
    assert.deepEqual(due(8n, 4), [4n, 5n, 6n, 7n, 8n]);
    assert.deepEqual(due(15n, 4), [8n, 10n, 12n, 14n, 15n]);
    assert.deepEqual(due(1n, 4), [1n, 1n, 1n, 1n, 1n]);
    assert.deepEqual(due(7n, 0), [7n]);
  });

  it("is due with further rounds or with time, whichever is more", () => {
    const vesting = { parts: 4, blocks: 100 };
    const parts = [[0, 99], [0, 100], [1, 99], [1, 200], [3, 200], [9, 0], [0, 999]].map((clock) => partsElapsed(vesting, ...clock));
    assert.deepEqual(parts, [0, 1, 1, 2, 3, 4, 4]);
  });

  it("takes as long as a round can, and a year at the most", () => {
    const periods = { committing: 10, delivering: 20, revealing: 5, publishing: 5, challenging: 3, window: 23 };
    assert.equal(roundBlocks(periods), 81);
    assert.equal(roundBlocks({ ...periods, window: 10_512_000 }), 10_512_000);
  });
});

describe("shares", () => {
  it("of a team go down, and the last member's up", () => {
    assert.deepEqual(teamDue(holds(percent(50), percent(50)), 3n), [1n, 2n]);
    assert.deepEqual(teamDue(holds(percent(30), percent(30), percent(40)), 3n), [0n, 0n, 2n]);
    assert.deepEqual(teamDue(holds(percent(30), percent(30), percent(40)), 4n), [1n, 1n, 2n]);
  });

  it("of authors are those of a team, and the last one's is all the rest in the end", () => {
    const authors = holds(percent(30), percent(30), percent(40));
    assert.deepEqual(authorsDue(authors, 103n, false), [30n, 30n, 42n]);
    assert.deepEqual(authorsDue(authors, 103n, true), [30n, 30n, 43n]);
  });

  it("of a crew go down, and those of the contributors together up", () => {
    assert.equal(crewDue(percent(3), 33n), 0n);
    assert.equal(crewDue(percent(3), 34n), 1n);
    assert.equal(contributorsDue(holds(percent(3), percent(3)), 33n), 32n);
    assert.equal(contributorsDue(holds(percent(3), percent(3)), 34n), 32n);
  });

  it("of a contribution are in proportion to its weight", () => {
    assert.equal(contributionDue(10n, 1n, 3n), 3n);
    assert.equal(contributionDue(10n, 3n, 3n), 10n);
    assert.equal(contributionDue(11n, 2n, 3n), 7n);
  });

  it("of a datanet's recipe make a crew in which nobody is twice", () => {
    const recipe = { stewardShare: 20n, evaluatorShare: 30n, providersShare: 31n };
    const crew = (...words) => Object.fromEntries(crewOf(...words));
    assert.deepEqual(crew(recipe, "steward", "evaluator", ["one", "two"]), { steward: 20n, evaluator: 30n, one: 15n, two: 15n });
    assert.deepEqual(crew(recipe, "all", "all", ["all", "all"]), { all: 80n });
    assert.deepEqual(crew({ ...recipe, stewardShare: 0n }, "steward", "evaluator", []), { evaluator: 30n });
  });
});
