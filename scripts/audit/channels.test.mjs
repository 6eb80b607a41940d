// A channel from its host's registration until it is forgotten, and with something wrong in each event.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelIn } from "./channels.mjs";
import { name, number, some, structure } from "./codecs.mjs";
import { percent, tell } from "./happenings.mjs";

const reason = (kind) => ({ type: "Metering", inner: { type: kind } });
const held = (kind, who, amount) => ["balances.Held", { reason: reason(kind), who: name(who), amount: number(amount) }];
const released = (kind, who, amount) => ["balances.Released", { reason: reason(kind), who: name(who), amount: number(amount) }];
const root = (digit) => ({ toHex: () => `0x${digit.repeat(64)}` });
const settled = ([count, units, amount, digit]) => structure({ count: number(count), units: number(units), amount: number(amount), root: root(digit) });

// What happens, in numbers that can each be wrong. A fifth of what the fee of 2 % leaves is the host's: 7 a unit, ten units, then four.
const RIGHT = {
  bond: 100, bondHeld: 100,
  offer: 7, offerHeld: 20,
  id: 0, price: 7, share: 20, key: "receipts", expires: 50, units: 20, callsHeld: 140, depositHeld: 30,
  first: [3, 10, 70, "1"], calls: 3, paid: 70, gross: 70, fee: 1, host: 13, net: 56, netSaid: 56, payer: "consumer",
  second: [7, 14, 98, "2"], moreCalls: 4, morePaid: 28,
  reward: 50, burnt: 50, rewardPaid: 50, burntHeld: 50,
  returned: 42, left: 6, returnedHeld: 42,
  deposit: 30, depositBack: 30,
  offerBack: 20, leaves: 0,
};

/** The findings of a story with some numbers changed, and of the books at its end. */
function told(change = {}) {
  const it = { ...RIGHT, ...change };
  const found = tell([["model", 0, { members: [["team", 100]] }]]);
  const { books, lines } = found;
  let block = 1;
  const rates = { fee: percent(2), host: percent(10), escrow: 100 };
  const enter = (...events) => {
    block += 1;
    for (const [event, data] of events) books.enter({ block, extrinsic: 0, name: event, data, rates });
  };
  const model = number(0);
  const payment = (gross, fee, host, net) => [
    ["rewards.Paid", {
      asset: { isModel: true, asModel: model }, payer: name(it.payer), gross: number(gross), fee: number(fee), host: number(host), net: number(net),
      cause: { type: "Calls" },
    }],
    ["rewards.Credited", { account: name("host"), amount: number(host), source: { type: "Hosting", asHosting: { isModel: true, asModel: model } } }],
  ];
  const host = name("host");
  enter(held("Bond", "host", it.bondHeld), ["metering.HostRegistered", { host, key: name("receipts"), bond: number(it.bond) }]);
  enter(held("Storage", "host", it.offerHeld), ["metering.OfferMade", { model, host, price: number(it.offer), share: number(percent(20)) }]);
  enter(held("Calls", "consumer", it.callsHeld), held("Storage", "consumer", it.depositHeld), ["metering.ChannelOpened", {
    channel: number(it.id), consumer: name("consumer"), host, model, receiptKey: name(it.key), price: number(it.price), share: number(percent(it.share)),
    units: number(it.units), expires: number(it.expires), deposit: number(30),
  }]);
  const channel = number(it.id);
  enter(...payment(it.gross, it.fee, it.host, it.net), ["metering.ChannelSettled", {
    channel, model, calls: number(it.calls), paid: number(it.paid), net: number(it.netSaid), settled: settled(it.first),
  }]);
  enter(...payment(28, 0, 5, 23), ["metering.ChannelSettled", {
    channel, model, calls: number(it.moreCalls), paid: number(it.morePaid), net: number(23), settled: settled(it.second),
  }]);
  enter(["balances.TransferOnHold", { reason: reason("Bond"), source: host, dest: name("challenger"), amount: number(it.rewardPaid) }],
    ["balances.BurnedHeld", { reason: reason("Bond"), who: host, amount: number(it.burntHeld) }],
    ["metering.HostChallenged", { channel, host, challenger: name("challenger"), number: number(0), reward: number(it.reward), burnt: number(it.burnt) }]);
  enter(released("Calls", "consumer", it.returnedHeld), ["metering.ChannelEnded", { channel, returned: number(it.returned), units: number(it.left) }]);
  enter(released("Storage", "consumer", it.depositBack), ["metering.ChannelForgotten", { channel, deposit: number(it.deposit) }]);
  enter(released("Storage", "host", it.offerBack), ["metering.OfferWithdrawn", { model, host }]);
  enter(["metering.HostLeft", { host, bond: number(it.leaves) }]);
  books.channels.close();
  return found;
}

describe("the books of channels", () => {
  it("find nothing where everything is as agreed, though hosts may ask for less by now", () => {
    const { books, lines } = told();
    assert.deepEqual(lines, []);
    assert.deepEqual(books.channels.calls, new Map([[0, { calls: 7n, units: 14n, gross: 98n, net: 79n }]]));
    assert.deepEqual(books.channels.held, new Map());
  });

  it("find each thing that is not", () => {
    for (const key of Object.keys(RIGHT)) {
      const value = RIGHT[key];
      const others = Array.isArray(value)
        ? value.slice(0, 3).map((_, place) => value.map((part, index) => (index === place ? part + 1 : part)))
        : [typeof value === "string" ? "somebody" : value + 1];
      // What lasts longer, and has room for more units, is as good.
      if (key === "expires") others[0] = 3;
      for (const other of others) {
        assert.notEqual(told({ [key]: other }).lines.length, 0, `${key}: ${other}`);
      }
    }
  });

  it("find calls that were paid and never settled", () => {
    const { books, lines } = told();
    const asset = { isModel: true, asModel: number(0) };
    const parts = { gross: number(1), fee: number(0), host: number(0), net: number(1) };
    books.channels.handlers["rewards.Paid"]({ asset, payer: name("consumer"), ...parts, cause: { type: "Calls" } });
    books.channels.close();
    assert.match(lines.pop(), /payments for calls that no settlement tells of/);
  });

  it("read a channel of the state in their own words", () => {
    const entry = structure({
      consumer: name("consumer"), host: name("host"), model: number(0), price: number(7), share: number(2), units: number(20), deposit: number(30),
      settled: settled([3, 10, 70, "1"]), stage: { type: "Closing" },
    });
    assert.deepEqual(channelIn(some(entry)), {
      consumer: "consumer", host: "host", model: 0, price: 7n, share: 2n, units: 20n, deposit: 30n,
      settled: { count: 3, units: 10n, amount: 70n, root: `0x${"1".repeat(64)}` }, ended: false,
    });
  });
});
