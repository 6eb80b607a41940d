// What a runtime says of a ledger, against the books: each number of it, and each with one unit more.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bool, name, none, number, payee, structure } from "./codecs.mjs";
import { PERIOD, percent, tell } from "./happenings.mjs";
import { compareLedger } from "./state.mjs";

// Of 1,000, 500 wait for the team that left, and of 100, 50 for the present one, all of which are set aside for the 20 % that are claimed.
const STORY = [
  ["model", 0, { members: [["a", 100]], asks: [20] }],
  ["model", 1, { members: [["b", 50], ["c", 50]], waits: true }],
  ["pays", 1, 1_000], ["credits", 1, "b", 250], ["credits", 1, "c", 250], ["settled", 1, 0, 1_000], ["team", 1, [["d", 100]]],
  ["pays", 1, 100], ["credits", 1, "d", 50], ["settled", 1, 0, 1_100], ["claims", 1, [["model 0", 20]], 50],
];

const share = ([account, part, earned, paid]) => structure({
  share: structure({ account: name(account), part: number(percent(part)) }), earned: number(earned), paid: number(paid),
});

const royalty = ([key, rate, ground, frozen, earned, paid]) => structure({
  royalty: structure({ payee: payee(key), rate: number(percent(rate)), ceiling: none }),
  ground: { type: ground },
  frozen: bool(frozen),
  earned: number(earned),
  paid: number(paid),
});

const SAID = {
  held: 550, waiting: 500, contested: 50, waits: true,
  royalties: [["model 0", 20, "Claimed", false, 50, 0]],
  team: [["d", 100, 50, 50]],
  former: [["b", 50, 250, 250], ["c", 50, 250, 250]],
};

/** What is wrong with what a runtime says after the story, at a block. */
function wrong(change, block = 1) {
  const { books, lines } = tell(STORY);
  assert.deepEqual(lines, []);
  const { held, waiting, contested, waits, royalties, team, former } = { ...SAID, ...change };
  const said = structure({
    held: number(held), waiting: number(waiting), contested: number(contested), waits: bool(waits),
    royalties: royalties.map(royalty), team: team.map(share), former: former.map(share),
  });
  compareLedger(books, "model 1", books.models.at(1, { block, rates: { escrow: PERIOD } }), said);
  return lines.length;
}

describe("what a runtime says of a ledger", () => {
  it("is what the books say", () => assert.equal(wrong({}), 0));

  it("differs in one thing", () => {
    const changes = [
      { held: 551 }, { waiting: 501 }, { contested: 49 }, { waits: false },
      { royalties: [["model 0", 20, "Late", false, 50, 0]] }, { royalties: [["model 0", 20, "Claimed", true, 50, 0]] },
      { royalties: [["model 0", 20, "Claimed", false, 51, 0]] }, { royalties: [["model 0", 20, "Claimed", false, 50, 1]] },
      { royalties: [["model 0", 19, "Claimed", false, 50, 0]] }, { royalties: [] },
      { team: [["d", 100, 51, 50]] }, { team: [["d", 100, 50, 49]] }, { team: [["e", 100, 50, 50]] },
      { former: [] }, { former: [["b", 50, 250, 250], ["c", 50, 251, 250]] },
    ];
    for (const change of changes) assert.equal(wrong(change), 1, JSON.stringify(change));
  });

  it("changes as time passes, without any event", () => {
    // All 50 that wait of the present team's are set aside, of the former one's nothing.
    const later = { waiting: 0, former: [["b", 50, 500, 250], ["c", 50, 500, 250]] };
    assert.equal(wrong(later, 2 * PERIOD), 0);
    assert.equal(wrong(later, 2 * PERIOD - 1), 2);
    assert.equal(wrong({ ...later, former: [] }, 2 * PERIOD), 1);
  });
});
