// The books of an auditor: every event that moves money is entered as it comes, and checked against the formulas at once.
import { Accounts } from "./accounts.mjs";
import { Awards } from "./awards.mjs";
import { Channels } from "./channels.mjs";
import { Disputes } from "./disputes.mjs";
import { Earners } from "./earners.mjs";
import { Missing } from "./findings.mjs";
import { Holds } from "./holds.mjs";
import { Models } from "./models.mjs";
import { Pools } from "./pools.mjs";
import { Pot } from "./pot.mjs";
import { Quality } from "./quality.mjs";
import { Rounds } from "./rounds.mjs";

export class Books {
  accounts = new Accounts();
  holds = new Holds();
  extrinsic = undefined;
  // The event before the one that is entered, and that one.
  before = undefined;
  current = undefined;

  /**
   * `findings`: where differences go. `licences`: what the terms of each identifier ask for. `account`: the pot's. `hash`: BLAKE2b with
   * 32 bytes of output.
   */
  constructor({ findings, licences, account, hash }) {
    Object.assign(this, { findings, licences, account, hash });
    this.pot = new Pot(this);
    this.awards = new Awards(this);
    this.rounds = new Rounds(this);
    this.pools = new Pools(this);
    this.models = new Models(this);
    this.disputes = new Disputes(this);
    this.channels = new Channels(this);
    this.quality = new Quality(this);
    this.earners = new Earners(this);
  }

  enter({ block, extrinsic, name, data, rates, scores }) {
    this.before = this.current;
    this.current = { block, name, data };
    const place = `${block}/${extrinsic}`;
    if (place !== this.extrinsic) this.holds.clear();
    this.extrinsic = place;
    this.place = `block ${block}, ${name}`;
    this.findings.place = this.place;
    try {
      this.models.before(name, data);
      for (const { handlers } of [this.holds, this.pot, this.awards, this.rounds, this.pools, this.models, this.disputes, this.channels, this.quality, this.earners]) {
        handlers[name]?.(data, { rates, block, extrinsic, scores });
      }
    } catch (error) {
      if (error instanceof Missing) {
        this.findings.add("the books", "an event that they cannot follow", error.message, "what it builds on in an earlier event");
      } else {
        error.message = `${this.place}: ${error.message}`;
        throw error;
      }
    }
    // What is on hold for a contribution, a case or a channel moves just before the event that says why.
    if (["datanets.", "disputes.", "metering."].some((pallet) => name.startsWith(pallet))) this.holds.clear();
  }

  /** Ends the books: what must be true of all events together. */
  close() {
    this.findings.place = "at the end";
    this.awards.close();
    this.rounds.close();
    this.models.close();
    this.channels.close();
    this.pot.close();
  }

  get balance() {
    const { gross, sponsored, withdrawn, swept, held } = this.pot;
    const { claimable, pools, models, budgets, vesting, fees } = held;
    return { received: gross + sponsored, paid: withdrawn + swept, burnt: this.awards.burnt, claimable, pools, models, budgets, vesting, fees };
  }
}
