// Cases about the ancestry of models: who has which bond on hold, how cases end, and what becomes of the bonds.
import { big, optional } from "./chain.mjs";
import { known } from "./findings.mjs";

// The protocol's words: what is lost doubles the next bond, six times at the most, and an appeal takes twice the case's.
const MAX_DOUBLINGS = 6;
const APPEAL_FACTOR = 2n;

export const PLAINTIFF = "Disputes.Plaintiff";
export const APPEAL = "Disputes.Appeal";

const MISSING = "MissingParent";

/** How a case may end that is upheld, or is not, or that nobody has judged. */
const OUTCOMES = new Map([[true, ["Upheld", "NotCarriedOut"]], [false, ["Dismissed"]], [undefined, ["Lapsed"]]]);

export class Disputes {
  // Those that are not closed.
  cases = new Map();
  lost = new Map();
  opened = 0;

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "disputes.Opened": ({ case: id, model, plaintiff, contention, bond, stage, panel }, { rates }) => {
      const number = id.toNumber();
      const who = plaintiff.toString();
      const about = model.toNumber();
      this.findings.same(`case ${number}`, "its number, as cases are counted", number, this.opened);
      const kind = contention.type;
      this.findings.same(`case ${number}`, `cases of its kind about model ${about} that are open`, this.openAbout(about, kind), []);
      const due = rates.bond * 2n ** BigInt(Math.min(this.lostAbout(about), MAX_DOUBLINGS));
      this.findings.same(who, `bond of case ${number}`, big(bond), due);
      this.checkHold(who, PLAINTIFF, number, "held", due);
      const heard = stage.type === "Hearing";
      this.findings.same(`case ${number}`, "whether anybody hears it", heard, panel.toNumber() > 0);
      this.opened += 1;
      this.cases.set(number, {
        model: about,
        kind,
        plaintiff: who,
        bond: due,
        panel: panel.toNumber(),
        votes: new Map(),
        heard,
        until: stage.inner.get("until").toNumber(),
        ruling: undefined,
        appeal: undefined,
        decided: undefined,
        // What became of bonds: as many as events told of.
        ended: [],
      });
    },

    "disputes.Voted": ({ case: id, arbiter, upheld }, { block }) => {
      const found = this.get(id);
      const who = arbiter.toString();
      this.findings.same(who, `votes in case ${id} before`, found.votes.has(who), false);
      this.findings.same(who, `whether case ${id} can be voted on`, this.isHeard(found) && block < found.until, true);
      found.votes.set(who, upheld.isTrue);
    },

    "disputes.Ruled": ({ case: id, upheld, until }) => {
      const found = this.get(id);
      this.findings.same(`case ${id}`, "whether it is heard when it is ruled", this.isHeard(found), true);
      const agree = [...found.votes.values()].filter((vote) => vote === upheld.isTrue).length;
      this.findings.same(`case ${id}`, "votes for its ruling: the first majority of the panel", agree, Math.floor(found.panel / 2) + 1);
      Object.assign(found, { ruling: upheld.isTrue, until: until.toNumber() });
    },

    "disputes.Appealed": ({ case: id, appellant, bond, until }, { block }) => {
      const found = this.get(id);
      const who = appellant.toString();
      const inTime = found.ruling !== undefined && found.appeal === undefined && block < found.until;
      this.findings.same(who, `whether case ${id} can be appealed from`, inTime, true);
      const due = found.bond * APPEAL_FACTOR;
      this.findings.same(who, `bond of the appeal of case ${id}`, big(bond), due);
      this.checkHold(who, APPEAL, id, "held", due);
      Object.assign(found, { appeal: { appellant: who, bond: due }, until: until.toNumber() });
    },

    "disputes.Decided": ({ case: id, upheld }, { block }) => {
      const found = this.get(id);
      const referred = (!found.heard || found.appeal !== undefined) && found.decided === undefined && block < found.until;
      this.findings.same(`case ${id}`, "whether it is with governance", referred, true);
      found.decided = upheld.isTrue;
    },

    "disputes.BondReturned": (event) => this.endBond(event, "released"),
    "disputes.BondBurnt": (event) => this.endBond(event, "burnt"),

    "disputes.Closed": ({ case: id, model, outcome }, { block }) => {
      const found = this.get(id);
      this.findings.same(`case ${id}`, "its model", model.toNumber(), found.model);
      this.findings.same(`case ${id}`, "whether it can end", found.decided !== undefined || block >= found.until, true);
      const verdict = found.decided ?? found.ruling;
      const before = verdict && found.kind !== MISSING ? this.openAbout(found.model, MISSING) : [];
      this.findings.same(`case ${id}`, "cases about a missing parent that it has to wait for", before, []);
      this.findings.same(`case ${id}`, "its outcome by what was voted and decided", OUTCOMES.get(verdict).includes(outcome.type), true);
      this.findings.same(`case ${id}`, "what became of its bonds", found.ended, this.bondsOf(found, verdict));
      if (!OUTCOMES.get(true).includes(outcome.type)) this.lost.set(found.model, this.lostAbout(found.model) + 1);
      this.cases.delete(id.toNumber());
    },
  };

  get(id) {
    return known(this.cases, id.toNumber(), "case");
  }

  isHeard({ heard, ruling }) {
    return heard && ruling === undefined;
  }

  openAbout(model, kind) {
    return [...this.cases].filter(([, found]) => found.model === model && found.kind === kind).map(([id]) => id);
  }

  lostAbout(model) {
    return this.lost.get(model) ?? 0;
  }

  /** Compares what became of money on hold, as balances tell it. */
  checkHold(who, reason, id, fate, amount) {
    this.findings.same(who, `on hold for case ${id} as ${reason}`, this.books.holds.of(who, reason), { [fate]: amount });
  }

  /** What is to become of bonds: a plaintiff's is burnt if the case is dismissed, an appellant's unless governance decides otherwise. */
  bondsOf({ plaintiff, bond, ruling, appeal, decided }, verdict) {
    const theirs = { account: plaintiff, amount: bond, fate: verdict === false ? "burnt" : "released" };
    if (!appeal) return [theirs];
    const won = decided !== undefined && decided !== ruling;
    return [theirs, { account: appeal.appellant, amount: appeal.bond, fate: won ? "released" : "burnt" }];
  }

  endBond({ case: id, account, amount }, fate) {
    const { ended } = this.get(id);
    const who = account.toString();
    // The plaintiff's first.
    this.checkHold(who, ended.length === 0 ? PLAINTIFF : APPEAL, id, fate, big(amount));
    ended.push({ account: who, amount: big(amount), fate });
  }

  /** What accounts must have on hold for cases that are open, by account and reason. */
  get held() {
    const held = new Map();
    const add = (who, reason, amount) => held.set(`${who} ${reason}`, (held.get(`${who} ${reason}`) ?? 0n) + amount);
    for (const { plaintiff, bond, appeal } of this.cases.values()) {
      add(plaintiff, PLAINTIFF, bond);
      if (appeal) add(appeal.appellant, APPEAL, appeal.bond);
    }
    return held;
  }
}

/** The appeal that a case in state has, if it has one. */
export function appealIn({ inner }) {
  const appeal = inner.get("appeal") && optional(inner.get("appeal"));
  return appeal && { appellant: appeal.get("appellant").toString(), bond: big(appeal.get("bond")) };
}
