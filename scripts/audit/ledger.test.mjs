// A ledger that is walked through against one that is worked out anew from its whole history at each time, on random histories.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appliedRates, BILLION, freeOf, royaltiesDue, royaltyOn, sum, teamDue } from "./formulas.mjs";
import { Ledger } from "./ledger.mjs";

const PERIOD = 10;
const PAYEES = ["model 0", "model 1", "pool 0/1", "pool 1/1"];

/** Numbers that look random and are the same every time (Lehmer, 48271). */
function dice(seed) {
  let state = seed + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const amount = (roll) => BigInt(1 + roll([10, 1_000, 1_000_000][roll(3)]));

function anyTeam(roll) {
  const cut = BigInt(roll(1_000_000_001));
  return [{ account: `${roll(4)}`, part: cut }, { account: `${4 + roll(4)}`, part: BILLION - cut }];
}

function anyRoyalties(roll, payees, most) {
  const taken = payees.filter(() => roll(2) === 0);
  return taken.map((payee) => ({ payee, rate: BigInt(1 + roll(most)), ceiling: roll(3) === 0 ? BigInt(roll(2_000)) : undefined }));
}

/** What has happened before some events, worked out from the first one on. */
function fold(history) {
  const state = { net: 0n, base: 0n, kept: 0n, royalties: [], list: [], past: new Map(), teams: [] };
  const keptNow = () => state.kept + royaltiesDue(state.list, state.net - state.base).kept;
  for (const event of history) {
    if (event.net) state.net += event.net;
    if (event.royalties) {
      const { owed, kept, rounding } = royaltiesDue(state.list, state.net - state.base);
      const before = new Map(state.list.map(({ payee }, index) => [payee, owed[index]]));
      state.kept += kept + rounding;
      state.base = state.net;
      // All that was owed has been paid: who is owed something again goes on from that.
      before.forEach((had, payee) => state.past.set(payee, had));
      state.list = event.royalties.map((royalty) => ({ ...royalty, carried: state.past.get(royalty.payee) ?? 0n }));
    }
    if (event.team) state.teams.push({ members: event.team, began: keptNow() });
  }
  return { ...state, keptNow: keptNow() };
}

/** What each account is to have had at a block. What was kept while a team was there is free at the boundaries that pass, whoever is there then. */
function worked(history, block) {
  const { keptNow, teams } = fold(history);
  const older = fold(history.filter((event) => event.block < (Math.floor(block / PERIOD) - 1) * PERIOD)).keptNow;
  const due = new Map();
  teams.forEach(({ members, began }, index) => {
    const end = teams[index + 1]?.began ?? keptNow;
    const free = freeOf(end, began, older < end ? older : end);
    const parts = teamDue(members, free);
    if (index + 1 < teams.length && free === end - began) parts[1] = free - parts[0];
    members.forEach(({ account }, place) => due.set(account, (due.get(account) ?? 0n) + parts[place]));
  });
  return due;
}

const isOwed = ([, paid]) => paid > 0n;
const sorted = (map) => [...map].filter(isOwed).sort();

describe("a ledger that is walked through", () => {
  it("has at any time what follows from its whole history", () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const roll = dice(seed);
      const first = { block: 0, royalties: anyRoyalties(roll, PAYEES, 250_000_000), team: anyTeam(roll) };
      const ledger = new Ledger(first.royalties, first.team, 0);
      const history = [first];
      const had = new Map();
      let block = 0;
      const take = (payments) => payments.forEach((paid, account) => had.set(account, (had.get(account) ?? 0n) + paid));
      for (let step = 0; step < 60; step += 1) {
        const what = roll(8);
        if (what < 3) {
          const net = amount(roll);
          history.push({ block, net });
          ledger.net += net;
        } else if (what < 5) {
          block += roll(2 * PERIOD);
          ledger.advance(Math.floor(block / PERIOD));
        } else if (what === 5) {
          const royalties = anyRoyalties(roll, PAYEES, 250_000_000);
          take(ledger.settle().members);
          ledger.amendRoyalties(royalties, []);
          history.push({ block, royalties });
        } else if (what === 6) {
          take(ledger.settle().members);
          if (ledger.former) continue;
          const team = anyTeam(roll);
          take(ledger.amendTeam(team));
          history.push({ block, team });
        } else {
          take(ledger.settle().members);
          assert.deepEqual(sorted(had), sorted(worked(history, block)), `seed ${seed}, step ${step}`);
        }
      }
    }
  });

  it("pays nobody twice and keeps no unit, whatever is claimed, frozen and decided", () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const roll = dice(seed);
      const ledger = new Ledger(anyRoyalties(roll, PAYEES, 200_000_000), anyTeam(roll), 0);
      let block = 0;
      let paid = 0n;
      const take = ({ royalties, members }) => {
        for (const each of [...royalties.values(), ...members.values()]) {
          assert.equal(each >= 0n, true, `seed ${seed}: nobody gives back`);
          paid += each;
        }
      };
      const check = (step) => {
        const held = ledger.net - paid;
        assert.equal(held >= ledger.waiting + ledger.contested, true, `seed ${seed}, step ${step}: what waits is there`);
        const carried = held - ledger.waiting - ledger.contested;
        assert.equal(carried <= 20n, true, `seed ${seed}, step ${step}: ${carried} are nobody's`);
      };
      const steps = [
        () => { ledger.net += amount(roll); },
        () => { ledger.net += amount(roll); },
        () => {
          block += roll(2 * PERIOD);
          ledger.advance(Math.floor(block / PERIOD));
        },
        () => ledger.freeze(PAYEES[roll(4)].replace("pool", "datanet").split("/")[0], roll(2) === 0),
        () => {
          const [stack, late] = [PAYEES.slice(0, 2), PAYEES.slice(2)].map((payees) => anyRoyalties(roll, payees, 700_000_000));
          ledger.amendRoyalties(stack.map((royalty) => ({ ...royalty, rate: royalty.rate / 2n })), late);
        },
        () => {
          const owed = ledger.entries.map(({ payee }) => payee);
          if (!ledger.claiming) ledger.claim(anyRoyalties(roll, PAYEES.filter((payee) => !owed.includes(payee)), 700_000_000));
        },
        () => ledger.claiming && ledger.closeClaim(),
        () => ledger.former || ledger.claiming || take({ royalties: new Map(), members: ledger.amendTeam(anyTeam(roll)) }),
      ];
      for (let step = 0; step < 60; step += 1) {
        take(ledger.settle());
        steps[roll(steps.length)]();
        take(ledger.settle());
        check(step);
      }
      if (ledger.claiming) ledger.closeClaim();
      for (const entry of ledger.entries) entry.frozen = false;
      ledger.advance(ledger.period + 2);
      take(ledger.settle());
      assert.equal(ledger.waiting + ledger.contested, 0n);
      check("last");
    }
  });
});

describe("rates that apply", () => {
  const of = (ground, asked) => ({ ground, asked: (BILLION * BigInt(asked)) / 100n });
  const rates = (...list) => appliedRates(list).map((rate) => Number(rate) / 10_000_000);

  it("are those that are asked for while there is room", () => {
    assert.deepEqual(rates(of("Stack", 50), of("Late", 30), of("Claimed", 10)), [50, 30, 10]);
  });

  it("of late royalties are cut to what the stack leaves, those of claimed ones to half of what both leave", () => {
    assert.deepEqual(rates(of("Stack", 50), of("Late", 60), of("Late", 90), of("Claimed", 50)), [50, 20, 30, 0]);
    assert.deepEqual(rates(of("Stack", 50), of("Late", 30), of("Claimed", 30), of("Claimed", 10)), [50, 30, 7.5, 2.5]);
    assert.deepEqual(rates(of("Claimed", 30), of("Late", 90)), [5, 90]);
  });

  it("are rounded down, so that all together are never more than one", () => {
    const thirds = appliedRates([of("Late", 100), of("Late", 100), of("Late", 100)]);
    assert.deepEqual(thirds, [333_333_333n, 333_333_333n, 333_333_333n]);
  });
});

describe("what is free", () => {
  it("is all up to the older boundary, and half of the rest, rounded down", () => {
    assert.deepEqual([[1_000n, 0n, 0n], [1_000n, 0n, 400n], [1_001n, 0n, 0n], [10n, 10n, 0n]].map((words) => freeOf(...words)), [500n, 700n, 500n, 0n]);
  });

  it("is half of what a team kept that began after the boundary", () => {
    assert.equal(freeOf(1_000n, 800n, 400n), 100n);
  });
});

describe("royalties from a change on", () => {
  it("go on from what they had come to, and stop at their ceilings", () => {
    const half = { rate: BILLION / 2n, ceiling: 60n };
    assert.deepEqual(royaltiesDue([{ ...half, carried: 50n }], 15n), { owed: [57n], kept: 8n, rounding: 0n });
    assert.deepEqual(royaltiesDue([{ ...half, carried: 50n }], 100n), { owed: [60n], kept: 90n, rounding: 0n });
    assert.deepEqual(royaltiesDue([{ ...half, carried: 70n }], 100n), { owed: [70n], kept: 100n, rounding: 0n });
  });

  it("that are claimed are counted from what came in since the older boundary", () => {
    assert.deepEqual([royaltyOn({ rate: BILLION / 5n }, 1_000n), royaltyOn({ rate: BILLION / 5n, ceiling: 150n }, 1_000n)], [200n, 150n]);
    assert.equal(sum([royaltyOn({ rate: BILLION / 3n }, 2n)]), 0n);
  });
});
