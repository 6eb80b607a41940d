// A round about which three evaluators lie, each in another way and one of them three times, and one challenger, a contributor who watches
// and one evaluator who do not.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Keyring } from "@polkadot/api";
import { blake2AsU8a } from "@polkadot/util-crypto";
import { writeFileSync } from "node:fs";
import { bytesOf, join as bytes, tree } from "../audit/tree.mjs";
import { connect } from "../audit/chain.mjs";
import { Client } from "../story/story.mjs";
import { CLIENT, temporaryFolder } from "./support.mjs";

const PROPOSAL = 6;
const PAYLOAD = 7;
const ROW = 8;
const SHADOW = 9;
const ROUND = 1;
// Five blocks, in which an evaluator that was started again could publish what it has published already.
const QUIET = 15_000;
// Whoever lies; the story needs none of these accounts.
const LIARS = ["Charlie", "Dave", "Eve"];
const STEWARD = "alice/stash";
const CONTRIBUTOR = "bob/stash";
const CHALLENGER = "ferdie/stash";
const STRANGER = "ferdie";

// Two numbers and a label each, K = 1 and K* = 2: small enough to value by looking.
const RECIPE = {
  dimension: 2,
  classes: 2,
  neighbours: 1,
  horizon: 2,
  radius: 4,
  benchmark: 4,
  min_records: 1,
  max_records: 128,
  deposit_per_byte: "0.0001",
  fee_per_record: "0.001",
  provider_bond: "1",
  evaluator_bond: "100",
  providers_share: "3%",
  evaluator_share: "3%",
  steward_share: "2%",
  periods: { committing: 10, delivering: 10, revealing: 30, publishing: 6, challenging: 8, window: 80 },
};
// The fourth record copies the first one.
const RECORDS = [[0, 0, 0], [40, 0, 1], [20, 20, 0], [1, 1, 0], [44, 4, 1]];
// Any four of these that are two of each class make the same benchmark, but for its order.
const BENCHMARK = Array.from({ length: 8 }, (_, index) => (index % 2 ? [38, 10, 1] : [6, 4, 0]));

const csv = (records) => `x,y,label\n${records.map((record) => record.join(",")).join("\n")}\n`;
const hash = (content) => blake2AsU8a(content, 256);
const record = (contribution, position) => ({ contribution, position });

const bytesOfRecord = ({ contribution, position }) => bytes(bytesOf(contribution, 4), bytesOf(position, 2));
const rowLeaf = ({ entries }) => hash(bytes([ROW], [entries.length << 2],
  ...entries.map(({ record: id, matches }) => bytes(bytesOfRecord(id), [matches ? 1 : 0]))));
const shadowLeaf = ({ shadow, witness }) => hash(bytes([SHADOW], bytesOfRecord(shadow), bytesOfRecord(witness)));
const rootOf = (leaves) => tree(leaves.map((leaf) => ({ leaf, weight: 1n })), hash).hash;

/** The rows of a benchmark: of the newcomers that are not in `shadows`, the nearest two. There is nothing older. */
function rowsOf(benchmark, contribution, shadows) {
  const copies = new Set(shadows.map(({ shadow }) => shadow.position));
  return benchmark.map(([x, y, label]) => ({
    entries: RECORDS
      .map(([left, up, own], position) => ({ position, own, distance: (left - x) ** 2 + (up - y) ** 2 }))
      .filter(({ position, distance }) => !copies.has(position) && distance > RECIPE.radius)
      .sort((one, other) => one.distance - other.distance || one.position - other.position)
      .slice(0, RECIPE.horizon)
      .map(({ position, own }) => ({ record: record(contribution, position), matches: own === label })),
  }));
}

/** Three publications of a round, each wrong in another way. */
function lies(benchmark, contribution) {
  const shadows = [{ shadow: record(contribution, 3), witness: record(contribution, 0) }];
  const rows = rowsOf(benchmark, contribution, shadows);
  const flipped = structuredClone(rows);
  flipped[0].entries[0].matches = !flipped[0].entries[0].matches;
  return [
    { shadows, rows: flipped },
    { shadows, rows: rows.map(() => ({ entries: [] })) },
    { shadows: [], rows: rowsOf(benchmark, contribution, []) },
  ];
}

/** Signs and sends a call; ends when a block has it, and fails if it was refused. */
function send(call, pair, nonce) {
  return new Promise((resolve, reject) => {
    call.signAndSend(pair, { nonce }, ({ status, dispatchError }) => {
      if (dispatchError) reject(new Error(`${call.method.section}.${call.method.method}: ${dispatchError}`));
      else if (status.isInBlock) resolve();
      else if (status.isDropped || status.isInvalid) reject(new Error(`${call.method.method} is ${status.type}`));
    }).catch(reject);
  });
}

/** Commits to a publication and publishes it, as any program could. */
async function publish(api, pair, datanet, inputs, { shadows, rows }) {
  const payload = hash(bytes([PAYLOAD], inputs, rootOf(shadows.map(shadowLeaf)), rootOf(rows.map(rowLeaf))));
  const commitment = hash(bytes([PROPOSAL], pair.publicKey, bytesOf(datanet, 4), bytesOf(ROUND, 4), payload));
  // Counted here: when a block gives way to another one, its calls are in neither for a moment, and a node would say the same nonce again.
  let nonce = (await api.rpc.system.accountNextIndex(pair.address)).toNumber();
  await send(api.tx.valuation.commitProposal(datanet, ROUND, commitment), pair, nonce++);
  if (shadows.length > 0) await send(api.tx.valuation.publishShadows(datanet, ROUND, shadows), pair, nonce++);
  await send(api.tx.valuation.publishRows(datanet, ROUND, inputs, rows), pair, nonce);
}

/** Waits until `found` answers something. */
async function until(what, seconds, signal, found) {
  const deadline = Date.now() + seconds * 1_000;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const answer = await found();
    if (answer) return answer;
    await sleep(1_000);
  }
  throw new Error(`${seconds} s were not enough for ${what}`);
}

/** A program of the client that stays, with what it has said so far. */
function stay(client, who, ...words) {
  const program = spawn(CLIENT, ["--url", client.url, "--state-dir", join(client.folder, "state"), "--dev", who, ...words],
    { stdio: ["ignore", "ignore", "pipe"] });
  client.ending.signal.addEventListener("abort", () => program.kill("SIGKILL"));
  program.said = "";
  program.stderr.setEncoding("utf8").on("data", (text) => { program.said += text; });
  return program;
}

/** Plays it through the node behind `url`. What became of each lie, and whose valuation became final. */
export async function playLiars({ url, signal, metricsPort }) {
  const folder = temporaryFolder();
  const client = new Client(CLIENT, url, folder);
  signal.addEventListener("abort", () => client.ending.abort());
  const file = (name, content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const call = (who, ...words) => client.answer("--dev", who, ...words);
  const api = await connect(url);
  try {
    const { terms } = await call(STEWARD, "licence", "publish", "--preset", "commercial", "--royalty", "20%",
      "--text", file("licence.txt", "Do as the chain says."), "--text-uri", "file:licence.txt");
    const { datanet } = await call(STEWARD, "datanet", "create", "--recipe", file("recipe.json", JSON.stringify(RECIPE)), "--terms", terms);
    const id = String(datanet);
    await call(STEWARD, "datanet", "providers", id, "dev:alice/stash");
    await call(STEWARD, "datanet", "open-round", id);
    const challenger = stay(client, CHALLENGER, "challenger", "run", "--datanet", id, "--metrics", `127.0.0.1:${metricsPort}`);
    await Promise.all([
      call(STEWARD, "slices", "commit", id, file("benchmark.csv", csv(BENCHMARK)), "--overlap"),
      call(CONTRIBUTOR, "contribute", "commit", id, file("records.csv", csv(RECORDS))),
    ]);
    await call(CONTRIBUTOR, "contribute", "deliver", id);
    await call(STEWARD, "slices", "reveal", id);

    const round = await until("a complete benchmark", 60, signal, async () => {
      const found = (await api.query.datanets.rounds(datanet, ROUND)).unwrap();
      return found.phase.isRevealed && found;
    });
    // Slices are drawn from records of which only two differ: the order of their labels is what the roots are of.
    const benchmark = await revealed(api, datanet);
    const keyring = new Keyring({ type: "sr25519" });
    const liars = LIARS.map((name) => keyring.addFromUri(`//${name}//stash`));
    const wrong = lies(benchmark, 0);
    await Promise.all(liars.map((pair, index) => publish(api, pair, datanet, round.inputs.toU8a(), wrong[index])));

    const disproves = (count) => until(`${count} proposals to be disproved`, 90, signal, async () => (
      (await api.query.valuation.failures(datanet, ROUND)).toNumber() === count));
    await disproves(liars.length);
    // Who commits to the same once more has the same commitment.
    await publish(api, liars[0], datanet, round.inputs.toU8a(), wrong[0]);
    await disproves(liars.length + 1);
    // A block has a challenge before the one who sent it hears of that.
    const counted = new RegExp(`verdict="disproved"} ${liars.length + 1}\\n`);
    const metrics = await until("the challenger to count them", 30, signal, async () => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return counted.test(text) && text;
    });

    // Once the challenger is gone, the contributor's own program does as much. That of somebody whom the round does not concern looks on.
    challenger.kill("SIGKILL");
    const watching = stay(client, CONTRIBUTOR, "contributor", "watch", "--datanet", id);
    const stranger = stay(client, STRANGER, "contributor", "watch", "--datanet", id);
    await publish(api, liars[0], datanet, round.inputs.toU8a(), wrong[0]);
    await disproves(liars.length + 2);
    watching.kill("SIGKILL");
    stranger.kill("SIGKILL");

    // It is ended as soon as it has committed, and must go on with that when it comes back.
    let evaluator = stay(client, STEWARD, "evaluator", "run", "--datanet", id);
    await until("the evaluator to commit", 90, signal, async () => (await api.query.valuation.proposals(datanet, ROUND)).length === 1);
    evaluator.kill("SIGKILL");
    evaluator = stay(client, STEWARD, "evaluator", "run", "--datanet", id);
    const outcome = await until("a final round", 400, signal, async () => {
      const found = await api.query.valuation.outcomes(datanet, ROUND);
      return found.isSome && found.unwrap();
    });
    const final = await heightOf(api);
    await until("the quality of the round's records", 60, signal, async () => (
      (await eventsOf(api, datanet, final - 1)).some(({ method }) => method === "QualityPublished")));
    // Started again, it must see that nothing is left to publish.
    evaluator.kill("SIGKILL");
    evaluator = stay(client, STEWARD, "evaluator", "run", "--datanet", id);
    await sleep(QUIET);
    const events = await eventsOf(api, datanet);
    const proposersOf = (name) => events.filter((event) => event.method === name).map(({ data }) => data.proposer.toString());
    return {
      disproved: events
        .filter(({ method }) => method === "ProposalDisproved")
        .map(({ data }) => ({ proposer: data.proposer.toString(), challenger: data.challenger.toString() }))
        .sort((one, other) => LIARS.findIndex((name) => address(name) === one.proposer) - LIARS.findIndex((name) => address(name) === other.proposer)),
      proposals: proposersOf("ProposalCommitted"),
      liars: liars.map(({ address }) => address),
      challenger: { address: address("Ferdie"), said: challenger.said, metrics },
      contributor: address("Bob"),
      stranger: stranger.said,
      evaluator: address("Alice"),
      final: outcome.evaluator.toString(),
      scores: events
        .filter(({ method }) => method === "QualityPublished")
        .map(({ data }) => ({ evaluator: data.evaluator.toString(), batch: data.batch.toNumber(), count: data.scores.toNumber() })),
    };
  } finally {
    client.ending.abort();
    await api.disconnect();
  }
}

const heightOf = async (api) => (await api.rpc.chain.getHeader()).number.toNumber();

/** What happened to the valuations of a datanet's rounds from a block on. */
async function eventsOf(api, datanet, first = 1) {
  const last = await heightOf(api);
  const found = [];
  for (let height = first; height <= last; height += 1) {
    const then = await api.at(await api.rpc.chain.getBlockHash(height));
    for (const { event } of await then.query.system.events()) {
      if (event.section === "valuation" && event.data.datanet?.toNumber() === datanet) found.push(event);
    }
  }
  return found;
}

/** The address of a development account's stash. */
const address = (name) => new Keyring({ type: "sr25519" }).addFromUri(`//${name}//stash`).address;

/** The benchmark of a round, as it was revealed: the records in the order of the seats. */
async function revealed(api, datanet) {
  for (let height = await heightOf(api); height > 0; height -= 1) {
    const hashOfBlock = await api.rpc.chain.getBlockHash(height);
    const { block } = await api.rpc.chain.getBlock(hashOfBlock);
    for (const { method } of block.extrinsics) {
      if (method.section !== "datanets" || method.method !== "reveal") continue;
      const { datanet: of, records } = Object.fromEntries(method.meta.args.map(({ name }, index) => [name.toString(), method.args[index]]));
      if (of.toNumber() !== datanet) continue;
      const content = records.toU8a(true);
      return Array.from({ length: RECIPE.benchmark }, (_, index) => [...content.slice(3 * index, 3 * index + 3)]);
    }
  }
  throw new Error("no slice was revealed");
}
