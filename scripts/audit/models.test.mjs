// What happens to ledgers of models: worked examples, each as the events that a chain makes of it, and each with one number that is wrong.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AMOUNTS, begin, PERIOD, percent, tell } from "./happenings.mjs";

/** A model that belongs to one account. */
const owned = (id, account, more = {}) => ["model", id, { members: [[account, 100]], ...more }];

/** A model that has received 1,000 and left out model 0, which asks for 20 %. */
const HIDING = [owned(0, "a", { asks: [20] }), owned(1, "b", { waits: true }), ["pays", 1, 1_000]];
/** What it pays when that is claimed, and what is set aside. */
const CLAIMED = [["credits", 1, "b", 500], ["settled", 1, 0, 1_000], ["claims", 1, [["model 0", 20]], 200]];

const STORIES = {
  "half of what a team keeps waits until the second boundary": [
    owned(0, "a", { asks: [20] }),
    owned(1, "b", { owes: [["model 0", 20]], from: [["model 0"]], waits: true }),
    ["at", 3 * PERIOD],
    ["pays", 1, 1_000], ["royalty", 1, "model 0", 200], ["credits", 1, "b", 400], ["settled", 1, 0, 1_000],
    ["at", 5 * PERIOD - 1],
    ["settled", 1, 0, 1_000],
    ["at", 5 * PERIOD],
    ["credits", 1, "b", 400], ["settled", 1, 0, 1_000],
  ],

  "all of four periods and half of two is free, whenever somebody settles": [
    owned(0, "a", { waits: true }),
    ["pays", 0, 333], ["credits", 0, "a", 166], ["settled", 0, 0, 333],
    ["at", PERIOD], ["pays", 0, 333],
    ["at", 2 * PERIOD], ["pays", 0, 333],
    ["at", 3 * PERIOD], ["pays", 0, 333],
    ["at", 4 * PERIOD], ["pays", 0, 333], ["credits", 0, "a", 1_166], ["settled", 0, 0, 1_665],
    ["at", 5 * PERIOD], ["pays", 0, 333], ["credits", 0, "a", 333], ["settled", 0, 0, 1_998],
  ],

  "a model that was made again waits no longer": [
    owned(0, "a", { waits: true }),
    ["pays", 0, 1_000], ["credits", 0, "a", 500], ["settled", 0, 0, 1_000],
    ["released", 0], ["again", 0],
    ["credits", 0, "a", 500], ["settled", 0, 0, 1_000],
    ["pays", 0, 1], ["credits", 0, "a", 1], ["settled", 0, 0, 1_001],
  ],

  "half waits again of what comes in once the ancestry was not complete": [
    owned(0, "a", { waits: true }),
    ["released", 0], ["again", 0],
    ["pays", 0, 1_000], ["credits", 0, "a", 1_000], ["settled", 0, 0, 1_000], ["resumed", 0], ["overturned", 0],
    ["pays", 0, 100], ["credits", 0, "a", 50], ["settled", 0, 0, 1_100],
    ["at", PERIOD], ["pays", 0, 10], ["credits", 0, "a", 5], ["settled", 0, 0, 1_110],
    ["at", 2 * PERIOD], ["credits", 0, "a", 50], ["settled", 0, 0, 1_110],
    ["at", 3 * PERIOD], ["credits", 0, "a", 5], ["settled", 0, 0, 1_110],
  ],

  "what an owner names has its part of what waits": [
    ...HIDING, ["credits", 1, "b", 500], ["settled", 1, 0, 1_000], ["names", 1, [["model 0", 20]], 100],
    // 900 are kept, of which 500 were free; then 80 more.
    ["pays", 1, 100], ["royalty", 1, "model 0", 120], ["credits", 1, "b", 40], ["settled", 1, 0, 1_100],
    ["at", 2 * PERIOD], ["credits", 1, "b", 440], ["settled", 1, 0, 1_100],
  ],

  // Of the second 1,000 it had its part, of the first nobody knew.
  "who was owed something before is named for what came in since": [
    owned(0, "a", { asks: [10] }), owned(1, "b", { waits: true }),
    ["pays", 1, 1_000], ["credits", 1, "b", 500], ["settled", 1, 0, 1_000], ["owes", 1, [], [["model 0", 10]]],
    ["pays", 1, 1_000], ["royalty", 1, "model 0", 100], ["credits", 1, "b", 450], ["settled", 1, 0, 2_000], ["owes", 1, [], []],
    ["pays", 1, 1_000], ["credits", 1, "b", 500], ["settled", 1, 0, 3_000], ["names", 1, [["model 0", 10]], 50],
    ["pays", 1, 100], ["royalty", 1, "model 0", 60], ["credits", 1, "b", 45], ["settled", 1, 0, 3_100],
  ],

  // 100 of the first 1,000 were paid; of the second 1,000 they were held back. Its ceiling is what it was.
  "what is struck and owed again goes on from what it was paid": [
    owned(0, "a", { asks: [10, 150n] }),
    owned(1, "b", { owes: [["model 0", 10, 150]], from: [["model 0"]], waits: true }),
    ["pays", 1, 1_000], ["royalty", 1, "model 0", 100], ["credits", 1, "b", 450], ["settled", 1, 0, 1_000], ["freezes", 1, "model 0"],
    ["pays", 1, 1_000], ["credits", 1, "b", 475], ["settled", 1, 0, 2_000], ["owes", 1, [], []],
    ["credits", 1, "b", 25], ["settled", 1, 0, 2_000], ["claims", 1, [["model 0", 10, 150]], 50],
    ["owes", 1, [], [["model 0", 10, 150]]], ["royalty", 1, "model 0", 50], ["settled", 1, 0, 2_000], ["closes", 1, 0],
    ["pays", 1, 1_000], ["credits", 1, "b", 500], ["settled", 1, 0, 3_000],
  ],

  // It had 200 of the first 1,000; model 2, hidden all the time, had nothing.
  "what was owed until it was struck is not set aside once more": [
    owned(0, "a", { asks: [20] }), owned(2, "a", { asks: [20] }),
    owned(1, "b", { owes: [["model 0", 20]], from: [["model 0"]], waits: true }),
    ["pays", 1, 1_000], ["royalty", 1, "model 0", 200], ["credits", 1, "b", 400], ["settled", 1, 0, 1_000], ["owes", 1, [], []],
    ["pays", 1, 100], ["credits", 1, "b", 50], ["settled", 1, 0, 1_100], ["claims", 1, [["model 0", 20], ["model 2", 20]], 240],
    ["closes", 1, 240], ["claims", 1, [["model 0", 20]], 20],
  ],

  "a former team has what waits of theirs": [
    ["model", 0, { members: [["a", 50], ["b", 50]], waits: true }],
    ["pays", 0, 1_000],
    ["credits", 0, "a", 250], ["credits", 0, "b", 250], ["settled", 0, 0, 1_000], ["team", 0, [["c", 100]]],
    ["pays", 0, 100], ["credits", 0, "c", 50], ["settled", 0, 0, 1_100],
    ["at", 2 * PERIOD],
    ["credits", 0, "a", 250], ["credits", 0, "b", 250], ["credits", 0, "c", 50], ["settled", 0, 0, 1_100], ["team", 0, [["d", 100]]],
  ],

  // 100 came in the period before, 10 in this one: of 110, 55 are free in period 1, 105 after the boundary to period 2, all in period 3.
  "what waits of a former team's is free at the same boundaries, and its last member has what rounding held back": [
    ["model", 0, { members: [["a", 30], ["b", 30], ["c", 40]], waits: true }],
    ["pays", 0, 100],
    ["at", PERIOD],
    ["pays", 0, 10],
    ["credits", 0, "a", 16], ["credits", 0, "b", 16], ["credits", 0, "c", 22], ["settled", 0, 0, 110], ["team", 0, [["a", 100]]],
    ["at", 2 * PERIOD],
    ["pays", 0, 7],
    // a: 31 of 105 before, and 3 of 7 now.
    ["credits", 0, "a", 18], ["credits", 0, "b", 15], ["credits", 0, "c", 20], ["settled", 0, 0, 117],
    ["at", 3 * PERIOD],
    ["credits", 0, "a", 2], ["credits", 0, "b", 2], ["credits", 0, "c", 2], ["settled", 0, 0, 117],
  ],

  "a change of team gives the last member what rounding held back, if nothing waits": [
    ["model", 0, { members: [["a", 30], ["b", 30], ["c", 40]] }],
    ["pays", 0, 5], ["credits", 0, "a", 1], ["credits", 0, "b", 1], ["credits", 0, "c", 2], ["settled", 0, 0, 5],
    ["credits", 0, "c", 1], ["team", 0, [["d", 100]]],
  ],

  // 30 % of 9 is 2.7: the fraction is not lost with the change.
  "royalties go on as before when a team changes": [
    owned(0, "a", { asks: [30] }),
    owned(1, "b", { owes: [["model 0", 30]], from: [["model 0"]] }),
    ["pays", 1, 9],
    ["royalty", 1, "model 0", 2], ["credits", 1, "b", 7], ["settled", 1, 0, 9], ["team", 1, [["c", 100]]],
    ["pays", 1, 1],
    ["royalty", 1, "model 0", 1], ["settled", 1, 0, 10],
    ["credits", 0, "a", 3], ["settled", 0, 3, 0],
  ],

  "what is claimed is set aside, and nothing else waits for it": [
    ...HIDING, ...CLAIMED,
    ["pays", 1, 100], ["credits", 1, "b", 40], ["settled", 1, 0, 1_100],
    ["at", 2 * PERIOD], ["credits", 1, "b", 340], ["settled", 1, 0, 1_100],
  ],

  "an upheld claim is paid from what waited first": [
    ...HIDING, ...CLAIMED,
    ["pays", 1, 100], ["credits", 1, "b", 40], ["settled", 1, 0, 1_100], ["owes", 1, [], [["model 0", 20]]],
    ["royalty", 1, "model 0", 220], ["settled", 1, 0, 1_100], ["closes", 1, 0], ["upholds", 1, "model 0"],
    ["credits", 0, "a", 220], ["settled", 0, 220, 0],
  ],

  // Half of 1,100, as if nothing had been claimed.
  "a claim that is not upheld gives back everything": [
    ...HIDING, ...CLAIMED,
    ["pays", 1, 100], ["credits", 1, "b", 40], ["settled", 1, 0, 1_100], ["closes", 1, 220],
    ["credits", 1, "b", 10], ["settled", 1, 0, 1_100],
  ],

  "a model of which nothing waits owes from the claim on": [
    owned(0, "a", { asks: [20] }), owned(1, "b"),
    ["pays", 1, 1_000], ["credits", 1, "b", 1_000], ["settled", 1, 0, 1_000], ["claims", 1, [["model 0", 20]], 0],
    ["pays", 1, 100], ["credits", 1, "b", 80], ["settled", 1, 0, 1_100],
  ],

  // Of 60 % and 60 % an open claim has half of all, 25 % each: 250 of 1,000 each, although each asks for 600.
  "a claim takes no more than waits, in proportion": [
    owned(0, "a", { asks: [60] }), owned(1, "b", { asks: [60] }), owned(2, "c", { waits: true }),
    ["pays", 2, 1_000], ["credits", 2, "c", 500], ["settled", 2, 0, 1_000],
    ["claims", 2, [["model 0", 60], ["model 1", 60]], 500],
    // Both are cut to 25 %: half of what comes from now on is the team's, and half of that waits.
    ["pays", 2, 10], ["credits", 2, "c", 2], ["settled", 2, 0, 1_010],
    ["closes", 2, 504], ["credits", 2, "c", 3], ["settled", 2, 0, 1_010],
  ],

  // 500 wait for the former team, and of 500 half for the present one: 30 % of 1,500 are 450, of which 250 wait.
  "a claim takes nothing of what waits of a former team's, and does not put it off": [
    owned(0, "x", { asks: [30] }), owned(1, "a", { waits: true }),
    ["pays", 1, 1_000], ["credits", 1, "a", 500], ["settled", 1, 0, 1_000], ["team", 1, [["b", 100]]],
    ["at", PERIOD], ["pays", 1, 500], ["credits", 1, "b", 250], ["settled", 1, 0, 1_500], ["claims", 1, [["model 0", 30]], 250],
    ["at", 2 * PERIOD], ["credits", 1, "a", 500], ["settled", 1, 0, 1_500],
    ["at", 3 * PERIOD], ["closes", 1, 250], ["credits", 1, "b", 250], ["settled", 1, 0, 1_500],
  ],

  "of a datanet, one round is struck and the other stays": [
    ["data", 0, [10], [1, 2]],
    ["model", 0, { members: [["a", 100]], from: [["datanet 0", 1]], owes: [["pool 0/1", 50]], stack: [["pool 0/1", 10]] }],
    ["upholds", 0, "datanet 0", 2], ["strikes", 0, "datanet 0", 2],
  ],

  "one share is held back and all others are paid": [
    owned(0, "a", { asks: [10] }), owned(1, "b", { asks: [20] }),
    owned(2, "c", { owes: [["model 0", 10], ["model 1", 20]], from: [["model 0"], ["model 1"]] }),
    ["pays", 2, 100],
    ["royalty", 2, "model 0", 10], ["royalty", 2, "model 1", 20], ["credits", 2, "c", 70], ["settled", 2, 0, 100], ["freezes", 2, "model 1"],
    ["pays", 2, 100], ["royalty", 2, "model 0", 10], ["credits", 2, "c", 70], ["settled", 2, 0, 200],
    ["unfreezes", 2, "model 1"],
    ["royalty", 2, "model 1", 20], ["settled", 2, 0, 200],
  ],

  // Half of all: what comes back counts as what comes in now.
  "what was held back for a source that is none is the team's": [
    owned(0, "a", { asks: [20] }), owned(1, "b", { owes: [["model 0", 20]], from: [["model 0"]], waits: true }),
    ["freezes", 1, "model 0"],
    ["pays", 1, 1_000], ["credits", 1, "b", 400], ["settled", 1, 0, 1_000], ["owes", 1, [], []], ["strikes", 1, "model 0"],
    ["credits", 1, "b", 100], ["settled", 1, 0, 1_000],
  ],

  "other royalties are owed from now on, and the present ones are paid before": [
    owned(0, "a", { asks: [10] }), owned(1, "b", { asks: [5] }), owned(2, "c", { owes: [["model 0", 10]], from: [["model 0"]] }),
    ["pays", 2, 1_000], ["royalty", 2, "model 0", 100], ["credits", 2, "c", 900], ["settled", 2, 0, 1_000],
    ["owes", 2, [["model 0", 10]], [["model 1", 5]]], ["folds", 2, [["model 0", 10]], [["model 1", 5]]], ["adds", 2, "model 1"],
    ["pays", 2, 1_000],
    ["royalty", 2, "model 0", 100], ["royalty", 2, "model 1", 50], ["credits", 2, "c", 850], ["settled", 2, 0, 2_000],
  ],

  "late royalties do not lower what pools are topped up to": [
    ["data", 0, [10], [1]], owned(0, "a", { asks: [30] }),
    owned(1, "b", { owes: [["pool 0/1", 50]], stack: [["pool 0/1", 10]], from: [["datanet 0", 1]] }),
    ["owes", 1, [["pool 0/1", 50]], [["model 0", 30]]], ["adds", 1, "model 0"],
    ["pays", 1, 1_000],
    ["royalty", 1, "pool 0/1", 500], ["royalty", 1, "model 0", 300], ["credits", 1, "b", 200], ["settled", 1, 0, 1_000],
  ],

  // 60 % and 90 % are cut to the half that data leaves: 20 % and 30 %, and then a claim has nothing.
  "late royalties are cut to what the stack leaves, and claimed ones to what both leave": [
    ["data", 0, [10], [1]], owned(0, "a", { asks: [60] }), owned(1, "b", { asks: [90] }), owned(2, "c", { asks: [50] }),
    owned(3, "d", { owes: [["pool 0/1", 50]], stack: [["pool 0/1", 10]], from: [["datanet 0", 1]] }),
    ["owes", 3, [["pool 0/1", 50]], [["model 0", 60], ["model 1", 90]]], ["adds", 3, "model 0"], ["adds", 3, "model 1"],
    ["claims", 3, [["model 2", 50]], 0],
    ["pays", 3, 1_000],
    ["royalty", 3, "pool 0/1", 500], ["royalty", 3, "model 0", 200], ["royalty", 3, "model 1", 300], ["settled", 3, 0, 1_000],
    ["closes", 3, 0],
  ],

  "a later pool of a datanet goes on from the earlier one's ceiling": [
    ["data", 0, [50, 60n], [1, 2]],
    owned(1, "b", { owes: [["pool 0/1", 50, 60n]], from: [["datanet 0", 1]] }),
    ["pays", 1, 100], ["royalty", 1, "pool 0/1", 50], ["credits", 1, "b", 50], ["settled", 1, 0, 100],
    ["owes", 1, [["pool 0/2", 50, 60n]], []],
    ["pays", 1, 100], ["royalty", 1, "pool 0/2", 10], ["credits", 1, "b", 90], ["settled", 1, 0, 200],
  ],
};

/** The story with one line changed. */
const changed = (story, index, line) => story.map((other, at) => (at === index ? line : other));

describe("a ledger", () => {
  for (const [title, story] of Object.entries(STORIES)) {
    it(`follows that ${title}`, () => {
      const { books, lines } = tell(story);
      assert.deepEqual(lines, []);
      assert.equal(books.pot.held.models >= 0n, true);
    });

    it(`notices one unit more or less, where ${title}`, () => {
      for (const [index, line] of story.entries()) {
        if (!AMOUNTS.includes(line[0])) continue;
        for (const change of [1, -1]) {
          const wrong = [...line.slice(0, -1), line.at(-1) + change];
          assert.notDeepEqual(tell(changed(story, index, wrong)).lines, [], `${line} as ${wrong}`);
        }
      }
    });
  }
});

/** What is wrong with a story, as one text. */
const wrong = (story) => tell(story).lines.join("\n");

describe("ledgers of models", () => {
  const both = [owned(0, "a", { asks: [20] }), owned(1, "b", { asks: [10] })];

  it("free what waits at a boundary, and not in the block before", () => {
    const before = [owned(0, "a", { waits: true }), ["pays", 0, 10], ["credits", 0, "a", 5], ["settled", 0, 0, 10]];
    const after = [["credits", 0, "a", 5], ["settled", 0, 0, 10]];
    assert.equal(wrong([...before, ["at", 2 * PERIOD], ...after]), "");
    assert.match(wrong([...before, ["at", 2 * PERIOD - 1], ...after]), /a, team's part of model 0 that is due: expected 0, found 5/);
  });

  it("pay royalties and members together: one who is left out is noticed", () => {
    const story = [...both, owned(2, "c", { owes: [["model 0", 20]], from: [["model 0"]] }), ["pays", 2, 10]];
    assert.match(wrong([...story, ["credits", 2, "c", 8], ["settled", 2, 0, 10]]), /model 0, royalty of model 2 that is due: expected 2, found 0/);
    assert.match(wrong([...story, ["royalty", 2, "model 0", 2], ["settled", 2, 0, 10]]), /c, team's part of model 2 that is due: expected 8/);
    assert.match(wrong([...story, ["royalty", 2, "model 0", 2], ["royalty", 2, "model 1", 8], ["settled", 2, 0, 10]]), /model 1, royalty of model 2 that is due: expected 0, found 8/);
    // Also where no event says that it is settled: whatever comes next says that this is all.
    assert.match(wrong([...story, ["credits", 2, "c", 8]]), /royalty of model 2/);
  });

  it("are settled before they change", () => {
    const story = [...both, owned(2, "c", { owes: [["model 0", 20]], from: [["model 0"]] }), ["pays", 2, 10]];
    for (const change of [["team", 2, [["d", 100]]], ["owes", 2, [], []], ["claims", 2, [["model 1", 10]], 0], ["freezes", 2, "model 0"]]) {
      assert.match(wrong([...story, change]), /royalty of model 2 that is due: expected 2, found 0/, change[0]);
    }
  });

  it("have no other team while something of the one before the last waits", () => {
    const story = [
      owned(0, "a", { waits: true }), ["pays", 0, 10], ["credits", 0, "a", 5], ["settled", 0, 0, 10], ["team", 0, [["b", 100]]],
    ];
    assert.equal(wrong(story), "");
    assert.match(wrong([...story, ["team", 0, [["c", 100]]]]), /something of the team before the last waits/);
    assert.match(wrong([owned(0, "a"), ["team", 0, [["b", 99]]]]), /parts of the team/);
  });

  it("have one claim at a time, of what is not owed, as licences ask for it", () => {
    const story = [...both, owned(2, "c", { owes: [["model 0", 20]], from: [["model 0"]] })];
    const claim = ["claims", 2, [["model 1", 10]], 0];
    assert.equal(wrong([...story, claim, ["closes", 2, 0]]), "");
    assert.match(wrong([...story, claim, claim]), /whether something is claimed already/);
    // To close what is not claimed gives nothing back.
    assert.equal(wrong([...story, ["closes", 2, 0]]), "");
    assert.match(wrong([...story, ["closes", 2, 1]]), /returned of what was set aside: expected 0, found 1/);
    assert.match(wrong([...story, ["claims", 2, [["model 0", 20]], 0]]), /assets that are owed twice/);
    assert.match(wrong([...story, ["claims", 2, [["model 1", 11]], 0]]), /claimed royalties, as the terms of sources/);
    assert.match(wrong([...story, ["claims", 2, [["model 1", 10, 5]], 0]]), /claimed royalties, as the terms of sources/);
  });

  it("owe late what licences ask for, of sources that somebody said they have, and at most eight", () => {
    const late = ["owes", 1, [], [["model 0", 20]]];
    assert.equal(wrong([...both, late, ["adds", 1, "model 0"]]), "");
    assert.match(wrong([...both, ["owes", 1, [], [["model 0", 21]]]]), /late royalties, as the terms of sources/);
    assert.match(wrong([...both, ["owes", 1, [["model 0", 21]], []]]), /royalties at the rates that apply/);
    assert.match(wrong([...both, ["owes", 1, [["model 0", 20]], [["model 0", 20]]]]), /assets that are owed twice/);
    const many = Array.from({ length: 10 }, (_, id) => owned(id, "a", { asks: [1] }));
    const list = (count) => Array.from({ length: count }, (_, id) => [`model ${id}`, 1]);
    assert.equal(wrong([...many, ["owes", 9, [], list(8)]]), "");
    assert.match(wrong([...many, ["owes", 9, [], list(9)]]), /number of late royalties: expected at most 8, found 9/);
    assert.match(wrong([...many, ["owes", 9, list(1), []], ["folds", 9, [], []]]), /royalties in its ledger, as licences say/);
    const { books, lines } = tell([...both, late, ["folds", 1, [], [["model 0", 20]]]]);
    books.models.close();
    assert.match(lines.join("\n"), /royalties to what nobody ever said it came from: expected \[\], found \[model 0\]/);
  });

  it("of descendants inherit what their sources owe since they were folded again, late royalties too", () => {
    const story = [
      ...both, owned(2, "c", { asks: [5] }), owned(3, "d", { owes: [["model 1", 10]], from: [["model 1"]] }),
      ["owes", 1, [], [["model 0", 20]]], ["folds", 1, [], [["model 0", 20]]], ["adds", 1, "model 0"],
    ];
    const child = (owes) => owned(4, "e", { owes, from: [["model 1"], ["model 2"]] });
    assert.equal(wrong([...story, child([["model 0", 20], ["model 1", 10], ["model 2", 5]])]), "");
    assert.match(wrong([...story, child([["model 1", 10], ["model 2", 5]])]), /royalties that its ancestors' terms ask for/);
    // Model 3 was registered before, and owes what it owed until it is folded again: a descendant of it alone owes no more.
    assert.equal(wrong([...story, owned(4, "e", { owes: [["model 1", 10]], from: [["model 3"]] })]), "");
    const again = [["owes", 3, [["model 0", 20], ["model 1", 10]], []], ["folds", 3, [["model 0", 20], ["model 1", 10]], []]];
    const heir = owned(4, "e", { owes: [["model 0", 20], ["model 1", 10]], from: [["model 3"]] });
    assert.equal(wrong([...story, ...again, heir]), "");
  });

  it("hold nothing back but what is owed, and strike no origin but one that is there", () => {
    assert.match(wrong([...both, ["freezes", 1, "model 0"]]), /whether it owes what is held back for model 0/);
    assert.match(wrong([...both, ["unfreezes", 1, "model 0"]]), /whether it owes what was held back for model 0/);
    assert.match(wrong([...both, ["strikes", 1, "model 0"]]), /whether it had the origin model 0/);
  });

  it("are released when a model was made again, and only then", () => {
    const model = owned(0, "a", { waits: true });
    for (const [story, fault] of [
      [[], ""], [[["released", 0], ["again", 0]], ""],
      [[["released", 0], ["again", 0], ["resumed", 0], ["overturned", 0]], ""],
      [[["released", 0], ["again", 0], ["overturned", 0]], "expected false, found true"],
      [[["resumed", 0]], "whether half waited"],
      [[["released", 0]], "expected false, found true"], [[["again", 0]], "expected true, found false"],
    ]) {
      const { books, lines } = tell([model, ...story]);
      books.models.close();
      assert.match(lines.join("\n"), new RegExp(fault || "^$"));
    }
  });

  it("take fees at the rates that governance sets, within their bounds", () => {
    const { books, lines } = begin();
    const { taking } = books.pot;
    const pay = (fee, host) => taking.check("somebody", { gross: 1_000n, fee, host, net: 1_000n - fee - host }, { fee: percent(2), host: percent(50) });
    pay(20n, 490n);
    taking.set({ fee: percent(5), host: percent(70) });
    pay(50n, 665n);
    assert.deepEqual(lines, []);
    assert.match(taking.words, /5 % of a payment, as governance has set it/);
    pay(20n, 0n);
    assert.match(lines.pop(), /by the rate that applies: expected 50, found 20/);
    taking.set({ fee: percent(5) + 1n, host: percent(70) });
    assert.match(lines.pop(), /governance, protocol fee in billionths/);
    taking.set({ fee: percent(1), host: percent(70) + 1n });
    assert.match(lines.pop(), /governance, the most that hosts may have/);
  });
});
