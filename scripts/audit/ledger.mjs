// The ledger of one model, walked through from payment to payment: what has come in, what each royalty and each member has of it, and
// what waits. The chain has closed forms for readers at any time; here boundaries between periods are noted as they are passed.
import { BILLION, appliedRates, freeOf, royaltiesDue, royaltyOn, sum, teamDue } from "./formulas.mjs";
import { MAX_ENTRIES, MAX_LATE } from "./stacks.mjs";

const least = (one, other) => (one < other ? one : other);
const most = (one, other) => (one > other ? one : other);
const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0n) + amount);

/** The asset behind a payee: royalties of a datanet go on when a later pool of it is paid. */
export const assetOf = (payee) => (payee.startsWith("pool ") ? `datanet ${payee.slice("pool ".length).split("/")[0]}` : payee);

/** What members have of an amount; of all that there will be, the last one has also what rounding held back. */
function membersDue(members, amount, all) {
  const due = teamDue(members, amount);
  return all ? [...due.slice(0, -1), amount - sum(due.slice(0, -1))] : due;
}

const withPaid = (members) => members.map((member) => ({ ...member, paid: 0n }));

export class Ledger {
  net = 0n;
  royaltiesIn = 0n;
  // What of the net came in before the last change of royalties, and what teams had kept of that.
  base = 0n;
  kept = 0n;
  // What had come in, and what teams had kept, at the last two boundaries between periods.
  older = { net: 0n, kept: 0n };
  newer = { net: 0n, kept: 0n };
  waits = true;
  // What had come in when an asset was last owed something that it is not owed any more, and what it was paid.
  ended = new Map();
  // What is set aside while something is claimed.
  aside = undefined;
  former = undefined;
  // What its team had kept, and what descendants had paid, when it began.
  began = { kept: 0n, royalties: 0n, net: 0n };

  /** `stack`: royalties at the rates that apply. `team`: `{ account, part }`. `period`: the number of the present one. */
  constructor(stack, team, period) {
    this.entries = stack.map((royalty) => this.entryOf(royalty, "Stack"));
    this.members = withPaid(team);
    this.period = period;
  }

  /** What a royalty has come to; it goes on from what was owed for the same asset before. */
  entryOf({ payee, rate, ceiling }, ground, before) {
    const had = this.ended.get(assetOf(payee))?.paid ?? 0n;
    const { carried, paid, frozen, heldSince } = before ?? { carried: had, paid: had, frozen: false };
    return { payee, asked: rate, rate, ceiling, ground, carried, paid, frozen, heldSince };
  }

  get claiming() {
    return this.aside !== undefined;
  }

  /** What royalties and teams have of what came in since royalties changed, and what rounding holds back. */
  get due() {
    return royaltiesDue(this.entries, this.net - this.base);
  }

  /** What teams have kept of the net, in all. */
  get keptNow() {
    return this.kept + this.due.kept;
  }

  /** Time passes: nothing has come in since the events before, so that what there is now is what there was at each boundary between. */
  advance(period) {
    for (let left = Math.min(period - this.period, 2); left > 0; left -= 1) {
      this.older = this.newer;
      this.newer = { net: this.net, kept: this.keptNow };
    }
    this.period = period;
  }

  /** What the present team may have. */
  teamFree() {
    const older = this.waits ? this.older.kept : this.keptNow;
    return freeOf(this.keptNow, this.began.kept, older) + this.royaltiesIn - this.began.royalties;
  }

  /** Of what a former team is to have, what waits still: `next` until the next boundary, `last` until the one after. */
  formerWaits() {
    if (!this.former || !this.waits) return { next: 0n, last: 0n };
    const { next, last, left } = this.former;
    const passed = this.period - left;
    return { next: passed < 1 ? next : 0n, last: passed < 2 ? last : 0n };
  }

  /** What a former team has in all, what waits included. */
  formerAll() {
    return this.former.had + this.former.next + this.former.last;
  }

  formerDue() {
    const { next, last } = this.formerWaits();
    return membersDue(this.former.members, this.formerAll() - next - last, next + last === 0n);
  }

  /** Whether something of a former team's is still to come. */
  get formerIsOwed() {
    const { next, last } = this.formerWaits();
    return next + last > 0n;
  }

  /** Pays what is due, and says what that is: `royalties` by payee, `members` by account. */
  settle() {
    const royalties = new Map();
    const members = new Map();
    const { owed } = this.due;
    for (const [index, entry] of this.entries.entries()) {
      if (entry.frozen || entry.ground === "Claimed") continue;
      add(royalties, entry.payee, owed[index] - entry.paid);
      entry.paid = owed[index];
    }
    if (this.former) this.pay(this.former.members, this.formerDue(), members);
    if (!this.formerIsOwed) this.former = undefined;
    this.pay(this.members, membersDue(this.members, this.teamFree(), false), members);
    return { royalties, members };
  }

  pay(members, due, payments) {
    for (const [index, member] of members.entries()) {
      add(payments, member.account, due[index] - member.paid);
      member.paid = due[index];
    }
  }

  /** What royalties have come to becomes a number, and what rounding held back from them is kept. */
  rebase() {
    const { owed, kept, rounding } = this.due;
    this.kept += kept + rounding;
    this.base = this.net;
    this.entries.forEach((entry, index) => { entry.carried = owed[index]; });
  }

  applyRates() {
    const rates = appliedRates(this.entries);
    this.entries.forEach((entry, index) => { entry.rate = rates[index]; });
  }

  /** What nobody else has any more is the team's: it counts as what comes in now. */
  giveBack(amount) {
    this.kept += amount;
  }

  /** Another team, after the one before was paid; what waits of theirs stays theirs. Says what else they have at once. */
  amendTeam(team) {
    const kept = this.keptNow;
    const { began, members } = this;
    const had = this.teamFree();
    const all = kept - began.kept + this.royaltiesIn - began.royalties;
    const next = this.waits
      ? freeOf(kept, began.kept, most(this.newer.kept, began.kept)) + this.royaltiesIn - began.royalties - had
      : 0n;
    const former = { members, had, next, last: all - had - next, left: this.period };
    const payments = new Map();
    if (all === had) this.pay(members, membersDue(members, all, true), payments);
    else this.former = former;
    // Nothing of the new team's lies before it began.
    this.older = { net: this.older.net, kept };
    this.newer = { net: this.newer.net, kept };
    this.began = { kept, royalties: this.royaltiesIn, net: this.net };
    this.members = withPaid(team);
    return payments;
  }

  /** Other royalties, after the ones before were paid. What is claimed and in neither list stays claimed. */
  amendRoyalties(stack, late) {
    this.rebase();
    const before = new Map(this.entries.map((entry) => [assetOf(entry.payee), entry]));
    const take = (royalty, ground) => {
      const asset = assetOf(royalty.payee);
      const entry = this.entryOf(royalty, ground, before.get(asset));
      before.delete(asset);
      this.ended.delete(asset);
      return entry;
    };
    const entries = [...stack.map((royalty) => take(royalty, "Stack")), ...late.map((royalty) => take(royalty, "Late"))];
    const left = [...before.values()];
    const claimed = left.filter(({ ground }) => ground === "Claimed");
    // One place more than can be owed: what is claimed may take that of what is late.
    const stay = claimed.slice(0, MAX_ENTRIES + MAX_LATE + 1 - entries.length);
    this.entries = [...entries, ...stay];
    this.giveBack(sum(claimed.slice(stay.length).map(({ carried, paid }) => carried - paid)));
    const dropped = left.filter(({ ground }) => ground !== "Claimed");
    for (const { payee, paid, frozen, heldSince } of dropped) this.ended.set(assetOf(payee), { until: frozen ? heldSince : this.net, paid });
    // The last sixteen are remembered.
    for (const asset of [...this.ended.keys()].slice(0, -16)) this.ended.delete(asset);
    this.giveBack(sum(dropped.map(({ carried, paid }) => carried - paid)));
    this.applyRates();
  }

  /**
   * Royalties are claimed: what they would have had since the older boundary, or since they were last owed, is set aside, as far as it waits.
   * Says how much.
   */
  claim(list) {
    this.rebase();
    const claimed = list.map((royalty) => this.entryOf(royalty, "Claimed"));
    this.entries.push(...claimed);
    this.applyRates();
    this.aside = { period: this.period, entries: claimed.length, older: this.older.kept, newer: this.newer.kept };
    this.aside.amount = this.setAside(claimed, 0n, this.ended);
    return this.aside.amount;
  }

  /**
   * The owner names what it had left out: who is new has at once half of what a claim would set aside, as long as as much waits as if all that is
   * owed now had been owed from the start. Says how much.
   */
  addRoyalties(stack, late) {
    const known = new Set(this.entries.map(({ payee }) => assetOf(payee)));
    const ended = new Map(this.ended);
    this.amendRoyalties(stack, late);
    const came = this.net - most(this.older.net, this.began.net);
    const left = came * (BILLION - sum(this.entries.map(({ rate }) => rate)));
    const stays = left / BILLION / 2n;
    return this.setAside(this.entries.filter(({ payee }) => !known.has(assetOf(payee))), this.began.net, ended, 2n, stays);
  }

  /**
   * What entries would have had since the older boundary, or since they were last owed, or half of it, as far as half of what waits covers it and
   * leaves what stays.
   */
  setAside(entries, from, ended, divisor = 1n, stays = 0n) {
    const due = entries.map((entry) => {
      const since = this.net - most(most(this.older.net, from), ended.get(assetOf(entry.payee))?.until ?? 0n);
      const amount = royaltyOn({ rate: entry.rate }, since);
      return (entry.ceiling === undefined ? amount : least(amount, most(entry.ceiling - entry.carried, 0n))) / divisor;
    });
    const all = sum(due);
    // What waits of a former team's is theirs.
    const cover = least(all, this.waits ? most((this.keptNow - this.older.kept) / 2n - stays, 0n) : 0n);
    const parts = due.map((amount) => (cover === 0n ? 0n : (amount * cover) / all));
    entries.forEach((entry, index) => { entry.carried += parts[index]; });
    const amount = sum(parts);
    const waits = this.kept - this.older.kept;
    // What came in before the newer boundary bears its part.
    const borne = waits === 0n ? 0n : (amount * (this.newer.kept - this.older.kept)) / waits;
    this.kept -= amount;
    this.older = { net: this.older.net, kept: this.older.kept + amount };
    this.newer = { net: this.newer.net, kept: least(most(this.newer.kept - borne, this.older.kept), this.kept) };
    return amount;
  }

  /** A claim is over: what was set aside and is not owed goes back. If nothing is owed, it waits as it would have. Says how much. */
  closeClaim() {
    if (!this.claiming) return 0n;
    this.rebase();
    const isClaimed = ({ ground }) => ground === "Claimed";
    const claimed = this.entries.filter(isClaimed);
    const returned = sum(claimed.map(({ carried, paid }) => carried - paid));
    this.entries = this.entries.filter((entry) => !isClaimed(entry));
    this.giveBack(returned);
    if (claimed.length === this.aside.entries) this.undoClaim();
    this.aside = undefined;
    this.applyRates();
    return returned;
  }

  /** What had been kept at the last two boundaries, had nothing been set aside since. */
  undoClaim() {
    const { amount, period, older, newer } = this.aside;
    const passed = this.period - period;
    const more = (mark) => ({ ...mark, kept: mark.kept + amount });
    if (passed === 0) {
      this.older = { ...this.older, kept: older };
      this.newer = { ...this.newer, kept: newer };
    } else {
      this.older = passed === 1 ? { ...this.older, kept: newer } : more(this.older);
      this.newer = more(this.newer);
    }
  }

  /** Holds a royalty back, or does not any more. Says whether there is one for this asset. */
  freeze(asset, frozen) {
    const found = this.entries.find(({ payee }) => assetOf(payee) === asset);
    if (found && frozen && !found.frozen) found.heldSince = this.net;
    if (found) found.frozen = frozen;
    return found !== undefined;
  }

  release() {
    if (this.former) Object.assign(this.former, { had: this.formerAll(), next: 0n, last: 0n });
    this.waits = false;
  }

  /** What comes in from now on waits again. */
  resume() {
    this.waits = true;
    this.older = { net: this.net, kept: this.keptNow };
    this.newer = { net: this.net, kept: this.keptNow };
  }

  /** What is in the ledger and waits for time to pass. */
  get waiting() {
    const { next, last } = this.formerWaits();
    const all = this.keptNow - this.began.kept + this.royaltiesIn - this.began.royalties;
    return all - this.teamFree() + next + last;
  }

  /** What each royalty has come to, and what was paid of it. */
  get royaltiesNow() {
    const { owed } = this.due;
    return this.entries.map(({ payee, rate, ceiling, ground, frozen, paid }, index) => (
      { payee, rate, ceiling, ground, frozen, earned: owed[index], paid }));
  }

  get teamNow() {
    const due = membersDue(this.members, this.teamFree(), false);
    return this.members.map((member, index) => ({ ...member, earned: due[index] }));
  }

  get formerNow() {
    const due = this.former ? this.formerDue() : [];
    return due.map((earned, index) => ({ ...this.former.members[index], earned }));
  }

  /**
   * What each member of the team and of the former one has, if descendants had paid so much more in royalties: what is to be settled, and what
   * waits.
   */
  membersNow(more) {
    const parts = (members, free, all, ends) => {
      const due = membersDue(members, free, ends && free === all);
      const whole = membersDue(members, all, ends);
      return members.map(({ account, paid }, index) => ({ account, owed: due[index] - paid, waiting: whole[index] - due[index] }));
    };
    const all = this.keptNow - this.began.kept + this.royaltiesIn - this.began.royalties;
    const team = parts(this.members, this.teamFree() + more, all + more, false);
    if (!this.former) return team;
    const { next, last } = this.formerWaits();
    return [...team, ...parts(this.former.members, this.formerAll() - next - last, this.formerAll(), true)];
  }

  /** What is set aside or held back. */
  get contested() {
    const { owed } = this.due;
    const held = this.entries.map((entry, index) => (entry.frozen || entry.ground === "Claimed" ? owed[index] - entry.paid : 0n));
    return sum(held);
  }
}
