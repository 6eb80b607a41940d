// Calls over HTTP, to hosts that answer, fail and lie.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Caller, Lost } from "../src/index.mjs";
import { signedReceiptBytes, toHex } from "../src/codec.mjs";
import { folder, NOW, open, PATH, PRICE, signed, startHost, utf8 } from "./support.mjs";

const ASK = { most: 10, block: NOW };
const hosts = [];
after(() => { for (const host of hosts) host.stop(); });

async function pair(behave, options = { attempts: 3, pause: 5 }) {
  const host = await startHost(behave);
  hosts.push(host);
  const channel = open();
  return { host, channel, caller: new Caller(channel, host.url, options) };
}

const bodyOf = ({ body }) => JSON.parse(new TextDecoder().decode(body));

describe("calls", { timeout: 300_000 }, () => {
  it("are answered, paid by the next one, and all of them by the last voucher", async () => {
    const { host, channel, caller } = await pair();
    for (let number = 0; number < 20; number += 1) {
      const answered = await caller.call(PATH, JSON.stringify({ number }), ASK);
      assert.deepEqual([answered.receipt.number, answered.status, bodyOf(answered).answer], [number, 200, number + 1]);
    }
    const voucher = await caller.sendLastVoucher();
    assert.deepEqual([voucher.count, voucher.amount, host.vouchers.length], [20, 40n * PRICE, 1]);
    assert.equal(channel.position.owed.count, 20);
  });

  it("are made again with the same bytes where an answer is lost, and paid once", async () => {
    const seen = [];
    const { host, channel, caller } = await pair(({ count, call, answer, request, response }) => {
      seen.push([request.headers["tributary-voucher"], toHex(call.request)]);
      if (count % 3 === 0) return undefined;
      if (count % 3 === 1) answer();
      response.destroy();
      return true;
    });
    for (let number = 0; number < 4; number += 1) {
      assert.equal((await caller.call(PATH, `{"number":${number}}`, ASK)).receipt.number, number);
    }
    assert.deepEqual([host.requests, host.computed, channel.position.owed.count], [12, 4, 4]);
    for (let call = 0; call < 4; call += 1) for (const again of [1, 2]) assert.deepEqual(seen[3 * call + again], seen[3 * call]);
  });

  it("come first the next time if nobody answered them", async () => {
    let answers = false;
    const { host, channel, caller } = await pair(({ response }) => {
      if (answers) return undefined;
      response.destroy();
      return true;
    });
    await assert.rejects(caller.call(PATH, "first", ASK), Lost);
    assert.equal(channel.outstanding.number, 0);
    answers = true;
    const { receipt, earlier } = await caller.call(PATH, "second", ASK);
    assert.deepEqual([earlier.receipt.number, receipt.number, host.computed], [0, 1, 2]);
  });

  it("are taken back where the host refuses, with its terms", async () => {
    const { channel, caller } = await pair(({ refuse }) => {
      refuse(402, "unpaid", { terms: { price: "7" } });
      return true;
    });
    await assert.rejects(caller.call(PATH, "{}", ASK), ({ name, status, code, withdrawn, body }) => {
      assert.deepEqual([name, status, code, withdrawn, body.terms.price], ["Refused", 402, "unpaid", true, "7"]);
      return true;
    });
    assert.equal(channel.outstanding, undefined);
  });

  it("are kept where a refusal says nothing about a lost attempt", async () => {
    const { host, channel, caller } = await pair(({ count, answer, refuse, response }) => {
      if (count === 1) {
        answer();
        response.destroy();
        return true;
      }
      if (count > 3) return undefined;
      refuse(429, "too_many_calls");
      return true;
    });
    await assert.rejects(caller.call(PATH, "{}", ASK), ({ code, withdrawn }) => code === "too_many_calls" && !withdrawn);
    assert.equal(channel.outstanding.number, 0);
    assert.equal((await caller.resend()).receipt.number, 0);
    assert.equal(host.computed, 1);
  });

  it("are kept while the host computes them", async () => {
    const { channel, caller } = await pair(({ count, refuse }) => {
      if (count > 3) return undefined;
      refuse(409, "in_progress");
      return true;
    });
    await assert.rejects(caller.call(PATH, "{}", ASK), ({ code, withdrawn }) => code === "in_progress" && !withdrawn);
    assert.equal(channel.outstanding.number, 0);
    await caller.resend();
  });

  it("have no answer without a receipt", async () => {
    const { channel, caller } = await pair(({ response }) => {
      response.writeHead(200).end("free");
      return true;
    });
    await assert.rejects(caller.call(PATH, "{}", ASK), Lost);
    assert.equal(channel.position.owed.count, 0);
  });

  it("are not paid to a host that lies, and what it signed is kept", async () => {
    const lies = [
      [({ body, receipt }) => ({ body: utf8("other"), receipt }), "other_response"],
      [({ body }, call) => ({ body, receipt: signed(call, utf8(`200 application/json\n${new TextDecoder().decode(body)}`), { amount: 1n }) }), "wrong_price"],
    ];
    for (const [lie, code] of lies) {
      const { channel, caller } = await pair(({ call, answer, send }) => {
        send(lie(answer(), call));
        return true;
      });
      await assert.rejects(caller.call(PATH, "{}", ASK), { name: "Trouble", code });
      assert.deepEqual([channel.position.owed.count, channel.rejected.length], [0, 1]);
    }
    const { channel, caller } = await pair(({ answer, response }) => {
      const { body, receipt } = answer();
      const forged = { receipt: { ...receipt.receipt, units: 9n, amount: 9n * PRICE }, signature: receipt.signature };
      response.writeHead(200, { "content-type": "application/json", "tributary-receipt": toHex(signedReceiptBytes(forged)) }).end(body);
      return true;
    });
    await assert.rejects(caller.call(PATH, "{}", ASK), { code: "wrong_signature" });
    assert.deepEqual([channel.position.owed.count, channel.rejected], [0, []]);
  });

  it("go to the host alone", async () => {
    const { caller, host } = await pair();
    for (const path of ["v1/predict", "//127.0.0.1:1/v1/predict"]) await assert.rejects(caller.call(path, "{}", ASK), TypeError);
    assert.throws(() => new Caller(open(), "ftp://127.0.0.1"), TypeError);
    assert.equal(host.requests, 0);
    assert.ok(folder());
  });

  it("are given up when the host takes too long, and kept", async () => {
    const { channel, caller } = await pair(() => true, { attempts: 1, pause: 1, timeout: 100 });
    await assert.rejects(caller.call(PATH, "{}", ASK), Lost);
    assert.equal(channel.outstanding.number, 0);
  });
});
