// The life of a datanet and of two models, played with the client alone, as anybody could.
import { execFile } from "node:child_process";
import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ancestry, CEILING } from "./ancestry.mjs";
import { DIGITS } from "./data.mjs";

const LICENCE = fileURLToPath(new URL("licence.txt", import.meta.url));
const CALLS = 100;
const PRICE_OF_A_CALL = "1";
// Who endows the others: accounts of the test networks, each busy with one payment at a time.
const ENDOWERS = ["alice", "bob", "charlie", "dave", "eve", "ferdie"];

// What every story's recipe says beside its own part.
const RECIPE = {
  neighbours: 5,
  horizon: 32,
  benchmark: 100,
  min_records: 128,
  max_records: 4096,
  deposit_per_byte: "0.0001",
  fee_per_record: "0.001",
  provider_bond: "100",
  evaluator_bond: "100",
  providers_share: "3%",
  evaluator_share: "3%",
  steward_share: "2%",
  vesting: 1,
};

/** The periods of a chain with epochs of so many slots: the time to challenge is a tenth of an epoch at the least. */
const periodsOf = (epoch) => {
  const challenging = Math.max(4, Math.ceil(epoch / 10));
  return { committing: 10, delivering: 30, revealing: 30, publishing: 4, challenging, window: challenging + 16 };
};

const run = promisify(execFile);

/** The client, for people who sign with keys of their own. */
export class Client {
  constructor(program, url, folder) {
    Object.assign(this, { program, url, folder });
    this.ending = new AbortController();
    // One for each command that runs at the same time.
    setMaxListeners(64, this.ending.signal);
  }

  /** What a command answers to programs. */
  async call(who, ...words) {
    const signer = who ? (ENDOWERS.includes(who) ? ["--dev", who] : ["--key", who]) : [];
    return this.answer(...signer, ...words);
  }

  /** What a command with flags of its own answers to programs. */
  async answer(...words) {
    return JSON.parse(await this.print("--json", ...words));
  }

  /** What a command prints. */
  async print(...words) {
    const flags = ["--url", this.url, "--state-dir", join(this.folder, "state")];
    try {
      const { stdout } = await run(this.program, [...flags, ...words], { maxBuffer: 64 * 1024 * 1024, signal: this.ending.signal });
      return stdout;
    } catch (error) {
      throw new Error(`tributary ${words.join(" ")}: ${error.stderr?.trim() || error.message}`);
    }
  }
}

class Story {
  constructor(client, folder, plot, seed, epoch, say) {
    Object.assign(this, { client, folder, plot, epoch, say });
    this.rounds = plot.divide(seed);
    this.addresses = new Map();
  }

  file(name, content) {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Where the records lie that are held back for a round's benchmark. */
  benchmark(round) {
    return join(this.folder, `benchmark-${round}.csv`);
  }

  /** Keys for everybody, with something to begin with. */
  async people() {
    const staff = ["Steward", "Provider", "Sponsor", "Evaluator", "Basil", "Iris", "Lena", "Nemo", "Mallory", "Consumer", "Heir"];
    const names = [...staff, ...this.rounds.flatMap(({ contributions }) => contributions.map(({ name }) => name))];
    for (const name of names) {
      const { address } = await this.client.call(undefined, "key", "new", name);
      this.addresses.set(name, address);
    }
    await Promise.all(ENDOWERS.map(async (endower, index) => {
      for (const name of names.filter((_, position) => position % ENDOWERS.length === index)) {
        await this.client.call(endower, "--wait", "included", "send", name, "2000");
      }
    }));
    this.say(`${names.length} people have keys and 2,000 TRIB each`);
  }

  async publish(who, royalty, ceiling) {
    const most = ceiling ? ["--ceiling", ceiling] : [];
    const { terms } = await this.client.call(who, "licence", "publish", "--preset", "commercial", "--royalty", royalty, ...most,
      "--text", LICENCE, "--text-uri", "file:scripts/story/licence.txt");
    return terms;
  }

  async datanet() {
    const terms = await this.publish("Steward", "20%");
    const recipe = this.file("recipe.json", JSON.stringify({ ...RECIPE, periods: periodsOf(this.epoch), ...this.plot.recipe }));
    const { datanet } = await this.client.call("Steward", "datanet", "create", "--recipe", recipe, "--terms", terms,
      "--metadata", this.plot.about);
    this.id = String(datanet);
    await this.client.call("Steward", "datanet", "providers", this.id, "Provider");
    this.say(`the steward created datanet ${datanet}`);
  }

  async round(number) {
    const { heldBack, contributions } = this.rounds[number - 1];
    await this.client.call("Sponsor", "datanet", "pledge", this.id, "--price", "1000", "--budget", "900");
    await this.client.call("Steward", "datanet", "open-round", this.id, "--sponsor", "Sponsor");
    this.say(`round ${number} is open; the sponsor pays 1,000 TRIB for an accuracy of 1.0`);

    const benchmark = this.benchmark(number);
    writeFileSync(benchmark, this.plot.toCsv(heldBack));
    await Promise.all([
      this.client.call("Provider", "slices", "commit", this.id, benchmark, "--overlap"),
      ...contributions.map(({ name, records }) =>
        this.client.call(name, "contribute", "commit", this.id, this.file(`${name}.csv`, this.plot.toCsv(records)))),
    ]);
    this.say(`round ${number}: ${contributions.length} contributors and the provider committed, unseen`);

    await Promise.all(contributions.map(({ name }) => this.client.call(name, "contribute", "deliver", this.id)));
    this.say(`round ${number}: all records are delivered, in the open`);
    await this.client.call("Provider", "slices", "reveal", this.id);
    this.say(`round ${number}: randomness of a later epoch picked a slice, and the provider revealed it`);
    await this.client.call("Evaluator", "evaluate", this.id, "--finalise");
    this.say(`round ${number}: the evaluator's rows are published, the runtime's values are final`);
  }

  /** The evaluator adds advice on each record, by which nothing is paid. */
  async quality(number) {
    const { quality: verdict } = await this.client.call("Evaluator", "evaluate", this.id, String(number), "--quality");
    assert.equal(verdict, "right", "what is published is what everybody can compute");
    const { quality, contributions } = await this.client.call(undefined, "round", "show", this.id, String(number));
    const people = this.rounds[number - 1].contributions;
    const meanOf = (honest) => {
      const of = people.filter((person) => person.honest === honest).map(({ name }) => {
        const { contribution } = contributions.find(({ contributor }) => contributor === this.addresses.get(name));
        return quality.contributions.find((entry) => entry.contribution === contribution);
      });
      const records = of.reduce((sum, entry) => sum + entry.records, 0);
      return (of.reduce((sum, entry) => sum + entry.mean * entry.records, 0) / records).toFixed(0);
    };
    this.say(`round ${number}: the evaluator published the quality of each record, from 0 to 255: on the mean ${meanOf(true)} for the honest, ${meanOf(false)} for the others`);
  }

  /** Trains on what the datanet has admitted up to a round, and registers the result. */
  async model(owner, round, royalty, { parent, ceiling } = {}) {
    const snapshot = join(this.folder, `admitted-${round}.csv`);
    await this.client.call(undefined, "datanet", "export", this.id, snapshot, "--round", String(round));
    const file = join(this.folder, `model-${round}.bin`);
    const { records, test } = await this.client.call(undefined, "model", "train", snapshot, "--kind", "softmax", "--out", file,
      "--test", this.benchmark(round), ...(parent ? ["--from", parent.file] : []));
    const terms = await this.publish(owner, royalty, ceiling);
    const { noun } = this.plot;
    const descent = parent ? ["--kind", "fine-tune", "--parent", String(parent.id)] : ["--kind", "base"];
    const { model } = await this.client.call(owner, "model", "register", ...descent,
      "--trained-on", `${this.id}:${round}`, "--weights", file, "--terms", terms,
      "--metadata", `Softmax on ${records} ${noun}`);
    await this.client.call(owner, "licence", "offer", `model:${model}`, PRICE_OF_A_CALL);
    this.say(`${owner} registered model ${model}, trained on ${records} admitted records: ${(test.accuracy * 100).toFixed(1)} % of the held-back ${noun} right`);
    return { id: model, file };
  }

  /** A contributor hands over what will be earned: half of the sponsor's pay, and all that pools bring. */
  async handOver() {
    const { name } = this.rounds[0].contributions.findLast(({ honest }) => honest);
    const { data } = await this.client.call(undefined, "statement", "--datanet", this.id);
    const { contribution, vesting } = data.contributions.find(({ contributor, round }) => contributor === this.addresses.get(name) && round === 1);
    await this.client.call(name, "hand-over", this.id, String(contribution), this.addresses.get("Heir"));
    const shown = await this.client.call(undefined, "statement", "--account", this.addresses.get("Heir"));
    assert.equal(shown.vesting, vesting, "all that vests is the heir's");
    assert.ok(BigInt(vesting) > 0n, "something vests");
    this.say(`${name} handed over to an heir what contribution ${contribution} will earn`);
  }

  /** Pays for calls of the child; then everybody settles, claims and withdraws. */
  async earn(base, child) {
    const gross = String(CALLS * Number(PRICE_OF_A_CALL));
    await this.client.call("Consumer", "pay", `model:${child.id}`, gross);
    this.say(`a consumer paid for ${CALLS} calls of model ${child.id}: ${gross} TRIB`);
    // A parent's ledger receives from its child's.
    await this.client.call("Evaluator", "settle", "--model", String(child.id), "--model", String(base.id), "--crew", `${this.id}:2`);
    await this.client.call("Evaluator", "claim", "--everybody", "--datanet", this.id);
    // The second round let the rest of what the first one paid vest.
    await this.client.call("Evaluator", "vest", "--everybody", "--datanet", this.id);
    const { earned } = await this.client.call(undefined, "statement", "--account", this.addresses.get("Heir"));
    assert.deepEqual(new Set(earned.map(({ role }) => role)), new Set(["contributor", "sponsor pay"]), "the heir earns by pools and by what vests");
    await Promise.all([...this.addresses.keys()].map(async (name) => {
      const { claimable } = await this.client.call(undefined, "statement", "--account", name);
      if (BigInt(claimable) > 0n) await this.client.call(name, "withdraw");
    }));
    this.say("everybody settled, claimed, had paid what has vested, and withdrew");
  }

  /** Those whose data were rejected take back what was kept for them in state; then both rounds are valued again, by somebody without a key. */
  async check() {
    const { data } = await this.client.call(undefined, "statement", "--datanet", this.id);
    const names = new Map([...this.addresses].map(([name, address]) => [address, name]));
    const rejected = data.contributions.filter(({ status }) => status === "Rejected");
    await Promise.all(rejected.map(({ contribution, contributor }) =>
      this.client.call(names.get(contributor), "reclaim", this.id, String(contribution))));
    this.say(`${rejected.length} contributors took back what was still held for rejected data`);
    for (const { round, before, after } of data.rounds) {
      const again = await this.client.call(undefined, "evaluate", this.id, String(round), "--check", "--no-cache");
      assert.deepEqual([again.before, again.after], [before, after]);
    }
    this.say("somebody without a key valued both rounds again, from what lies in blocks: the same values");
    await this.takeApart(data);
  }

  /** Where values come from: of the best and the worst contribution of each round, reclaimed or not. */
  async takeApart({ contributions }) {
    for (const round of [1, 2]) {
      const ofRound = contributions.filter((contribution) => contribution.round === round)
        .sort((one, other) => Number(BigInt(one.value) - BigInt(other.value)));
      for (const { contribution, value } of [ofRound[0], ofRound.at(-1)]) {
        const parts = await this.client.call(undefined, "statement", "--datanet", this.id, "--round", String(round),
          "--contribution", String(contribution));
        for (const list of [parts.classes, parts.benchmark, parts.own]) {
          assert.equal(list.reduce((total, part) => total + BigInt(part.value), 0n), BigInt(value));
        }
      }
    }
    this.say("the best and the worst contributions of both rounds are taken apart by class, benchmark record and own record: the parts sum to their values");
  }

  /** A contributor withdraws consent: what was earned stays, and so do the snapshots of the rounds that are final. */
  async withdraw() {
    const { name } = this.rounds[0].contributions.find(({ honest }) => honest);
    const own = async () => {
      const { data } = await this.client.call(undefined, "statement", "--datanet", this.id);
      return data.contributions.find(({ contributor, round }) => contributor === this.addresses.get(name) && round === 1);
    };
    const before = await own();
    const { since } = await this.client.call(name, "withdraw-consent", this.id, String(before.contribution));
    assert.equal(since, 3, "round 3 is the next one to freeze");
    assert.deepEqual(await own(), { ...before, withdrawn_since: 3 }, "what was earned is earned");
    this.say(`${name} withdrew consent: rounds from ${since} on leave the data out, the pools of rounds 1 and 2 go on paying`);
  }

  /** Who earned what by their data, and whether the promises held. */
  async result() {
    const { data } = await this.client.call(undefined, "statement", "--datanet", this.id);
    const unit = BigInt(data.unit);
    for (const { round, before, after } of data.rounds) {
      const values = data.contributions.filter((contribution) => contribution.round === round);
      const sum = values.reduce((total, { value }) => total + BigInt(value), 0n);
      assert.equal(sum, BigInt(after) - BigInt(before), `the values of round ${round} sum to its gain in accuracy`);
    }
    const people = this.rounds.flatMap(({ contributions }, index) => contributions.map((person) => {
      const found = data.contributions.find(({ contributor, round }) =>
        contributor === this.addresses.get(person.name) && round === index + 1);
      const award = BigInt(found.award);
      const pools = BigInt(found.pools);
      const vesting = BigInt(found.vesting);
      return { ...person, round: index + 1, points: Number((BigInt(found.value) * 10_000n) / unit) / 100, award, vesting, pools, burnt: BigInt(found.burnt) };
    }));
    const total = people.reduce((sum, { award, pools }) => sum + award + pools, 0n);
    const garbage = people.filter(({ honest }) => !honest);
    const volume = (list) => list.reduce((sum, { records }) => sum + records.length, 0);
    assert.ok(total > 0n, "data earned money");
    assert.ok(volume(garbage) * 3 > volume(people), "more than a third of the records is garbage");
    for (const { name, award, pools } of garbage) {
      const most = (total * BigInt(this.plot.most)) / 100n;
      assert.ok(award + pools <= most, `${name} earned at most ${this.plot.most} % of the data money`);
    }
    return { rounds: data.rounds.map(({ round, before, after }) => ({ round, before: percent(before, unit), after: percent(after, unit) })), people, total };
  }
}

const percent = (value, unit) => `${(Number((BigInt(value) * 10_000n) / unit) / 100).toFixed(2)} %`;
const coins = (amount) => (Number(amount / 1_000_000n) / 1_000_000).toFixed(6);

/** The table of the people who contributed data. */
function table({ rounds, people, total }) {
  const lines = rounds.map(({ round, before, after }) => `round ${round}: accuracy ${before} -> ${after}`);
  const rows = [["round", "who", "records", "what they are", "points", "sponsor", "pools", "share of data money", "burnt"]];
  for (const { round, name, kind, records, points, award, pools, burnt } of people) {
    rows.push([String(round), name, String(records.length), kind, points.toFixed(2), coins(award), coins(pools), percent(award + pools, total), coins(burnt)]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const text = new Set([1, 3]);
  for (const row of rows) {
    lines.push(row.map((cell, column) => (text.has(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  "));
  }
  // Shares above are rounded down; these are not rounded at all where they are whole.
  for (const [who, honest] of [["the honest", true], ["the others", false]]) {
    const list = people.filter((person) => person.honest === honest);
    const money = list.reduce((sum, { award, pools }) => sum + award + pools, 0n);
    const records = list.reduce((sum, person) => sum + person.records.length, 0);
    lines.push(`${who}: ${list.length} contributors, ${records} records, ${percent(money, total)} of the data money`);
  }
  return lines.join("\n");
}

/**
 * Plays a story through the node behind `url`, of a chain with epochs of `epoch` slots, until `signal` interrupts it. Fails if a promise does not hold; then its files are kept.
 */
export async function playStory({ client: program, url, signal, plot = DIGITS, seed = 42, epoch = 20, say = console.log }) {
  const folder = mkdtempSync(join(tmpdir(), "tributary-story-"));
  const begin = Date.now();
  const clocked = (line) => say(`[${String(Math.round((Date.now() - begin) / 1_000)).padStart(4)} s] ${line}`);
  const client = new Client(program, url, folder);
  const story = new Story(client, folder, plot, seed, epoch, clocked);
  signal?.addEventListener("abort", () => client.ending.abort());
  try {
    await story.people();
    await story.datanet();
    await story.round(1);
    const [base] = await Promise.all([story.model("Basil", 1, "10%", { ceiling: CEILING }), story.quality(1)]);
    const ancestry = new Ancestry(story, base);
    await Promise.all([story.round(2), ancestry.begin()]);
    const [child] = await Promise.all([story.model("Iris", 2, "10%", { parent: base }), story.quality(2)]);
    await story.handOver();
    await ancestry.end();
    await story.earn(base, child);
    await story.check();
    await story.withdraw();
    const result = await story.result();
    say(`\nWhere model ${child.id} comes from\n\n${await client.print("model", "lineage", String(child.id))}`);
    say(`\n${await client.print("statement")}`);
    say(await client.print("statement", "--datanet", story.id, "--joint"));
    say(`Who earned by data, in TRIB\n\n${table(result)}\n`);
    rmSync(folder, { recursive: true, force: true });
    return result;
  } catch (error) {
    client.ending.abort();
    if (signal?.aborted) rmSync(folder, { recursive: true, force: true });
    error.message += `\nThe story's files are in ${folder}`;
    throw error;
  }
}
