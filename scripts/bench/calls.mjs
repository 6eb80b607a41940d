// Many paid calls through many channels on a network of validators. See scripts/bench/calls.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { CLIENT, freeBasePort, newNetwork, run, temporaryFolder } from "../checks/support.mjs";
import { binaries } from "../lib/options.mjs";

const [CALLS = 100_000, CHANNELS = 100, VALIDATORS = 4] = process.argv.slice(2).map(Number);
const LOAD = join(binaries, "examples", "load");
const LICENCE = fileURLToPath(new URL("../story/licence.txt", import.meta.url));
const TRIB = 10n ** 12n;
const PRICE = TRIB / 1_000n;
// What a call takes.
const TOKENS = 3n;
const KILLS = 10;
// Calls that the vanishing consumer makes at the least before it vanishes.
const VANISHES_AFTER = 100;
const PATH = "/v1/completions";
const PATIENCE = 3_600;

/** A model that answers at once. */
async function upstream() {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      server.asked += 1;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ choices: [{ text: "yes" }], usage: { total_tokens: Number(TOKENS) } }));
    });
  });
  server.asked = 0;
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return server;
}

class Bench {
  constructor(network, folder, model) {
    Object.assign(this, { network, folder, model });
    this.url = network.validators[0].url;
    this.kills = 0;
  }

  async begin() {
    this.api = await ApiPromise.create({ provider: new WsProvider(this.url), noInitWarn: true });
    const keyring = new Keyring({ type: "sr25519" });
    this.consumer = keyring.addFromUri("//Charlie");
    this.host = keyring.addFromUri("//Bob");
    const weights = join(this.folder, "weights.bin");
    writeFileSync(weights, "weights");
    const { terms } = await this.client("--dev", "alice", "licence", "publish", "--preset", "commercial", "--royalty", "10%",
      "--text", LICENCE, "--text-uri", "file:licence.txt");
    const { model } = await this.client("--dev", "alice", "model", "register", "--kind", "base", "--weights", weights, "--terms", terms);
    await this.client("--dev", "alice", "licence", "offer", `model:${model}`, "0.0007", "--host-share", "20%");
    this.port = await freeBasePort();
    await this.client("--dev", "bob", "host", "register");
    await this.client("--dev", "bob", "host", "offer", String(model), "0.001", "--share", "20%", "--endpoint", this.endpoint);
    this.config = join(this.folder, "host.toml");
    writeFileSync(this.config, [
      `listen = "127.0.0.1:${this.port}"`,
      "[limits]", "calls_per_second = 1000000", "channel_calls_per_second = 1000000", "lookups_per_second = 1000000",
      "[settling]", "every_seconds = 30",
      `[models.${model}.upstream]`, `url = "http://127.0.0.1:${this.model.address().port}"`, "prompt_tokens = 50", "most_tokens = 100",
    ].join("\n"));
    this.modelId = model;
  }

  get endpoint() {
    return `http://127.0.0.1:${this.port}`;
  }

  async client(...words) {
    const flags = ["--url", this.url, "--state-dir", join(this.folder, "state"), "--json"];
    const { code, output, errors } = await run(CLIENT, [...flags, ...words], { env: { HOME: this.folder }, seconds: 600 });
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  }

  /** Starts the host's server. */
  async serve() {
    const words = ["--url", this.url, "--state-dir", join(this.folder, "state"), "--dev", "bob", "host", "serve", "--config", this.config];
    const program = spawn(CLIENT, words, { stdio: ["ignore", "ignore", "pipe"], env: { HOME: this.folder } });
    process.on("exit", () => program.kill("SIGKILL"));
    this.server = program;
    let said = "";
    await new Promise((resolve, reject) => {
      program.stderr.setEncoding("utf8").on("data", (text) => {
        said = (said + text).slice(-10_000);
        if (said.includes("Calls are answered at")) resolve();
      });
      program.on("close", (code) => reject(new Error(`the host ended with ${code}: ${said}`)));
    });
  }

  async end(signal) {
    const ended = new Promise((resolve) => { this.server.on("close", resolve); });
    this.server.kill(signal);
    await ended;
  }

  /** Opens channels for so many calls each, and waits until they are final. */
  async open(count, calls) {
    const { number } = await this.api.rpc.chain.getHeader();
    const expires = number.toNumber() + 20_000;
    const units = BigInt(calls) * TOKENS + 100n;
    const open = this.api.tx.metering.open({ Id: this.host.address }, this.modelId, this.consumer.address, units, PRICE, expires);
    const channels = [];
    // As many as surely fit into a block.
    for (let rest = count; rest > 0; rest -= 25) {
      const batch = this.api.tx.utility.batchAll(new Array(Math.min(25, rest)).fill(open));
      const events = await new Promise((resolve, reject) => {
        batch.signAndSend(this.consumer, ({ status, events: found, dispatchError }) => {
          if (dispatchError) reject(new Error(String(dispatchError.asModule ? this.api.registry.findMetaError(dispatchError.asModule).name : dispatchError)));
          if (status.isFinalized) resolve(found);
        }).catch(reject);
      });
      for (const { event } of events) if (event.method === "ChannelOpened") channels.push(event.data.channel.toNumber());
    }
    assert.equal(channels.length, count);
    return { channels, units, expires };
  }

  /** Starts who calls. */
  load(name, { channels, units, expires }, calls) {
    const file = join(this.folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({
      endpoint: this.endpoint, path: PATH, genesis: this.api.genesisHash.toHex(), key: "//Charlie", model: this.modelId, price: Number(PRICE),
      units: Number(units), expires, receipt_key: [...this.host.publicKey], calls, channels,
    }));
    const directory = join(this.folder, name);
    mkdirSync(directory, { recursive: true });
    const program = spawn(LOAD, [file, directory], { stdio: ["ignore", "pipe", "inherit"] });
    process.on("exit", () => program.kill("SIGKILL"));
    let output = "";
    program.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
    const ended = new Promise((resolve) => { program.on("close", (code, signal) => resolve({ code: code ?? signal, output })); });
    return { program, ended };
  }

  /** What the host has answered of a channel. */
  async answered(channel) {
    const response = await fetch(`${this.endpoint}/v1/channels/${channel}`).catch(() => undefined);
    return response?.ok ? (await response.json()).answered.calls : 0;
  }

  async settled(channel) {
    const { settled } = (await this.api.query.metering.channels(channel)).unwrap();
    return {
      channel, count: settled.count.toNumber(), units: settled.units.toNumber(), amount: settled.amount.toString(), root: settled.root.toHex(),
    };
  }

  /** Ends the server, settles what it has not, and waits until that is final. */
  async finish() {
    await this.end("SIGTERM");
    await this.client("--dev", "bob", "--wait", "finalized", "host", "settle");
  }

  /** All calls, until they are settled and final. Returns what was measured. */
  async play({ kills }) {
    const calls = Math.ceil(CALLS / CHANNELS);
    // A new directory answers only channels that are opened afterwards.
    await this.serve();
    const opened = await this.open(CHANNELS, calls);
    const vanishing = kills > 0 ? await this.open(1, calls) : undefined;
    const from = (await this.api.rpc.chain.getHeader()).number.toNumber();
    const asked = this.model.asked;
    const begin = Date.now();
    const consumer = this.load(`consumer-${kills}`, opened, calls);
    let left;
    if (vanishing) {
      const other = this.load("vanishing", vanishing, calls);
      const [channel] = vanishing.channels;
      while ((await this.answered(channel)) < Math.min(VANISHES_AFTER, calls / 2)) await sleep(20);
      other.program.kill("SIGKILL");
      await other.ended;
      left = channel;
    }
    // Kills spread over what the whole takes, which is known from how far the first channel is.
    for (let kill = 1; kill <= kills; kill += 1) {
      while ((await this.answered(opened.channels[0])) < (calls * kill) / (kills + 1)) await sleep(50);
      await this.end("SIGKILL");
      await this.serve();
    }
    const { code, output } = await consumer.ended;
    assert.equal(code, 0);
    const seconds = (Date.now() - begin) / 1_000;
    const vanished = left === undefined ? undefined : await this.answered(left);
    await this.finish();

    const owed = JSON.parse(output);
    const settled = await Promise.all(opened.channels.map((channel) => this.settled(channel)));
    assert.deepEqual(settled, owed, "what is settled is what each consumer has receipts of, to the root");
    const count = settled.reduce((sum, one) => sum + one.count, 0);
    assert.equal(count, calls * CHANNELS, "none is lost, none comes twice");
    if (left !== undefined) {
      const { count: paid } = await this.settled(left);
      assert.ok(paid === vanished - 1 || paid === vanished, `the vanished consumer had ${vanished} answers and paid ${paid}`);
      console.log(`a consumer that vanished: ${vanished} answers, ${paid} of them paid`);
    }
    return { calls: count, seconds, asked: this.model.asked - asked, ...(await this.bytes(from)) };
  }

  /** Extrinsics that settle, since a block, and their bytes. */
  async bytes(from) {
    const to = (await this.api.rpc.chain.getHeader(await this.api.rpc.chain.getFinalizedHead())).number.toNumber();
    let extrinsics = 0;
    let bytes = 0;
    for (let number = from; number <= to; number += 1) {
      const { block } = await this.api.rpc.chain.getBlock(await this.api.rpc.chain.getBlockHash(number));
      for (const extrinsic of block.extrinsics) {
        if (extrinsic.method.section !== "metering" || extrinsic.method.method !== "settle") continue;
        extrinsics += 1;
        bytes += extrinsic.encodedLength;
      }
    }
    return { extrinsics, bytes };
  }
}

const folder = temporaryFolder();
const model = await upstream();
const network = await newNetwork(join(folder, "network"), VALIDATORS, { epoch: 20 });
let failure;
setTimeout(() => { console.error(`it took longer than ${PATIENCE} s`); process.exit(1); }, PATIENCE * 1_000).unref();
try {
  await network.start();
  await network.validators[0].finalises(0, 120);
  const bench = new Bench(network, folder, model);
  await bench.begin();
  console.log(`${CALLS} calls through ${CHANNELS} channels, ${VALIDATORS} validators on the same machine`);
  for (const kills of [0, KILLS]) {
    const { calls, seconds, asked, extrinsics, bytes } = await bench.play({ kills });
    console.log(`${kills} kills: ${calls} calls settled and final, ${(calls / seconds).toFixed(0)} a second; the model was asked ${asked} times; ` +
      `${extrinsics} extrinsics of ${bytes} bytes: ${(bytes / calls).toFixed(2)} bytes a call`);
  }
  await bench.api.disconnect();
} catch (error) {
  failure = error;
}
model.close();
model.closeAllConnections();
await network.stop();
if (failure) throw failure;
