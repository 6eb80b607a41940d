// Calls that are paid through a channel, on a network of one validator: the client opens and ends it, and another implementation signs.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { audit } from "../audit/audit.mjs";
import { receiptLeaf, voucherHash, voucherOf } from "../lib/channel.mjs";
import { CLIENT, newNetwork, run, temporaryFolder } from "./support.mjs";

const MINUTE = 60_000;
const REFUSED = 1;
const MISUSED = 2;
const TRIB = 10n ** 12n;
const UNIT = TRIB / 100n;
const CALLS = 100;
const LICENCE = fileURLToPath(new URL("../story/licence.txt", import.meta.url));

describe("a channel", { timeout: 6 * MINUTE }, () => {
  const folder = temporaryFolder();
  let network;
  let url;
  let api;
  let people;

  before(async () => {
    network = await newNetwork(join(folder, "network"), 1, { epoch: 10 });
    await network.start();
    await network.validators[0].finalises(0, 120);
    ({ url } = network.validators[0]);
    api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
    const keyring = new Keyring({ type: "sr25519" });
    people = Object.fromEntries(["Bob", "Charlie", "Dave"].map((name) => [name, keyring.addFromUri(`//${name}`)]));
  });

  after(async () => {
    await api?.disconnect();
    await network?.stop();
  });

  const client = (...words) => run(CLIENT, ["--url", url, "--state-dir", join(folder, "state"), "--wait", "included", "--json", ...words],
    { env: { HOME: folder }, seconds: 120 });

  async function json(...words) {
    const { code, output, errors } = await client(...words);
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  }

  async function fails(code, says, ...words) {
    const outcome = await client(...words);
    assert.equal(outcome.code, code, outcome.errors);
    assert.ok(outcome.errors.includes(says), outcome.errors);
  }

  /** Sends a call and waits for its block: the names of its events, or the error that it was refused with. */
  function send(call, who) {
    return new Promise((resolve, reject) => {
      call.signAndSend(who, ({ status, events, dispatchError }) => {
        if (!status.isInBlock) return;
        if (dispatchError?.isModule) resolve(api.registry.findMetaError(dispatchError.asModule).name);
        else resolve(events.map(({ event }) => `${event.section}.${event.method}`));
      }).catch(reject);
    });
  }

  it("pays a hundred calls by one voucher, once, and costs a host its bond that signs a number twice", async () => {
    const weights = join(folder, "weights.bin");
    writeFileSync(weights, "weights");
    const { terms } = await json("--dev", "alice", "licence", "publish", "--preset", "commercial", "--royalty", "10%",
      "--text", LICENCE, "--text-uri", "file:licence.txt");
    const { model } = await json("--dev", "alice", "model", "register", "--kind", "base", "--weights", weights, "--terms", terms);
    const id = String(model);
    const offer = ["--dev", "bob", "host", "offer", id, "0.01", "--share", "20%", "--endpoint", "http://127.0.0.1:8080"];

    // What does not fit is said before anything is signed.
    await fails(MISUSED, "has made no offer", ...offer);
    await json("--dev", "alice", "licence", "offer", `model:${id}`, "0.00784", "--host-share", "20%");
    await fails(REFUSED, "HostNotFound", ...offer);
    await fails(MISUSED, "is at least 100", "--dev", "bob", "host", "register", "--bond", "99");
    await json("--dev", "bob", "host", "register");
    await fails(MISUSED, "raise the price or keep less", ...offer.map((word) => (word === "0.01" ? "0.0099" : word)));
    await fails(MISUSED, "a host may keep at most 20%", ...offer.map((word) => (word === "20%" ? "21%" : word)));
    await json(...offer);
    const [offered] = await json("host", "offers", id);
    assert.deepEqual([offered.price, offered.share, offered.bond, offered.endpoint], [String(UNIT), "20%", String(100n * TRIB), "http://127.0.0.1:8080"]);
    await fails(MISUSED, "does not offer model", "--dev", "charlie", "consumer", "open", id, "dev:dave", "10");
    await fails(MISUSED, "raise --price", "--dev", "charlie", "consumer", "open", id, "dev:bob", "10", "--price", "0.009");
    const { channel } = await json("--dev", "charlie", "consumer", "open", id, "dev:bob", "1000");

    const hash = (bytes) => api.registry.hash(bytes).toU8a();
    const genesis = api.genesisHash.toU8a();
    const filled = (byte) => new Uint8Array(32).fill(byte);
    const receipts = Array.from({ length: CALLS }, (_, number) => (
      { channel, number, units: 1n, amount: UNIT, request: filled(1), response: filled(number) }));
    const settle = (count, who = people.Charlie) => {
      const voucher = voucherOf(genesis, channel, receipts.slice(0, count), hash);
      const signature = { Sr25519: who.sign(voucherHash(genesis, model, voucher, hash)) };
      return api.tx.metering.settle([{ voucher, signature, consent: null }], []);
    };
    assert.equal(await send(settle(CALLS, people.Dave), people.Bob), "InvalidSignature");
    assert.equal(await send(settle(CALLS), people.Dave), "ConsentMissing");
    assert.ok((await send(settle(40), people.Bob)).includes("metering.ChannelSettled"));
    assert.ok((await send(settle(CALLS), people.Bob)).includes("rewards.Paid"));
    assert.equal(await send(settle(CALLS), people.Bob), "VoucherOutdated");
    assert.equal(await send(settle(40), people.Bob), "VoucherOutdated");
    const shown = await json("consumer", "show", String(channel));
    assert.deepEqual([shown.settled.calls, shown.settled.amount, shown.stage], [CALLS, String(TRIB), "open"]);

    // The host gave two answers to call 3.
    const lie = { ...receipts[3], response: filled(255) };
    const leafOf = (receipt) => receiptLeaf(genesis, receipt, hash);
    const signature = { Sr25519: people.Bob.sign(leafOf(lie)) };
    const challenge = (receipt, contradiction) => send(api.tx.metering.challenge(receipt, signature, contradiction), people.Dave);
    assert.equal(await challenge(lie, { Price: null }), "ReceiptAtPrice");
    assert.equal(await challenge(receipts[3], { Price: null }), "InvalidSignature");
    const dear = { ...receipts[3], amount: UNIT + 1n };
    const told = await send(api.tx.metering.challenge(dear, { Sr25519: people.Bob.sign(leafOf(dear)) }, { Price: null }), people.Dave);
    assert.ok(told.includes("metering.HostChallenged"), told);
    assert.equal((await json("host", "show", "--account", "dev:bob")).bond, "0");
    await fails(REFUSED, "HostWithoutBond", "--dev", "charlie", "consumer", "open", id, "dev:bob", "10");

    await fails(REFUSED, "NotAuthorized", "--dev", "dave", "consumer", "close", String(channel));
    const closing = await json("--dev", "charlie", "consumer", "close", String(channel));
    assert.ok(closing.events.some(({ event }) => event === "ChannelClosing"));
    await fails(REFUSED, "AlreadyClosing", "--dev", "charlie", "consumer", "close", String(channel));
    await json("--dev", "bob", "--wait", "finalized", "host", "close", String(channel));
    const { channels } = await json("host", "show", "--account", "dev:bob");
    assert.deepEqual(channels.map(({ settled }) => settled.calls), [CALLS]);
    await fails(REFUSED, "NotOver", "--dev", "charlie", "consumer", "forget", String(channel));

    // Host, team, protocol and challenger have what they should, in the auditor's books and in the client's statement.
    const { payouts } = await audit(url, { client: CLIENT });
    assert.equal(payouts[people.Bob.address].Hosting, (TRIB * 98n * 20n) / 10_000n);
  });
});
