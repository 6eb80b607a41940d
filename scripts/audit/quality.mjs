// Advice on the quality of records: that blocks hold what events say of it, and of which rounds it is complete.
import { known } from "./findings.mjs";

/** Batches of scores that follow each other from 0 on, for so many records: the first complete ones count. */
export class Series {
  batches = [];

  constructor(records) {
    this.records = records;
  }

  get count() {
    return this.batches.reduce((total, scores) => total + scores, 0);
  }

  get complete() {
    return this.count === this.records;
  }

  take(batch, scores) {
    if (this.complete) return;
    if (batch === 0) this.batches = [];
    if (batch === this.batches.length) this.batches.push(scores);
  }
}

export class Quality {
  series = new Map();

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "valuation.QualityPublished": (event, { extrinsic, scores = [] }) => {
      const key = `${event.datanet}/${event.round}`;
      const { evaluator, contributions } = known(this.rounds(), key, "final round");
      const [batch, count] = [event.batch.toNumber(), event.scores.toNumber()];
      const who = event.evaluator.toString();
      this.findings.same(who, `who publishes the quality of round ${key}`, who, evaluator);
      this.findings.same(who, `the extrinsic that has batch ${batch} of the quality of round ${key}`, event.extrinsic.toNumber(), extrinsic);
      const said = event.hash_.toHex();
      const hashes = scores
        .filter(({ of, batch: number, bytes }) => of === key && number === batch && bytes.length === count)
        .map(({ bytes }) => `0x${Buffer.from(this.books.hash(bytes)).toString("hex")}`);
      const what = `whether the block holds batch ${batch} of the quality of round ${key}, of this length and hash`;
      this.findings.same(who, what, hashes.includes(said), true);
      if (!this.series.has(key)) this.series.set(key, new Series(contributions.reduce((total, { records }) => total + records, 0)));
      this.series.get(key).take(batch, count);
    },
  };

  rounds() {
    return new Map(this.books.rounds.concluded.map((round) => [`${round.datanet}/${round.round}`, round]));
  }

  /**
   * What is published of each final round, `{ round, scores, records, complete }`. Whether an evaluator goes on is its own affair: what is not
   * complete counts for nothing, and is no fault of the chain.
   */
  get published() {
    return [...this.rounds()].map(([round, { contributions }]) => {
      const records = contributions.reduce((total, entry) => total + entry.records, 0);
      const series = this.series.get(round) ?? new Series(records);
      return { round, scores: series.count, records, complete: series.complete };
    });
  }
}
