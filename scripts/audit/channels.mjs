// Channels of paid calls: what is agreed stays, each voucher pays its calls once, and what is on hold for it all is there.
import { big, optional } from "./chain.mjs";
import { known } from "./findings.mjs";
import { BILLION, sum } from "./formulas.mjs";

export const CALLS = "Metering.Calls";
export const STORAGE = "Metering.Storage";
export const BOND = "Metering.Bond";

const partOf = (rate, amount) => (rate * amount) / BILLION;
const settledOf = (settled) => ({
  count: settled.get("count").toNumber(), units: big(settled.get("units")), amount: big(settled.get("amount")), root: settled.get("root").toHex(),
});

export class Channels {
  channels = new Map();
  hosts = new Map();
  offers = new Map();
  // What of each model's calls was settled.
  calls = new Map();
  opened = 0;
  // The payment for calls that no settlement has told of yet: at most one, in the event that follows.
  paid = [];

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "rewards.Paid": ({ asset, payer, gross, fee, host, net, cause }) => {
      if (cause.type !== "Calls") return;
      this.paid.push({ model: asset.asModel.toNumber(), payer: payer.toString(), gross: big(gross), fee: big(fee), host: big(host), net: big(net) });
    },

    "metering.HostRegistered": ({ host, key, bond }) => {
      const who = host.toString();
      const before = this.hosts.get(who)?.bond ?? 0n;
      const moved = big(bond) - before;
      if (moved > 0n) this.checkHold(who, BOND, { held: moved });
      if (moved < 0n) this.checkHold(who, BOND, { released: -moved });
      this.hosts.set(who, { key: key.toString(), bond: big(bond) });
    },

    "metering.HostLeft": ({ host, bond }) => {
      const who = host.toString();
      this.findings.same(who, "bond of the host", big(bond), known(this.hosts, who, "host").bond);
      if (big(bond) > 0n) this.checkHold(who, BOND, { released: big(bond) });
      const kept = [...this.channels].filter(([, channel]) => channel.host === who).map(([id]) => id);
      this.findings.same(who, "channels to a host that leaves", kept, []);
      this.hosts.delete(who);
    },

    "metering.OfferMade": ({ model, host, price, share }) => {
      const key = `${model}/${host}`;
      const deposit = this.offers.get(key)?.deposit ?? this.books.holds.of(host.toString(), STORAGE).held ?? 0n;
      this.offers.set(key, { host: host.toString(), price: big(price), share: big(share), deposit });
    },

    "metering.OfferWithdrawn": ({ model, host }) => {
      const key = `${model}/${host}`;
      this.checkHold(host.toString(), STORAGE, { released: known(this.offers, key, "offer").deposit });
      this.offers.delete(key);
    },

    "metering.ChannelOpened": ({ channel, consumer, host, model, receiptKey, price, share, units, expires, deposit }, { block }) => {
      const id = channel.toNumber();
      const who = consumer.toString();
      this.findings.same(`channel ${id}`, "its number, as channels are counted", id, this.opened);
      const offer = known(this.offers, `${model}/${host}`, "offer");
      const agreed = { price: big(price), share: big(share) };
      this.findings.same(`channel ${id}`, "price and share, which its host offers", agreed, { price: offer.price, share: offer.share });
      const { key } = known(this.hosts, host.toString(), "host");
      this.findings.same(`channel ${id}`, "key of its receipts", receiptKey.toString(), key);
      this.findings.atMost(`channel ${id}`, "the block in which it opens, before it ends", block + 1, expires.toNumber());
      this.checkHold(who, CALLS, { held: agreed.price * big(units) });
      this.checkHold(who, STORAGE, { held: big(deposit) });
      this.opened += 1;
      const settled = { count: 0, units: 0n, amount: 0n, root: `0x${"00".repeat(32)}` };
      this.channels.set(id, {
        consumer: who, host: host.toString(), model: model.toNumber(), ...agreed, units: big(units), deposit: big(deposit), settled, ended: false,
      });
    },

    "metering.ChannelSettled": ({ channel: id, model, calls, paid, net, settled }) => {
      const channel = this.get(id);
      const what = `channel ${id}`;
      this.findings.same(what, "whether it has ended when it is settled", channel.ended, false);
      this.findings.same(what, "its model", model.toNumber(), channel.model);
      const now = settledOf(settled);
      const more = { calls: now.count - channel.settled.count, units: now.units - channel.settled.units };
      this.findings.same(what, "calls more than before", calls.toNumber(), more.calls);
      this.findings.atMost(what, "less than a call more", 1 - more.calls, 0);
      this.findings.atMost(what, "calls more, each of a unit at least", BigInt(more.calls), more.units);
      this.findings.atMost(what, "units of its calls", now.units, channel.units);
      this.findings.same(what, "what its calls cost together", now.amount, channel.price * now.units);
      const gross = channel.price * more.units;
      this.findings.same(what, "what is paid for the calls more", big(paid), gross);
      const payment = this.paid.pop();
      const host = payment && partOf(channel.share, gross - payment.fee);
      const due = payment && { model: channel.model, payer: channel.consumer, gross, fee: payment.fee, host, net: gross - payment.fee - host };
      this.findings.same(what, "the payment for the calls more, as agreed", payment, due);
      this.findings.same(what, "what the model has of it", big(net), due?.net);
      channel.settled = now;
      this.count(channel.model, more, gross, big(net));
    },

    "metering.ChannelEnded": ({ channel: id, returned, units }) => {
      const channel = this.get(id);
      const left = channel.units - channel.settled.units;
      this.findings.same(`channel ${id}`, "whether it has ended before", channel.ended, false);
      this.findings.same(`channel ${id}`, "units that were not called", big(units), left);
      this.findings.same(`channel ${id}`, "what its consumer has back", big(returned), channel.price * left);
      if (left > 0n) this.checkHold(channel.consumer, CALLS, { released: channel.price * left });
      channel.ended = true;
    },

    "metering.HostChallenged": ({ host, challenger, reward, burnt }) => {
      const who = host.toString();
      const found = known(this.hosts, who, "host");
      this.findings.same(who, "bond that is lost: half of it, rounded down, goes to the challenger", [big(reward), big(burnt)], [found.bond / 2n, found.bond - found.bond / 2n]);
      this.checkHold(who, BOND, { [`paid to ${challenger}`]: big(reward), burnt: big(burnt) });
      found.bond = 0n;
    },

    "metering.ChannelForgotten": ({ channel: id, deposit }) => {
      const channel = this.get(id);
      this.findings.same(`channel ${id}`, "whether it has ended when it is forgotten", channel.ended, true);
      this.findings.same(`channel ${id}`, "deposit for its place", big(deposit), channel.deposit);
      this.checkHold(channel.consumer, STORAGE, { released: channel.deposit });
      this.channels.delete(id.toNumber());
    },
  };

  get(id) {
    return known(this.channels, id.toNumber(), "channel");
  }

  count(model, { calls, units }, gross, net) {
    const totals = this.calls.get(model) ?? { calls: 0n, units: 0n, gross: 0n, net: 0n };
    this.calls.set(model, {
      calls: totals.calls + BigInt(calls), units: totals.units + units, gross: totals.gross + gross, net: totals.net + net,
    });
  }

  /** Compares what became of money on hold, as balances tell it. */
  checkHold(who, reason, moves) {
    this.findings.same(who, `on hold as ${reason}`, this.books.holds.of(who, reason), moves);
  }

  /** What accounts must have on hold, by account and reason. */
  get held() {
    const held = new Map();
    const add = (who, reason, amount) => {
      if (amount > 0n) held.set(`${who} ${reason}`, (held.get(`${who} ${reason}`) ?? 0n) + amount);
    };
    for (const { consumer, price, units, deposit, settled, ended } of this.channels.values()) {
      add(consumer, CALLS, ended ? 0n : price * (units - settled.units));
      add(consumer, STORAGE, deposit);
    }
    for (const { host, deposit } of this.offers.values()) add(host, STORAGE, deposit);
    for (const [host, { bond }] of this.hosts) add(host, BOND, bond);
    return held;
  }

  close() {
    this.findings.same("channels", "payments for calls that no settlement tells of", this.paid, []);
    const paid = sum([...this.calls.values()].map(({ gross }) => gross));
    this.findings.atMost("channels", "what was paid for calls", paid, this.books.pot.gross);
  }
}

/** What state says of a channel, in the words of these books. */
export function channelIn(option) {
  const entry = optional(option);
  return {
    consumer: entry.get("consumer").toString(), host: entry.get("host").toString(), model: entry.get("model").toNumber(),
    price: big(entry.get("price")), share: big(entry.get("share")), units: big(entry.get("units")), deposit: big(entry.get("deposit")),
    settled: settledOf(entry.get("settled")), ended: entry.get("stage").type === "Ended",
  };
}
