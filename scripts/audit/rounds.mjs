// Rounds of datanets: what contributions are worth, what sponsors pay for them, and whom the pools of rounds pay.
import { big, optional, shares } from "./chain.mjs";
import { known } from "./findings.mjs";
import { roundBlocks, sum, vestedDue } from "./formulas.mjs";
import { payDue, scaleOf, unitOf } from "./values.mjs";

const least = (one, other) => (one < other ? one : other);

/** In how many parts a recipe lets sponsors' pay vest, and how long each takes at the most. */
function vestingOf(recipe) {
  const phases = ["committing", "delivering", "revealing", "window"];
  const periods = Object.fromEntries(phases.map((phase) => [phase, recipe.get("periods").get(phase).toNumber()]));
  return { parts: recipe.get("vesting").toNumber(), blocks: roundBlocks(periods) };
}

/** How many attestors must agree; undefined where records are open and values are measured. */
const thresholdOf = (evidence) => (evidence.type === "Attested" ? evidence.asAttested.get("threshold").toNumber() : undefined);

/** How others can know what a datanet's rounds are worth, in a word. */
export const wordOf = ({ threshold }) => (threshold === undefined ? "measured" : "attested");

export class Rounds {
  datanets = new Map();
  rounds = new Map();
  contributions = new Map();
  pledges = [];
  concluded = [];

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "datanets.DatanetCreated": ({ datanet, steward, recipe, terms }) => {
      this.datanets.set(datanet.toNumber(), {
        steward: steward.toString(),
        terms: terms.toString(),
        vesting: vestingOf(recipe),
        threshold: thresholdOf(recipe.get("evidence")),
        neighbours: recipe.get("neighbours").toNumber(),
        classes: recipe.get("classes").toNumber(),
        benchmark: recipe.get("benchmark").toNumber(),
        // Texts have as many bytes as they have; vectors always the same.
        recordBytes: recipe.get("encoder").type === "Vector" ? big(recipe.get("dimension")) + 1n : undefined,
        depositPerByte: big(recipe.get("depositPerByte")),
        feePerRecord: big(recipe.get("feePerRecord")),
        stewardShare: big(recipe.get("stewardShare")),
        evaluatorShare: big(recipe.get("evaluatorShare")),
        providersShare: big(recipe.get("providersShare")),
        // What the tree of every later pool holds, in the order of the numbers of rounds and, within one, of contributions.
        admitted: [],
        // The last round that froze.
        frozen: 0,
      });
    },

    "datanets.Transferred": ({ datanet, to }) => {
      known(this.datanets, datanet.toNumber(), "datanet").steward = to.toString();
    },

    "datanets.Pledged": ({ sponsor, datanet, price, budget, deposit }) => {
      this.pledges.push({
        of: `${sponsor} ${datanet}`,
        price: big(price),
        budget: big(budget),
        released: big(budget) + big(deposit),
      });
    },

    "datanets.PledgeWithdrawn": ({ sponsor, datanet, released }) => {
      this.takePledge(`${sponsor} ${datanet}`, (pledge) => pledge.released === big(released), "amount released");
    },

    "datanets.RoundOpened": ({ datanet, round, providers, sponsorship }) => {
      const key = `${datanet}/${round}`;
      const found = optional(sponsorship);
      const sponsor = found?.get("sponsor").toString();
      const [price, budget] = found ? [big(found.get("price")), big(found.get("budget"))] : [0n, 0n];
      const attestors = providers.map(String);
      this.rounds.set(key, { sponsor, price, budget, attestors, statements: new Map(), seats: new Map(), valued: [], awards: [] });
      if (!found) return;
      const fits = (pledge) => pledge.price === price && pledge.budget === budget;
      this.takePledge(`${sponsor} ${datanet}`, fits, "price and budget of a round");
      this.findings.same(sponsor, `budget of round ${key} in the pot`, this.books.pot.budgets.get(key) ?? 0n, budget);
    },

    "datanets.ContributionCommitted": ({ datanet, contribution, contributor, records, bytes, bond, fee }) => {
      const { recordBytes, depositPerByte, feePerRecord } = known(this.datanets, datanet.toNumber(), "datanet");
      const due = feePerRecord * big(records);
      this.findings.same(contributor, `valuation fee of contribution ${contribution}`, big(fee), due);
      this.findings.atMost(contributor, `deposit by bytes of contribution ${contribution}`, depositPerByte * big(bytes), big(bond));
      const whole = recordBytes === undefined ? big(bytes) : recordBytes * big(records);
      this.findings.same(contributor, `bytes of contribution ${contribution}`, big(bytes), whole);
      this.contributions.set(`${datanet}/${contribution}`, {
        contributor: contributor.toString(),
        bond: big(bond),
        fee: due,
        records: records.toNumber(),
      });
    },

    "datanets.AuthorsNamed": ({ datanet, contribution, authors, deposit }) => {
      const key = `${datanet}/${contribution}`;
      const found = known(this.contributions, key, "contribution");
      this.findings.same(found.contributor, `authors of contribution ${key}`, shares(authors), this.books.awards.authors.get(key));
      found.authorsPrice = big(deposit);
      found.bond += big(deposit);
    },

    "datanets.HandedOver": ({ datanet, contribution, from, to, deposit }) => {
      const key = `${datanet}/${contribution}`;
      const found = known(this.contributions, key, "contribution");
      const payees = this.books.awards.payeesOf(key, contribution, found.contributor).map(({ account }) => account);
      this.findings.same(from, `whom contribution ${key} pays now`, payees.includes(to.toString()), true);
      if (big(deposit) > 0n) this.findings.same(from, `who pays for the place of contribution ${key}'s payee`, from.toString(), found.contributor);
      // Of one that is valued, it is on hold beside what the round left there.
      if (found.valued) found.valued.kept += big(deposit);
      else Object.assign(found, { authorsPrice: (found.authorsPrice ?? 0n) + big(deposit), bond: found.bond + big(deposit) });
    },

    "datanets.SliceRevealed": ({ datanet, round, seat, provider }) => {
      known(this.rounds, `${datanet}/${round}`, "round").seats.set(seat.toNumber(), provider.toString());
    },

    "datanets.PhaseChanged": ({ datanet, round, phase }) => {
      // Attested rounds reveal nothing: they freeze on the way to that phase.
      if (["Frozen", "Revealed"].includes(phase.type)) known(this.datanets, datanet.toNumber(), "datanet").frozen = round.toNumber();
    },

    "datanets.ConsentWithdrawn": ({ datanet, contribution, contributor, weight, since }) => {
      const { admitted, frozen } = known(this.datanets, datanet.toNumber(), "datanet");
      const number = contribution.toNumber();
      const entry = admitted.find((found) => found.contribution === number);
      const who = contributor.toString();
      const said = [who, big(weight), since.toNumber(), undefined];
      const expected = entry && [entry.contributor, entry.weight, frozen + 1, entry.withdrawn];
      const what = `contributor, weight, first round and earlier withdrawal of contribution ${number} of datanet ${datanet}`;
      this.findings.same(who, what, said, expected);
      const excluded = this.books.pools.exclusions.get(`${datanet}/${number}`);
      this.findings.same(who, `what the ledger leaves out for contribution ${number}`, excluded, { weight: said[1], since: said[2] });
      if (!entry) return;
      entry.withdrawn = since.toNumber();
      known(this.contributions, `${datanet}/${number}`, "contribution").withdrawn = entry.withdrawn;
    },

    "datanets.ContributionValued": (event) => {
      const contributor = event.contributor.toString();
      // Valued contributions may have been committed in an earlier round that came to nothing: this event says whose round it is.
      const round = known(this.rounds, `${event.datanet}/${event.round}`, "round");
      round.valued.push({
        contribution: event.contribution.toNumber(),
        contributor,
        key: event.contributor.toU8a(),
        value: big(event.value),
        weight: big(event.weight),
        paid: big(event.paid),
        burnt: big(event.burnt),
        status: event.status.type,
        bond: this.books.holds.of(contributor, "Datanets.Contribution"),
        fee: this.books.holds.of(contributor, "Datanets.ValuationFee"),
        // What the pot awarded for this round since the contribution before.
        awards: round.awards.splice(0),
      });
    },

    "datanets.ContributionReclaimed": ({ datanet, contribution, contributor, released }) => {
      const found = known(this.contributions, `${datanet}/${contribution}`, "contribution");
      this.findings.same(contributor, "who reclaims", contributor.toString(), found.contributor);
      // A valued contribution has the price of its place in state on hold, one without a value all that it was committed with.
      const held = found.valued ? found.valued.kept : found.bond + found.fee;
      this.findings.same(contributor, `released for contribution ${contribution}`, big(released), held);
      this.findings.same(contributor, `value of reclaimed contribution ${contribution}`, (found.valued?.value ?? 0n) > 0n, false);
      found.reclaimed = true;
    },

    "datanets.RoundConcluded": (event) => this.conclude(event),

    "datanets.RoundVoided": ({ datanet, round }) => {
      const key = `${datanet}/${round}`;
      const { sponsor, budget, valued } = known(this.rounds, key, "round");
      this.findings.same(`round ${key}`, "contributions valued in a void round", valued.length, 0);
      this.findings.same(sponsor ?? `round ${key}`, `budget of void round ${key} given back`, this.books.pot.refunds.get(key) ?? 0n, budget);
    },

    "valuation.RoundFinalised": ({ datanet, round, evaluator, before, after, seats }) => {
      const sums = ["before", "after"].map((field) => sum([...seats].map((seat) => big(seat.get(field)))));
      const key = `${datanet}/${round}`;
      this.findings.same(`round ${key}`, "sums of the accuracies of its slices", sums, [big(before), big(after)]);
      this.findings.same(`round ${key}`, "number of slices measured", seats.length, known(this.rounds, key, "round").seats.size);
      const found = this.concluded.find((entry) => entry.datanet === datanet.toNumber() && entry.round === round.toNumber());
      const said = [evaluator.toString(), big(before), big(after)];
      this.findings.same(`round ${datanet}/${round}`, "evaluator and accuracies", said, found && [found.evaluator, found.before, found.after]);
    },

    "attestation.Attested": ({ datanet, round, attestor, statement, agreeing, threshold }) => {
      const key = `${datanet}/${round}`;
      const { attestors, statements } = known(this.rounds, key, "round");
      const who = attestor.toString();
      this.findings.same(who, `whether it attests round ${key}`, attestors.includes(who), true);
      const due = known(this.datanets, datanet.toNumber(), "datanet").threshold;
      this.findings.same(`round ${key}`, "how many attestors must agree", threshold.toNumber(), due);
      // What was said before does not stand any more: who comes back to it is not its first.
      statements.delete(who);
      statements.set(who, statement.toHex());
      const same = [...statements.values()].filter((hash) => hash === statement.toHex());
      this.findings.same(`round ${key}`, "how many attestors say the same", agreeing.toNumber(), same.length);
    },

    "attestation.RoundAttested": ({ datanet, round, evaluator, statement, before, after }) => {
      const key = `${datanet}/${round}`;
      const { statements } = known(this.rounds, key, "round");
      const { threshold } = known(this.datanets, datanet.toNumber(), "datanet");
      const agreed = [...statements].filter(([, hash]) => hash === statement.toHex()).map(([who]) => who);
      this.findings.same(`round ${key}`, "attestors who agreed, and the first of them", [agreed.length, evaluator.toString()], [threshold, agreed[0]]);
      const found = this.concluded.find((entry) => entry.datanet === datanet.toNumber() && entry.round === round.toNumber());
      const said = [evaluator.toString(), big(before), big(after)];
      this.findings.same(`round ${key}`, "evaluator and accuracies", said, found && [found.evaluator, found.before, found.after]);
      if (found) found.agreed = agreed.length;
    },
  };

  takePledge(of, fits, what) {
    const index = this.pledges.findIndex((pledge) => pledge.of === of && fits(pledge));
    this.findings.checks += 1;
    if (index < 0) this.findings.add(of.split(" ")[0], what, "another", "that of a pledge");
    else this.pledges.splice(index, 1);
  }

  /** The pot awarded somebody a part of a round's budget. */
  award(key, who, amount) {
    known(this.rounds, key, "round").awards.push({ who, amount });
  }

  conclude(event) {
    const key = `${event.datanet}/${event.round}`;
    const number = event.datanet.toNumber();
    const datanet = known(this.datanets, number, "datanet");
    const round = known(this.rounds, key, "round");
    const { valued, price, budget } = round;
    const [before, after, evaluator] = [big(event.before), big(event.after), event.evaluator.toString()];
    this.findings.same(`round ${key}`, "sum of all values", sum(valued.map(({ value }) => value)), after - before);

    const unit = unitOf(datanet);
    const positive = sum(valued.map(({ value }) => (value > 0n ? value : 0n)));
    const scale = scaleOf({ price, budget }, unit, positive);
    for (const entry of valued) {
      const { contribution, contributor } = entry;
      this.findings.place = `${this.books.place}, contribution ${contribution} of round ${key}`;
      const committed = known(this.contributions, `${number}/${contribution}`, "contribution");
      this.findings.same(contributor, "who is valued", contributor, committed.contributor);
      this.findings.same(contributor, "valued before", Boolean(committed.valued ?? committed.reclaimed), false);
      committed.valued = entry;
      Object.assign(entry, { committed, round: event.round.toNumber(), records: committed.records });
      entry.due = entry.value > 0n ? payDue(price, unit, scale, entry.value) : 0n;
      entry.loss = entry.value < 0n ? least(payDue(price, unit, scale, -entry.value), committed.bond) : 0n;
      entry.kept = committed.bond - entry.loss - (entry.bond.released ?? 0n);
      // An attestor has no bond: its account may be gone, and then a fee that is too small for an account goes back.
      const back = datanet.threshold !== undefined && entry.fee.released !== undefined;
      entry.feePaid = back ? 0n : committed.fee;
      this.checkContribution(entry, committed, back ? "released" : `paid to ${evaluator}`);
      if (entry.value > 0n) datanet.admitted.push({ contribution, contributor, key: entry.key, weight: entry.value });
      if (entry.feePaid > 0n) this.books.accounts.of(evaluator).fees += entry.feePaid;
    }
    this.findings.place = this.books.place;
    this.checkKept(key, valued, datanet.vesting);
    this.checkMoney(key, round, event, sum(valued.map(({ feePaid }) => feePaid)));
    const providers = datanet.threshold === undefined ? [...round.seats.values()] : round.attestors;
    this.books.pools.conclude(key, datanet, evaluator, providers, event);
    const evidence = wordOf(datanet);
    this.concluded.push({ datanet: number, round: event.round.toNumber(), evidence, unit, before, after, evaluator, contributions: valued });
  }

  checkContribution(entry, { bond, fee }, fate) {
    const { contributor, value, weight, due, loss, burnt, paid, status, awards } = entry;
    const { findings } = this;
    findings.same(contributor, "status", status, value > 0n ? "Admitted" : "Rejected");
    findings.same(contributor, "weight", weight, value > 0n ? value : 0n);
    findings.same(contributor, "sponsor's pay", paid, due);
    findings.same(contributor, "awarded by the sponsor's budget", awards, due > 0n ? [{ who: contributor, amount: due }] : []);
    findings.same(contributor, "burnt of the bond", burnt, loss);
    const { released = 0n, ...others } = entry.bond;
    findings.same(contributor, "taken of the bond", others, loss > 0n ? { burnt: loss } : {});
    findings.atMost(contributor, "released of the bond", released, bond - loss);
    findings.same(contributor, "what became of the valuation fee", entry.fee, fee > 0n ? { [fate]: fee } : {});
  }

  /**
   * What stays on hold is the price of a place in state, or of two where pay vests, and that of authors: the same for all, unless less is left. State must say
   * so at the end.
   */
  checkKept(key, valued, { parts }) {
    const authors = ({ value, committed }) => (value > 0n ? committed.authorsPrice ?? 0n : 0n);
    const places = (entry) => (vestedDue(entry.due, parts, 0) < entry.due || (authors(entry) > 0n && entry.due > 0n) ? 2n : 1n);
    const each = (entry) => (entry.kept - authors(entry)) / places(entry);
    const price = valued.reduce((most, entry) => (each(entry) > most ? each(entry) : most), 0n);
    for (const entry of valued) {
      const { contributor, kept, loss, committed } = entry;
      const due = price * places(entry) + authors(entry);
      this.findings.same(contributor, `left on hold by round ${key}`, kept, least(due, committed.bond - loss));
    }
  }

  /** What a round cost its sponsor, and that the evaluator has all fees. */
  checkMoney(key, { sponsor, budget, valued, awards }, event, fees) {
    const { findings } = this;
    const paid = sum(valued.map(({ due }) => due));
    findings.same(`round ${key}`, "sponsor's pay in all", big(event.paid), paid);
    findings.atMost(`round ${key}`, "sponsor's pay in all", paid, budget);
    findings.same(`round ${key}`, "valuation fees", big(event.fees), fees);
    findings.same(`round ${key}`, "awards without a contribution", awards, []);
    findings.same(sponsor ?? `round ${key}`, `budget of round ${key} given back`, this.books.pot.refunds.get(key) ?? 0n, budget - paid);
  }

  /** What is left at the end: no award may be without its contribution, and no attested round without those who agreed. */
  close() {
    for (const [key, { awards }] of this.rounds) this.findings.same(`round ${key}`, "awards without a contribution", awards, []);
    for (const { datanet, round, evidence, agreed } of this.concluded) {
      this.findings.same(`round ${datanet}/${round}`, "whether attestors agreed on it", agreed !== undefined, evidence === "attested");
    }
  }
}
