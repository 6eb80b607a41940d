// How a payment is divided among protocol, host and asset.
import { BILLION } from "./formulas.mjs";

// The bounds that the protocol promises, whatever a runtime's constants are: 5 % of a payment, 70 % of what that leaves.
const MAX_FEE = (BILLION * 5n) / 100n;
const MAX_HOST = (BILLION * 70n) / 100n;

export class Taking {
  // The lowest and the highest rate that give all fees so far: what is known of a rate that the runtime does not publish.
  low = 0n;
  high = BILLION;
  published = undefined;
  // What governance has set, in place of what runtimes publish.
  governed = undefined;

  constructor(findings) {
    this.findings = findings;
  }

  /** Governance sets rates: they are taken of the payments that follow. */
  set({ fee, host }) {
    this.findings.atMost("governance", "protocol fee in billionths", fee, MAX_FEE);
    this.findings.atMost("governance", "the most that hosts may have, in billionths", host, MAX_HOST);
    this.governed = { fee, host };
  }

  /**
   * Checks the parts of a payment against the rates of governance, or else of the runtime that took it. A host's part is what was `agreed` when a
   * channel opened, whatever hosts may ask for by now.
   */
  check(payer, { gross, fee, host, net }, runtime, agreed = false) {
    const { findings } = this;
    const rates = this.governed ?? runtime;
    findings.same(payer, "protocol fee, host and net of a payment together", fee + host + net, gross);
    findings.atMost(payer, "protocol fee of a payment", fee, (MAX_FEE * gross) / BILLION);
    findings.atMost(payer, "host's part of a payment", host, (MAX_HOST * (gross - fee)) / BILLION);
    if (rates.host !== undefined) {
      findings.atMost("the runtime", "the most that hosts may have, in billionths", rates.host, MAX_HOST);
      if (!agreed) findings.atMost(payer, "host's part of a payment, by the rate that applies", host, (rates.host * (gross - fee)) / BILLION);
    }
    if (rates.fee === undefined) this.narrow(payer, gross, fee);
    else this.compare(payer, gross, fee, rates.fee);
  }

  compare(payer, gross, fee, rate) {
    this.published = rate;
    this.findings.atMost("the runtime", "protocol fee in billionths", rate, MAX_FEE);
    this.findings.same(payer, "protocol fee of a payment, by the rate that applies", fee, (rate * gross) / BILLION);
  }

  /** floor(rate gross) is the fee for rates in an interval only: those of all payments must have one in common. */
  narrow(payer, gross, fee) {
    if (gross === 0n) return;
    const low = (fee * BILLION + gross - 1n) / gross;
    const high = ((fee + 1n) * BILLION - 1n) / gross;
    if (low > this.high || high < this.low) {
      const before = `${this.low} to ${this.high} as in payments before`;
      this.findings.add(payer, "rate of the protocol fee, in billionths", `${low} to ${high}`, before);
    }
    this.findings.checks += 1;
    this.low = low > this.low ? low : this.low;
    this.high = high < this.high ? high : this.high;
  }

  /** What is known of the protocol's rate, in words. */
  get words() {
    const percent = (rate) => `${Number(rate) / 10_000_000} %`;
    if (this.governed) return `the protocol fee is ${percent(this.governed.fee)} of a payment, as governance has set it`;
    if (this.published !== undefined) return `the protocol fee is ${percent(this.published)} of a payment, as the runtime's constant says`;
    if (this.low === 0n) return "nothing was paid that a protocol fee is taken of";
    const range = this.low === this.high ? percent(this.low) : `${percent(this.low)} to ${percent(this.high)}`;
    return `the protocol fee is ${range} of every payment; the runtime publishes no constant for it`;
  }
}
