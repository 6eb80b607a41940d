// What sponsors pay for contributions, half at once and half as it vests, and who shares what a contribution earns.
import { big, poolKey, shares } from "./chain.mjs";
import { known } from "./findings.mjs";
import { authorsDue, BILLION, partsElapsed, sum, vestedDue } from "./formulas.mjs";

/** Where an account is among those who share; -1 if it is not. */
export const placeOf = (payees, who) => payees.findIndex(({ account }) => account === who);

export class Awards {
  awards = new Map();
  // Of the contributions that are not their contributor's alone.
  authors = new Map();
  burnt = 0n;

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "rewards.Shared": ({ datanet, contribution, authors }) => {
      const key = `${datanet}/${contribution}`;
      const list = shares(authors);
      this.findings.same(`contribution ${key}`, "authors named before", this.authors.has(key), false);
      this.findings.same(`contribution ${key}`, "parts of its authors in billionths", sum(list.map(({ part }) => part)), BILLION);
      this.authors.set(key, list);
    },

    "rewards.HandedOver": ({ datanet, contribution, from, to }) => {
      const key = `${datanet}/${contribution}`;
      const list = known(this.authors, key, "contribution with authors");
      const accounts = list.map(({ account }) => account);
      const said = [accounts.includes(from.toString()), accounts.includes(to.toString())];
      this.findings.same(from, `who hands a part of contribution ${key} over has one, and who gets it has none`, said, [true, false]);
      this.authors.set(key, list.map((author) => (author.account === from.toString() ? { ...author, account: to.toString() } : author)));
    },

    "rewards.Awarded": ({ pool, contribution, account, amount }) => {
      const round = poolKey(pool);
      const who = account.toString();
      const key = `${round}/${contribution}`;
      this.findings.same(who, `awards to contribution ${contribution} in round ${round} before`, this.awards.has(key), false);
      // Authors ask for all of it: nothing is paid at once, and all is stored.
      const shared = this.authors.has(`${pool.get("datanet")}/${contribution}`);
      this.awards.set(key, { who, shared, round, contribution: contribution.toNumber(), amount: big(amount), paid: new Map(), forfeited: 0n });
      this.books.pot.budgets.set(round, (this.books.pot.budgets.get(round) ?? 0n) - big(amount));
      this.books.rounds.award(round, who, big(amount));
    },

    "rewards.Forfeited": ({ pool, contribution, amount }, { block }) => {
      const key = `${poolKey(pool)}/${contribution}`;
      const found = known(this.awards, key, "award");
      // What had vested is credited in the events before, to the last unit.
      const due = this.due(found, block);
      this.findings.same(found.who, `credited of award ${key} before the rest was burnt`, this.credited(found), due);
      this.findings.same(found.who, `burnt of award ${key}`, big(amount), found.amount - due);
      found.forfeited += big(amount);
      found.ended = true;
      this.burnt += big(amount);
    },
  };

  /** Who shares what a contribution to a round's datanet earns from now on: its contributor alone, if no authors are named. */
  payeesOf(round, contribution, contributor) {
    return this.authors.get(`${round.split("/")[0]}/${contribution}`) ?? [{ account: contributor, part: BILLION }];
  }

  credit(round, contribution, who, amount, block) {
    const key = `${round}/${contribution}`;
    const found = known(this.awards, key, "award");
    // By the place among those who share: accounts that hold it may change.
    const payees = this.payeesOf(round, contribution, found.who);
    const place = placeOf(payees, who);
    found.paid.set(place, (found.paid.get(place) ?? 0n) + amount);
    this.findings.same(who, `forfeited of award ${key} before it was paid`, found.forfeited, 0n);
    const due = this.due(found, block);
    const said = found.paid.get(place);
    const part = (all) => authorsDue(payees, due, all)[place];
    // The last author has what rounding held back when there is no more to come: with the last part, or when the rest is burnt.
    if (due < found.amount && said === part(true) && said !== part(false)) found.ending = block;
    else this.findings.same(who, `part of award ${key} so far`, said, part(due === found.amount));
  }

  /** What of an award has vested by a block. */
  due({ round, amount }, block) {
    const datanet = known(this.books.rounds.datanets, Number(round.split("/")[0]), "datanet");
    const { pools } = this.books.pools;
    const pool = pools.get(round);
    // What is paid at once is paid before the pool opens, in the same call.
    const finals = pool ? [...pools.values()].filter((other) => other.datanet === pool.datanet).length - pool.ordinal : 0;
    const elapsed = pool ? partsElapsed(datanet.vesting, finals, block - pool.opened) : 0;
    return vestedDue(amount, datanet.vesting.parts, elapsed);
  }

  credited({ paid }) {
    return sum(paid.values());
  }

  left(award) {
    return award.amount - this.credited(award) - award.forfeited;
  }

  /** What was awarded to a contribution and is neither paid nor burnt. */
  leftOf(datanet, contribution) {
    const theirs = [...this.awards.values()].filter((award) => award.round.startsWith(`${datanet}/`) && award.contribution === contribution);
    return sum(theirs.map((award) => this.left(award)));
  }

  /** What will be paid to somebody of what is left of awards. */
  vestingOf(who) {
    const open = [...this.awards.values()].filter((award) => this.left(award) > 0n);
    return sum(open.map((award) => {
      const payees = this.payeesOf(award.round, award.contribution, award.who);
      const place = placeOf(payees, who);
      return place < 0 ? 0n : authorsDue(payees, award.amount, true)[place] - (award.paid.get(place) ?? 0n);
    }));
  }

  get held() {
    return sum([...this.awards.values()].map((award) => this.left(award)));
  }

  close() {
    for (const [key, { ending, ended }] of this.awards) {
      this.findings.same(`award ${key}`, "rest that its last author had too early", ending !== undefined && !ended, false);
    }
  }
}
