// What settling a voucher costs, whatever the number of receipts that it pays: bytes, fee and weight of the extrinsic, and how long a node takes to
// apply it. docs/benchmarks.md has what came out.
//
//   node scripts/bench/settlement.mjs      needs the programs: cargo build --release --locked --workspace
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { CLIENT, newNetwork, run, temporaryFolder } from "../checks/support.mjs";
import { voucherHash, voucherOf } from "../lib/channel.mjs";

const LICENCE = fileURLToPath(new URL("../story/licence.txt", import.meta.url));
const COUNTS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
const TRIB = 10n ** 12n;
const PRICE = TRIB / 10_000n;
// How often a node tries to apply each.
const TRIES = 51;

const folder = temporaryFolder();
const network = await newNetwork(join(folder, "network"), 1, { epoch: 20 });
let failure;
try {
  await network.start();
  const [{ url }] = network.validators;
  await network.validators[0].finalises(0, 120);
  await measure(url);
} catch (error) {
  failure = error;
}
await network.stop();
if (failure) throw failure;

async function measure(url) {
  const client = async (...words) => {
    const flags = ["--url", url, "--state-dir", join(folder, "state"), "--wait", "included", "--json"];
    const { code, output, errors } = await run(CLIENT, [...flags, ...words], { env: { HOME: folder }, seconds: 120 });
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  };
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
  const keyring = new Keyring({ type: "sr25519" });
  const [host, consumer] = ["//Bob", "//Charlie"].map((name) => keyring.addFromUri(name));
  const weights = join(folder, "weights.bin");
  writeFileSync(weights, "weights");
  const { terms } = await client("--dev", "alice", "licence", "publish", "--preset", "commercial", "--royalty", "10%",
    "--text", LICENCE, "--text-uri", "file:licence.txt");
  const { model } = await client("--dev", "alice", "model", "register", "--kind", "base", "--weights", weights, "--terms", terms);
  await client("--dev", "alice", "licence", "offer", `model:${model}`, "0.00007", "--host-share", "20%");
  await client("--dev", "bob", "host", "register");
  await client("--dev", "bob", "host", "offer", String(model), "0.0001", "--share", "20%", "--endpoint", "http://127.0.0.1:1");

  const genesis = api.genesisHash.toU8a();
  const hash = (bytes) => api.registry.hash(bytes).toU8a();
  const filled = (byte) => new Uint8Array(32).fill(byte);
  console.log("receipts  bytes  fee in TRIB  reference time  proof size  applied in, of %d", TRIES);
  for (const count of COUNTS) {
    const { channel } = await client("--dev", "charlie", "consumer", "open", String(model), "dev:bob", String(count));
    const receipts = Array.from({ length: count }, (_, number) => (
      { channel, number, units: 1n, amount: PRICE, request: filled(1), response: filled(2) }));
    const voucher = voucherOf(genesis, channel, receipts, hash);
    const signature = { Sr25519: consumer.sign(voucherHash(genesis, model, voucher, hash)) };
    const call = api.tx.metering.settle([{ voucher, signature, consent: null }], []);
    const extrinsic = await call.signAsync(host);
    const times = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      const begin = performance.now();
      const outcome = await api.rpc.system.dryRun(extrinsic.toHex());
      times.push(performance.now() - begin);
      assert.ok(outcome.isOk && outcome.asOk.isOk, String(outcome));
    }
    times.sort((one, other) => one - other);
    const events = await new Promise((resolve, reject) => {
      extrinsic.send(({ status, events: found }) => { if (status.isInBlock) resolve(found); }).catch(reject);
    });
    const find = (name) => events.find(({ event }) => event.method === name).event.data;
    const { weight } = find("ExtrinsicSuccess").dispatchInfo;
    assert.equal(find("ChannelSettled").settled.count.toNumber(), count);
    const fee = find("TransactionFeePaid").actualFee.toBigInt();
    console.log([
      String(count).padStart(8),
      String(extrinsic.encodedLength).padStart(5),
      (Number(fee) / Number(TRIB)).toFixed(6).padStart(11),
      `${(weight.refTime.toNumber() / 1e6).toFixed(1)} µs`.padStart(14),
      String(weight.proofSize).padStart(10),
      `${times[(TRIES - 1) / 2].toFixed(2)} ms`,
    ].join("  "));
  }
  await api.disconnect();
}
