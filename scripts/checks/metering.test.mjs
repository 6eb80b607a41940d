// Calls that are paid through a channel, on a network of one validator: the client opens and ends it, and another implementation signs; then a host
// answers over HTTP, and is killed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { audit } from "../audit/audit.mjs";
import { receiptLeaf, voucherHash, voucherOf } from "../lib/channel.mjs";
import { CLIENT, freeBasePort, newNetwork, run, temporaryFolder } from "./support.mjs";

const MINUTE = 60_000;
const REFUSED = 1;
const MISUSED = 2;
const TRIB = 10n ** 12n;
const UNIT = TRIB / 100n;
const CALLS = 100;
const LICENCE = fileURLToPath(new URL("../story/licence.txt", import.meta.url));

/** A model that somebody else serves: it answers with the number of its calls, and says that each took five tokens. */
async function upstream() {
  const calls = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    calls.push(JSON.parse(body));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { content: `answer ${calls.length}` } }], usage: { total_tokens: 5 } }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { calls, server, url: `http://127.0.0.1:${server.address().port}` };
}

describe("a channel", { timeout: 8 * MINUTE }, () => {
  const folder = temporaryFolder();
  const programs = new Set();
  let model;
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
    for (const program of programs) program.kill("SIGKILL");
    model?.server.close();
    model?.server.closeAllConnections();
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

  /** A host that serves, until it is told to end. */
  async function serve(config) {
    const words = ["--url", url, "--state-dir", join(folder, "state"), "--dev", "bob", "host", "serve", "--config", config];
    const program = spawn(CLIENT, words, { stdio: ["ignore", "pipe", "pipe"], env: { HOME: folder } });
    programs.add(program);
    const ended = new Promise((resolve) => { program.on("close", (code, signal) => resolve(code ?? signal)); });
    let said = "";
    await new Promise((resolve, reject) => {
      program.stderr.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (said.includes("Calls are answered at")) resolve();
      });
      ended.then((code) => reject(new Error(`the host ended with ${code}: ${said}`)));
    });
    return async (signal) => {
      program.kill(signal);
      const code = await ended;
      programs.delete(program);
      return code;
    };
  }

  it("answers over HTTP each call once, whoever is killed, and brings the host its money", async () => {
    model = await upstream();
    const port = await freeBasePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const config = join(folder, "host.toml");
    writeFileSync(config, `listen = "127.0.0.1:${port}"\n[models.0.upstream]\nurl = "${model.url}"\nprompt_tokens = 20\nmost_tokens = 40\n`);
    await json("--dev", "bob", "host", "register");
    await json("--dev", "bob", "host", "offer", "0", "0.01", "--share", "20%", "--endpoint", endpoint);
    let end = await serve(config);
    const { channel } = await json("--dev", "charlie", "--wait", "finalized", "consumer", "open", "0", "dev:bob", "100");
    const asked = join(folder, "question.json");
    const call = (content) => {
      writeFileSync(asked, JSON.stringify({ max_tokens: 10, messages: [{ role: "user", content }] }));
      return ["--dev", "charlie", "consumer", "call", String(channel), "--path", "/v1/chat/completions", "--data", asked];
    };

    // Without cover the terms are told, and nobody is asked.
    const uncovered = async () => {
      const answer = await fetch(`${endpoint}/v1/chat/completions`, { method: "POST", body: "{}" });
      assert.equal(answer.status, 402);
      return answer.json();
    };
    // What it offers, it looks up as it begins to serve.
    while ((await uncovered()).terms.models[0].price === null) await new Promise((resolve) => { setTimeout(resolve, 200); });
    const { error, terms } = await uncovered();
    assert.deepEqual([error.code, terms.models[0].price, model.calls.length], ["voucher_missing", String(UNIT), 0]);
    const first = await json(...call("one"));
    assert.deepEqual([first.body.choices[0].message.content, first.receipt.number, first.receipt.units], ["answer 1", 0, 5]);
    const second = await json(...call("two"));
    assert.deepEqual([second.body.choices[0].message.content, second.owed.calls, second.owed.units], ["answer 2", 2, 10]);
    assert.equal(await end("SIGKILL"), "SIGKILL");
    await fails(3, "", ...call("three"));
    end = await serve(config);
    const third = await json(...call("three"));
    assert.deepEqual([third.body.choices[0].message.content, third.receipt.number, model.calls.length], ["answer 3", 2, 3]);
    await json("--dev", "charlie", "consumer", "voucher", String(channel));
    assert.equal(await end("SIGTERM"), 0);

    const [settled] = await json("--dev", "bob", "--wait", "finalized", "host", "settle");
    assert.deepEqual([settled.channel, settled.calls, settled.amount, settled.error], [channel, 3, String(15n * UNIT), null]);
    assert.deepEqual(await json("--dev", "bob", "host", "settle"), []);
    const { settled: kept } = await json("consumer", "show", String(channel));
    assert.deepEqual([kept.calls, kept.units], [3, 15]);
    await json("--dev", "bob", "--wait", "finalized", "host", "close", String(channel));
    await audit(url, { client: CLIENT });
  });
});
