// What sponsors pay for contributions: half at once, half as it vests.
import { big, poolKey } from "./chain.mjs";
import { known } from "./findings.mjs";
import { partsElapsed, sum, vestedDue } from "./formulas.mjs";

export class Awards {
  awards = new Map();
  burnt = 0n;

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "rewards.Awarded": ({ pool, contribution, account, amount }) => {
      const key = poolKey(pool);
      const who = account.toString();
      const found = { who, round: key, contribution: contribution.toNumber(), amount: big(amount), credited: 0n, forfeited: 0n };
      this.findings.same(who, `awards to contribution ${contribution} in round ${key} before`, this.awards.has(`${key}/${contribution}`), false);
      this.awards.set(`${key}/${contribution}`, found);
      this.books.pot.budgets.set(key, (this.books.pot.budgets.get(key) ?? 0n) - found.amount);
      this.books.accounts.of(who).awarded += found.amount;
      this.books.rounds.award(key, who, found.amount);
    },

    "rewards.Forfeited": ({ pool, contribution, account, amount }, { block }) => {
      const key = `${poolKey(pool)}/${contribution}`;
      const found = known(this.awards, key, "award");
      this.findings.same(account, `whose award ${key} is forfeited`, account.toString(), found.who);
      // What had vested is credited in the event before.
      this.findings.same(found.who, `credited of award ${key} before the rest was burnt`, found.credited, this.due(found, block));
      this.findings.same(found.who, `burnt of award ${key}`, big(amount), this.left(found));
      found.forfeited += big(amount);
      this.books.accounts.of(found.who).forfeited += big(amount);
      this.burnt += big(amount);
    },
  };

  credit(round, contribution, who, amount, block) {
    const key = `${round}/${contribution}`;
    const found = known(this.awards, key, "award");
    found.credited += amount;
    this.findings.same(who, `whose award ${key} is`, who, found.who);
    this.findings.same(who, `forfeited of award ${key} before it was paid`, found.forfeited, 0n);
    this.findings.same(who, `sponsor's pay for award ${key} so far`, found.credited, this.due(found, block));
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

  left({ amount, credited, forfeited }) {
    return amount - credited - forfeited;
  }

  /** What was awarded to a contribution and is neither paid nor burnt. */
  leftOf(datanet, contribution) {
    const theirs = [...this.awards.values()].filter((award) => award.round.startsWith(`${datanet}/`) && award.contribution === contribution);
    return sum(theirs.map((award) => this.left(award)));
  }

  get held() {
    return sum([...this.awards.values()].map((award) => this.left(award)));
  }
}
