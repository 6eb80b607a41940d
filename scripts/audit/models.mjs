// Ledgers of models: what they received, and what royalties and teams are owed of it.
import { big, payeeKey, royalties, shares } from "./chain.mjs";
import { known } from "./findings.mjs";
import { BILLION, royaltiesDue, sum, teamDue } from "./formulas.mjs";
import { MAX_ENTRIES, MAX_RATES, originOf, stackOf, toppedUp } from "./stacks.mjs";

const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0n) + amount);
const amount = (map, key) => map.get(key) ?? 0n;

export class Models {
  models = new Map();
  // What events of a registration said before the one that names the model's origins.
  ledgers = new Map();
  attached = new Map();

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "licensing.TermsAttached": ({ asset, terms, royalties: stack }) => {
      const key = asset.isModel ? `model ${asset.asModel}` : `datanet ${asset.asDatanet}`;
      this.attached.set(key, { terms: terms.toString(), stack: royalties(stack) });
    },

    "rewards.LedgerOpened": ({ model, royalties: stack, team }) => {
      this.ledgers.set(model.toNumber(), { royalties: royalties(stack), team: shares(team) });
    },

    "models.Registered": ({ model, origins, terms, team }) => {
      this.register(model.toNumber(), origins.map(originOf), terms.toString(), shares(team));
    },

    "rewards.TeamAmended": ({ model, team }) => this.amend(model.toNumber(), shares(team)),

    "models.TeamChanged": ({ model, team }) => {
      this.findings.same(`model ${model}`, "new team", shares(team), this.get(model.toNumber()).team);
    },

    "rewards.RoyaltyPaid": ({ model, payee, amount: paid }) => {
      const key = payeeKey(payee);
      add(this.get(model.toNumber()).paidRoyalties, key, big(paid));
      if (payee.isModel) this.get(payee.asModel.toNumber()).royaltiesIn += big(paid);
      else this.books.pools.get(key.slice("pool ".length)).royalties += big(paid);
    },

    "rewards.Settled": ({ model, inflow }) => {
      const found = this.get(model.toNumber());
      const received = [big(inflow.get("net")), big(inflow.get("royalties"))];
      this.findings.same(`model ${model}`, "received by itself and by royalties", received, [found.net, found.royaltiesIn]);
      const { owed } = royaltiesDue(found.royalties, found.net);
      for (const [index, { payee }] of found.royalties.entries()) {
        this.findings.same(payee, `royalty of model ${model} so far`, amount(found.paidRoyalties, payee), owed[index]);
      }
      const payees = found.royalties.map(({ payee }) => payee);
      const others = [...found.paidRoyalties.keys()].filter((payee) => !payees.includes(payee));
      this.findings.same(`model ${model}`, "royalties to others", others, []);
      this.checkTeam(model, found, teamDue(found.team, this.ours(found)));
      found.settled = { net: found.net, royalties: found.royaltiesIn };
    },
  };

  get(model) {
    return known(this.models, model, "model");
  }

  /** What a model's present team shares. */
  ours(model) {
    return royaltiesDue(model.royalties, model.net).kept + model.royaltiesIn - model.earlier;
  }

  /** What is in a model's ledger: received and paid to nobody yet. */
  held(model) {
    return model.net + model.royaltiesIn - sum(model.paidRoyalties.values()) - model.credited;
  }

  /** What the own terms of an asset ask of its descendants. */
  royaltyOf(asset) {
    const [kind, number] = asset.split(" ");
    const { terms } = kind === "model" ? this.get(Number(number)) : known(this.books.rounds.datanets, Number(number), "datanet");
    return known(this.books.licences, terms, "licence");
  }

  register(model, origins, terms, team) {
    const { findings } = this;
    const who = `model ${model}`;
    const stack = stackOf(origins, (parent) => this.get(parent).origins, (asset) => this.royaltyOf(asset).royalty);
    const owed = toppedUp(stack, (pool) => this.books.pools.get(pool).total > 0n);
    const attached = known(this.attached, who, "terms of");
    const ledger = known(this.ledgers, model, "ledger of model");
    findings.same(who, "terms", attached.terms, terms);
    findings.same(who, "royalties that its ancestors' terms ask for", attached.stack, stack);
    findings.same(who, "royalties at the rates that apply", ledger.royalties, owed);
    findings.atMost(who, "number of royalties", stack.length, MAX_ENTRIES);
    findings.atMost(who, "royalties in all, in billionths", sum(stack.map(({ rate }) => rate)), MAX_RATES);
    findings.same(who, "team", ledger.team, team);
    this.checkParts(who, team);
    this.models.set(model, {
      origins,
      terms,
      stack,
      royalties: owed,
      team,
      gross: 0n,
      fees: 0n,
      hosts: 0n,
      net: 0n,
      payments: 0,
      royaltiesIn: 0n,
      settled: { net: 0n, royalties: 0n },
      // What earlier teams have had, and what all have been credited.
      earlier: 0n,
      credited: 0n,
      paidRoyalties: new Map(),
      paidTeam: new Map(),
    });
  }

  checkParts(who, team) {
    this.findings.same(who, "parts of the team in billionths", sum(team.map(({ part }) => part)), BILLION);
  }

  creditTeam(model, who, paid) {
    const found = this.get(model);
    found.credited += paid;
    add(found.paidTeam, who, paid);
  }

  checkTeam(model, { team, paidTeam }, due) {
    for (const [index, { account }] of team.entries()) {
      this.findings.same(account, `team's part of model ${model} so far`, amount(paidTeam, account), due[index]);
    }
    const members = team.map(({ account }) => account);
    this.findings.same(`model ${model}`, "team's money to others", [...paidTeam.keys()].filter((who) => !members.includes(who)), []);
  }

  /** Another team begins when the one before has everything: its last member also what rounding held back. */
  amend(model, team) {
    const found = this.get(model);
    const all = this.ours(found);
    const due = teamDue(found.team, all);
    due.pop();
    due.push(all - sum(due));
    this.checkTeam(model, found, due);
    this.checkParts(`model ${model}`, team);
    found.earlier += all;
    found.team = team;
    found.paidTeam = new Map();
  }
}
