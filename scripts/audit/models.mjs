// Ledgers of models: what they received, and what royalties and teams are owed of it.
import { big, payeeKey, royalties, shares } from "./chain.mjs";
import { known } from "./findings.mjs";
import { BILLION, sum } from "./formulas.mjs";
import { assetOf, Ledger } from "./ledger.mjs";
import { ancestors, MAX_ENTRIES, MAX_LATE, MAX_RATES, originOf, originOfPayee, payable, stackOf, toppedUp } from "./stacks.mjs";

const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0n) + amount);
const assetKey = (asset) => (asset.isModel ? `model ${asset.asModel}` : `datanet ${asset.asDatanet}`);
const ratesIn = (list) => sum(list.map(({ rate }) => rate));

/** The ledger of a model, with what it was made from and what it has paid. */
export class Model extends Ledger {
  gross = 0n;
  fees = 0n;
  hosts = 0n;
  // How often somebody paid for using it.
  payments = 0;
  // What all teams have been credited, and what each payee has had.
  credited = 0n;
  paidRoyalties = new Map();
  // Of that, what was paid since everything due was compared.
  fresh = { royalties: new Map(), members: new Map() };
  // Origins that it was said to have and has not.
  struck = [];
  // Whether nothing waits any more, and whether somebody made it again: the one follows from the other.
  released = false;
  reexecuted = false;
  // Whether it owes others than when it was registered.
  refolded = false;

  constructor({ origins, terms, stack, team }, owed, period) {
    super(owed, team, period);
    Object.assign(this, { origins, terms, stack, late: [] });
  }
}

export class Models {
  models = new Map();
  // What events of a registration said before the one that names the model's origins.
  ledgers = new Map();
  attached = new Map();
  // The model that is being settled: what it pays is in events that follow each other.
  paying = undefined;

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "licensing.TermsAttached": ({ asset, terms, royalties: stack }) => {
      this.attached.set(assetKey(asset), { terms: terms.toString(), stack: royalties(stack) });
    },

    "rewards.LedgerOpened": ({ model, royalties: stack, team }) => {
      this.ledgers.set(model.toNumber(), { royalties: royalties(stack), team: shares(team) });
    },

    "models.Registered": ({ model, origins, terms, team }, place) => {
      this.register(model.toNumber(), { origins: origins.map(originOf), terms: terms.toString(), team: shares(team) }, place);
    },

    "rewards.TeamAmended": ({ model, team }, place) => this.amendTeam(model.toNumber(), shares(team), place),

    "models.TeamChanged": ({ model, team }, place) => {
      this.findings.same(`model ${model}`, "new team", shares(team), this.teamOf(this.at(model.toNumber(), place)));
    },

    "rewards.Settled": ({ model, inflow, royalties: paid }, place) => {
      const paying = this.pays(model.toNumber(), place);
      for (const [payee, amount] of paid) this.payRoyalty(paying, payee, big(amount), place);
      const found = this.settled(model.toNumber(), place);
      const received = [big(inflow.get("net")), big(inflow.get("royalties"))];
      this.findings.same(`model ${model}`, "received by itself and by royalties", received, [found.net, found.royaltiesIn]);
    },

    "rewards.RoyaltiesAmended": ({ model, royalties: stack, late, setAside }, place) => {
      this.amendRoyalties(model.toNumber(), royalties(stack), royalties(late), setAside.isSome ? big(setAside.unwrap()) : undefined, place);
    },

    "rewards.RoyaltiesClaimed": ({ model, royalties: list, setAside }, place) => {
      this.claim(model.toNumber(), royalties(list), big(setAside), place);
    },

    "rewards.ClaimClosed": ({ model, returned }, place) => {
      const found = this.settled(model.toNumber(), place);
      this.findings.same(`model ${model}`, "returned of what was set aside", big(returned), found.closeClaim());
    },

    "rewards.RoyaltyFrozen": ({ model, asset }, place) => {
      const frozen = this.settled(model.toNumber(), place).freeze(assetKey(asset), true);
      this.findings.same(`model ${model}`, `whether it owes what is held back for ${assetKey(asset)}`, frozen, true);
    },

    "rewards.RoyaltyUnfrozen": ({ model, asset }, place) => {
      const frozen = this.at(model.toNumber(), place).freeze(assetKey(asset), false);
      this.findings.same(`model ${model}`, `whether it owes what was held back for ${assetKey(asset)}`, frozen, true);
    },

    "rewards.EscrowReleased": ({ model }, place) => {
      const found = this.at(model.toNumber(), place);
      found.release();
      found.released = true;
    },

    "rewards.EscrowResumed": ({ model }, place) => {
      const found = this.settled(model.toNumber(), place);
      this.findings.same(`model ${model}`, "whether half waited, which waits again", found.waits, false);
      found.resume();
      found.released = false;
    },

    "licensing.Refolded": ({ model, royalties: stack, late }, place) => {
      this.refold(model.toNumber(), royalties(stack), royalties(late), place);
    },

    "models.ParentAdded": ({ model, origin }) => this.get(model.toNumber()).origins.push(originOf(origin)),
    "models.ParentUpheld": ({ model, origin }) => this.get(model.toNumber()).origins.push(originOf(origin)),

    "models.ParentStruck": ({ model, origin }) => {
      const found = this.get(model.toNumber());
      const { asset, round } = originOf(origin);
      // Of a datanet, one round can be upheld after another was named.
      const isStruck = (other) => other.asset === asset && other.round === round;
      const struck = found.origins.filter(isStruck);
      this.findings.same(`model ${model}`, `whether it had the origin ${asset}, which it has not`, struck.length, 1);
      found.origins = found.origins.filter((other) => !isStruck(other));
      found.struck.push(...struck);
    },

    "models.Reexecuted": ({ model }) => {
      this.get(model.toNumber()).reexecuted = true;
    },

    "models.ReexecutionOverturned": ({ model }) => {
      this.get(model.toNumber()).reexecuted = false;
    },
  };

  get(model) {
    return known(this.models, model, "model");
  }

  /** A model at the time of an event. Where the runtime has no periods nothing waits. */
  at(model, { block, rates }) {
    const found = this.get(model);
    found.advance(periodOf(block, rates));
    return found;
  }

  /** A model that pays what is due: what it has paid is compared when that is over. */
  pays(model, place) {
    this.paying = { model, place };
    return this.at(model, place);
  }

  /** An event comes: unless it goes on with what a model pays, all that was due of that model has been paid. */
  before(name, data) {
    if (!this.paying) return;
    const { model, place } = this.paying;
    const goesOn = {
      "rewards.Credited": () => data.source.type === "Team" && data.source.asTeam.toNumber() === model,
      // Says which royalties were paid besides.
      "rewards.Settled": () => data.model.toNumber() === model,
      // The team that ends has more at once than what is due.
      "rewards.TeamAmended": () => data.model.toNumber() === model,
    };
    if (!goesOn[name]?.()) this.settled(model, place);
  }

  /** A model of which all that is due has been paid, by the events before. `closing`: what members had besides. */
  settled(model, place, closing = () => new Map()) {
    const found = this.at(model, place);
    this.paying = undefined;
    const { fresh } = found;
    found.fresh = { royalties: new Map(), members: new Map() };
    const due = found.settle();
    for (const [who, amount] of closing(found)) add(due.members, who, amount);
    for (const payee of new Set([...fresh.royalties.keys(), ...due.royalties.keys()])) {
      this.findings.same(payee, `royalty of model ${model} that is due`, fresh.royalties.get(payee) ?? 0n, due.royalties.get(payee) ?? 0n);
    }
    for (const who of new Set([...fresh.members.keys(), ...due.members.keys()])) {
      this.findings.same(who, `team's part of model ${model} that is due`, fresh.members.get(who) ?? 0n, due.members.get(who) ?? 0n);
    }
    return found;
  }

  /** What is in a model's ledger: received and paid to nobody yet. */
  held(model) {
    return model.net + model.royaltiesIn - sum(model.paidRoyalties.values()) - model.credited;
  }

  teamOf({ members }) {
    return members.map(({ account, part }) => ({ account, part }));
  }

  /** What the own terms of an asset ask of its descendants. */
  royaltyOf(asset) {
    const [kind, number] = asset.split(" ");
    const { terms } = kind === "model" ? this.get(Number(number)) : known(this.books.rounds.datanets, Number(number), "datanet");
    return known(this.books.licences, terms, "licence");
  }

  /** Royalties to these payees as the own terms of each ask for them. */
  askedOf(list) {
    return list.flatMap(({ payee }) => {
      const { royalty } = this.royaltyOf(assetOf(payee));
      return royalty ? [{ payee, ...royalty }] : [];
    });
  }

  earning = (pool) => this.books.pools.earning(pool);

  /** What stands behind a model: its origins, or whom it owes since it or an ancestor was folded again. */
  behind(model) {
    const found = this.get(model);
    const models = [...ancestors(found.origins, (other) => this.get(other).origins).values()].filter((origin) => origin.model !== undefined);
    const changed = [found, ...models.map((origin) => this.get(origin.model))].some(({ refolded }) => refolded);
    return changed ? [...found.stack, ...found.late].map(({ payee }) => originOfPayee(payee)) : found.origins;
  }

  register(model, said, place) {
    const { findings } = this;
    const { origins, terms, team } = said;
    const who = `model ${model}`;
    const stack = stackOf(origins, (parent) => this.behind(parent), (asset) => this.royaltyOf(asset).royalty);
    const owed = toppedUp(stack, this.earning);
    const attached = known(this.attached, who, "terms of");
    const ledger = known(this.ledgers, model, "ledger of model");
    findings.same(who, "terms", attached.terms, terms);
    findings.same(who, "royalties that its ancestors' terms ask for", attached.stack, stack);
    findings.same(who, "royalties at the rates that apply", ledger.royalties, owed);
    this.checkBounds(who, stack, []);
    findings.same(who, "team", ledger.team, team);
    this.checkParts(who, team);
    this.models.set(model, new Model({ ...said, stack }, owed, periodOf(place.block, place.rates)));
    if (place.rates.escrow === undefined) this.get(model).release();
  }

  checkBounds(who, stack, late) {
    this.findings.atMost(who, "number of royalties", stack.length, MAX_ENTRIES);
    this.findings.atMost(who, "royalties in all, in billionths", ratesIn(stack), MAX_RATES);
    this.findings.atMost(who, "number of late royalties", late.length, MAX_LATE);
    const assets = [...stack, ...late].map(({ payee }) => assetOf(payee));
    this.findings.same(who, "assets that are owed twice", assets.filter((asset, index) => assets.indexOf(asset) !== index), []);
  }

  checkParts(who, team) {
    this.findings.same(who, "parts of the team in billionths", sum(team.map(({ part }) => part)), BILLION);
  }

  payRoyalty(found, payee, paid, place) {
    const key = payeeKey(payee);
    add(found.paidRoyalties, key, paid);
    add(found.fresh.royalties, key, paid);
    if (payee.isModel) this.at(payee.asModel.toNumber(), place).royaltiesIn += paid;
    else this.books.pools.get(key.slice("pool ".length)).royalties += paid;
  }

  creditTeam(model, who, paid, place) {
    const found = this.pays(model, place);
    found.credited += paid;
    add(found.fresh.members, who, paid);
  }

  /** Another team begins when the one before has everything that is free; if nothing waits, its last member also what rounding held back. */
  amendTeam(model, team, place) {
    const who = `model ${model}`;
    this.settled(model, place, (found) => {
      this.findings.same(who, "whether something of the team before the last waits", found.former !== undefined, false);
      return found.amendTeam(team);
    });
    this.checkParts(who, team);
  }

  /** `setAside`: what those who are new had at once, if its owner has named them. */
  amendRoyalties(model, stack, late, setAside, place) {
    const { findings } = this;
    const who = `model ${model}`;
    const found = this.settled(model, place);
    const asked = this.askedOf(stack);
    findings.same(who, "royalties at the rates that apply", stack, toppedUp(asked, this.earning));
    findings.same(who, "late royalties, as the terms of sources ask for them", late, this.askedOf(late));
    this.checkBounds(who, asked, late);
    if (setAside === undefined) found.amendRoyalties(stack, late);
    else findings.same(who, "set aside for what its owner had left out", setAside, found.addRoyalties(stack, late));
  }

  claim(model, list, setAside, place) {
    const { findings } = this;
    const who = `model ${model}`;
    const found = this.settled(model, place);
    findings.same(who, "whether something is claimed already", found.claiming, false);
    findings.same(who, "claimed royalties, as the terms of sources ask for them", list, this.askedOf(list));
    const of = (ground) => found.entries.filter((entry) => entry.ground === ground);
    // One may take the place of another that is late.
    const late = list.length > 1 ? of("Late") : [];
    this.checkBounds(who, this.askedOf(of("Stack")), [...late, ...list]);
    findings.same(who, "set aside for what is claimed", setAside, found.claim(list));
  }

  /** What a model owes from now on, as licences say it; its ledger has been told before. */
  refold(model, stack, late, place) {
    const { findings } = this;
    const who = `model ${model}`;
    const found = this.at(model, place);
    const asked = (ground) => found.entries.filter((entry) => entry.ground === ground)
      .map((entry) => ({ payee: entry.payee, rate: entry.asked, ceiling: entry.ceiling }));
    findings.same(who, "royalties in its ledger, as licences say", asked("Stack"), toppedUp(stack, this.earning));
    findings.same(who, "late royalties in its ledger, as licences say", asked("Late"), payable(late, this.earning));
    findings.same(who, "royalties, as the terms of its ancestors ask for them", [stack, late], [this.askedOf(stack), this.askedOf(late)]);
    Object.assign(found, { stack, late, refolded: true });
  }

  /** What must be true of all events together. */
  close() {
    if (this.paying) this.settled(this.paying.model, this.paying.place);
    for (const [model, found] of this.models) {
      const who = `model ${model}`;
      const everything = ancestors([...found.origins, ...found.struck], (other) => [...this.get(other).origins, ...this.get(other).struck]);
      const strangers = [...found.stack, ...found.late].map(({ payee }) => assetOf(payee)).filter((asset) => !everything.has(asset));
      this.findings.same(who, "whether what waits was released, which it is when somebody made it again", found.released, found.reexecuted);
      this.findings.same(who, "royalties to what nobody ever said it came from", strangers, []);
    }
  }
}

/** The number of the period that a block is in; always the same where the runtime has none. */
export function periodOf(block, { escrow }) {
  return escrow === undefined ? 0 : Math.floor(block / escrow);
}
