// The pot: every unit that came in is with somebody, or waits in exactly one place.
import { big, poolKey } from "./chain.mjs";
import { known } from "./findings.mjs";
import { sum } from "./formulas.mjs";
import { Taking } from "./taking.mjs";

const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0n) + amount);
const assetKey = (asset) => (asset.isModel ? `model ${asset.asModel}` : `datanet ${asset.asDatanet}`);

export class Pot {
  budgets = new Map();
  refunds = new Map();
  claimable = new Map();
  gross = 0n;
  fees = 0n;
  sponsored = 0n;
  withdrawn = 0n;
  swept = 0n;
  surplus = 0n;
  // What transfers brought and took, as balances tell it.
  transferred = { in: 0n, out: 0n };
  // Hosts' parts of payments that were not credited yet: at most one, in the event that follows.
  hosts = [];

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
    this.taking = new Taking(books.findings);
  }

  handlers = {
    "rewards.RatesSet": ({ rates }) => this.taking.set({ fee: big(rates.get("protocolFee")), host: big(rates.get("hostMax")) }),

    "rewards.Paid": ({ asset, round, payer, gross, fee, host, net, cause }, place) => {
      const parts = { gross: big(gross), fee: big(fee), host: big(host), net: big(net) };
      this.taking.check(payer.toString(), parts, place.rates, cause.type === "Calls");
      this.gross += parts.gross;
      this.fees += parts.fee;
      this.books.accounts.of(payer.toString()).paid += parts.gross;
      const { models, pools } = this.books;
      const ledger = asset.isModel ? models.at(asset.asModel.toNumber(), place) : pools.get(`${asset.asDatanet}/${round.unwrap()}`);
      ledger.gross += parts.gross;
      ledger.fees += parts.fee;
      ledger.hosts += parts.host;
      ledger.net += parts.net;
      if (cause.type !== "Licence") ledger.payments += 1;
      if (parts.host > 0n) this.hosts.push({ asset: assetKey(asset), amount: parts.host });
    },

    "rewards.Credited": ({ account, amount, source }, place) => {
      const who = account.toString();
      add(this.claimable, who, big(amount));
      this.books.accounts.credit(who, source.type, big(amount));
      this.book(source, who, big(amount), place);
    },

    "rewards.Withdrawn": ({ account, amount }) => {
      const who = account.toString();
      this.findings.same(who, "withdrawn", big(amount), this.claimable.get(who) ?? 0n);
      add(this.claimable, who, -big(amount));
      this.books.accounts.of(who).withdrawn += big(amount);
      this.withdrawn += big(amount);
    },

    "rewards.Sponsored": ({ pool, sponsor, amount }) => {
      add(this.budgets, poolKey(pool), big(amount));
      this.books.accounts.of(sponsor.toString()).sponsored += big(amount);
      this.sponsored += big(amount);
    },

    "rewards.Swept": ({ fees, surplus }) => {
      this.findings.same("the treasury", "fees swept", big(fees), this.fees - this.swept);
      this.swept += big(fees);
      this.surplus += big(surplus);
    },

    "balances.Transfer": ({ from, to, amount }) => this.transfer(from, to, amount),
    "balances.TransferOnHold": ({ source, dest, amount }) => this.transfer(source, dest, amount),
  };

  transfer(from, to, amount) {
    if (to.toString() === this.books.account) this.transferred.in += big(amount);
    if (from.toString() === this.books.account) this.transferred.out += big(amount);
  }

  /** Where credited money came from, and whether it was due. */
  book(source, who, amount, place) {
    const { models, pools, awards } = this.books;
    switch (source.type) {
      case "Team":
        return models.creditTeam(source.asTeam.toNumber(), who, amount, place);
      case "Crew":
        return pools.creditCrew(poolKey(source.asCrew), who, amount);
      case "Contribution": {
        const [pool, contribution] = source.asContribution;
        return pools.creditContribution(poolKey(pool), contribution.toNumber(), who, amount);
      }
      case "Hosting":
        return this.findings.same(who, "pay for hosting", this.hosts.pop(), { asset: assetKey(source.asHosting), amount });
      case "Award": {
        const [pool, contribution] = source.asAward;
        return awards.credit(poolKey(pool), contribution.toNumber(), who, amount, place.block);
      }
      case "Refund":
        return this.refund(poolKey(source.asRefund), who, amount);
      default:
        return this.findings.add(who, "source of credit", source.type, "one that this auditor knows");
    }
  }

  /** A sponsor has the rest back: whatever is left of the budget of a round that is over, final or void. */
  refund(key, who, amount) {
    this.findings.same(who, `budget of round ${key} given back`, amount, this.budgets.get(key) ?? 0n);
    this.findings.same(who, `sponsor of round ${key}`, who, known(this.books.rounds.rounds, key, "round").sponsor);
    add(this.budgets, key, -amount);
    add(this.refunds, key, amount);
  }

  /** Where the money is, as recomputed. */
  get held() {
    const { models, pools } = this.books;
    return {
      models: sum([...models.models.values()].map((model) => models.held(model))),
      pools: sum([...pools.pools.values()].map((pool) => pools.held(pool))),
      budgets: sum(this.budgets.values()),
      vesting: this.books.awards.held,
      claimable: sum(this.claimable.values()),
      fees: this.fees - this.swept,
    };
  }

  /** What sponsors paid and nobody has: forfeited before it vested. */
  get burnt() {
    return this.books.awards.burnt;
  }

  /** What was given to the pot without being owed to anybody, and not swept yet. */
  get gifts() {
    return this.transferred.in - this.gross - this.sponsored - this.surplus;
  }

  close() {
    const { findings, held } = this;
    findings.same("hosts", "parts of payments that were not credited", this.hosts, []);
    findings.same("the pot", "received", this.gross + this.sponsored, this.withdrawn + this.swept + this.burnt + sum(Object.values(held)));
    findings.same("the pot", "transferred to others", this.transferred.out, this.withdrawn + this.swept + this.surplus);
    findings.atMost("the pot", "payments and budgets", this.gross + this.sponsored + this.surplus, this.transferred.in);
    for (const [place, amount] of Object.entries(held)) findings.atMost("the pot", `less than nothing in ${place}`, -amount, 0n);
  }
}
