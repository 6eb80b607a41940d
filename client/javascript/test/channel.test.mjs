// The books: what is asked, accepted, refused and kept.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Channel, content, ed25519Signer, receiptLeaf, Tree, verify, voucherHash } from "../src/index.mjs";
import { EXPIRES, consumer, folder, NOW, open, PRICE, signed, terms, UNITS, utf8 } from "./support.mjs";

const REQUEST = utf8("POST /v1/predict\n{}");
const RESPONSE = utf8("200 application/json\n{}");
const code = (wanted) => ({ name: "Trouble", code: wanted });

function answer(channel, request = REQUEST) {
  const call = channel.ask(request, 10, NOW);
  return channel.accept(RESPONSE, signed(call, RESPONSE));
}

describe("a channel's books", () => {
  it("number calls, keep receipts and sign vouchers for all of them", () => {
    const channel = open();
    let tree = new Tree();
    for (let number = 0; number < 5; number += 1) {
      const call = channel.ask(REQUEST, 10, NOW);
      assert.equal(call.number, number);
      assert.deepEqual([call.voucher.count, call.voucher.amount, call.voucher.root], [number, BigInt(number) * 2n * PRICE, tree.root.hash]);
      assert.ok(verify(consumer.account, voucherHash(terms.genesis, terms.model, call.voucher), call.signature));
      const receipt = channel.accept(RESPONSE, signed(call, RESPONSE));
      tree = tree.with(receiptLeaf(terms.genesis, receipt), receipt.amount);
    }
    const { owed, left } = channel.position;
    assert.deepEqual([owed.count, owed.units, owed.amount, left], [5, 10n, 10n * PRICE, UNITS - 10n]);
    assert.deepEqual(channel.finalVoucher().voucher.root, tree.root.hash);
    assert.equal(channel.receipt(3).receipt.number, 3);
  });

  it("are on disk before anything leaves", () => {
    const path = folder();
    let channel = open(path);
    answer(channel);
    const call = channel.ask(utf8("POST /v1/predict\nlost"), 10, NOW);
    channel.close();
    channel = open(path);
    assert.deepEqual(channel.outstanding, call);
    assert.equal(channel.position.left, UNITS - 2n - 10n);
    channel.accept(RESPONSE, signed(call, RESPONSE));
    channel.close();
    channel = open(path);
    assert.deepEqual([channel.outstanding, channel.position.owed.count, channel.receipt(1).receipt.number], [undefined, 2, 1]);
  });

  it("refuse calls that cannot be made", () => {
    const channel = open();
    assert.throws(() => channel.ask(REQUEST, 10, EXPIRES), code("expired"));
    assert.throws(() => channel.ask(REQUEST, 0, NOW), code("no_units"));
    assert.throws(() => channel.ask(REQUEST, UNITS + 1n, NOW), code("units_exhausted"));
    const call = channel.ask(REQUEST, 10, NOW);
    assert.throws(() => channel.ask(REQUEST, 10, NOW), code("outstanding"));
    assert.throws(() => channel.withdraw(7), code("not_asked"));
    channel.withdraw(call.number);
    assert.equal(channel.ask(REQUEST, 10, NOW).number, 0);
  });

  it("refuse answers that are not those of the call, and keep what the host signed", () => {
    for (const [change, wanted] of [
      [{ number: 1 }, "not_asked"],
      [{ request: content(utf8("other")) }, "other_request"],
      [{ response: content(utf8("other")) }, "other_response"],
      [{ units: 0n, amount: 0n }, "units_out_of_bounds"],
      [{ units: 11n, amount: 11n * PRICE }, "units_out_of_bounds"],
      [{ amount: 2n * PRICE + 1n }, "wrong_price"],
    ]) {
      const channel = open();
      const call = channel.ask(REQUEST, 10, NOW);
      const wrong = signed(call, RESPONSE, change);
      assert.throws(() => channel.accept(RESPONSE, wrong), code(wanted));
      assert.deepEqual([channel.position.owed.count, channel.rejected], [0, [wrong]], wanted);
      channel.accept(RESPONSE, signed(call, RESPONSE));
    }
  });

  it("do not keep what nobody signed", () => {
    const channel = open();
    const call = channel.ask(REQUEST, 10, NOW);
    const right = signed(call, RESPONSE);
    assert.throws(() => channel.accept(RESPONSE, { ...right, receipt: { ...right.receipt, units: 1n } }), code("wrong_signature"));
    assert.throws(() => channel.accept(RESPONSE, signed(call, RESPONSE, { channel: 4n })), code("other_channel"));
    assert.deepEqual(channel.rejected, []);
  });

  it("keep two receipts of one number, and accept the first one again", () => {
    const path = folder();
    const channel = open(path);
    const call = channel.ask(REQUEST, 10, NOW);
    const first = signed(call, RESPONSE);
    channel.accept(RESPONSE, first);
    assert.deepEqual(channel.accept(RESPONSE, first), first.receipt);
    const other = utf8("200 application/json\nother");
    for (let count = 0; count < 4; count += 1) {
      assert.throws(() => channel.accept(other, signed(call, other, { units: BigInt(count + 1), amount: BigInt(count + 1) * PRICE })), code("signed_twice"));
    }
    channel.close();
    assert.equal(open(path).rejected.length, 2);
  });

  it("belong to one process, until it is gone", () => {
    const path = folder();
    const channel = open(path);
    assert.throws(() => open(path), /has .* open/);
    channel.close();
    const dead = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" }).stdout.trim();
    writeFileSync(join(path, "lock"), dead);
    open(path).close();
    assert.ok(!existsSync(join(path, "lock")));
  });

  it("are of one channel and one key", () => {
    const path = folder();
    open(path).close();
    assert.throws(() => new Channel(path, { ...terms, price: 8n }, consumer), code("other_terms"));
    const stranger = ed25519Signer(new Uint8Array(32).fill(5));
    assert.throws(() => new Channel(path, terms, stranger), code("key_missing"));
    assert.throws(() => new Channel(path, { ...terms, genesis: "0x00" }, consumer), TypeError);
    assert.throws(() => new Channel(path, { ...terms, price: 2n ** 127n }, consumer), RangeError);
    open(path).close();
  });

  it("write a receipt again that is there before the books count it", () => {
    const path = folder();
    const channel = open(path);
    const call = channel.ask(REQUEST, 10, NOW);
    channel.close();
    // As a power cut leaves it: the receipt is written, the books are not.
    writeFileSync(join(path, "receipts"), Buffer.alloc(168, 77));
    const again = open(path);
    again.accept(RESPONSE, signed(call, RESPONSE));
    assert.equal(again.receipt(0).receipt.number, 0);
  });
});
