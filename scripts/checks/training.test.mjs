// Models that the client trains, without a network: on the data of the stories, as an export would have them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { blake2AsHex, blake2AsU8a } from "@polkadot/util-crypto";
import { bytesOf, join as joined, tree } from "../audit/tree.mjs";
import { encode } from "../lib/encoder.mjs";
import { DIGITS } from "../story/data.mjs";
import { TEXTS } from "../story/texts.mjs";
import { CLIENT, run, temporaryFolder } from "./support.mjs";

const [REFUSED, MISUSED] = [1, 2];
const SEED = 42;
const NEIGHBOURS = 5;
const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const USES = ["Train", "FineTune", "Modify", "Distil", "Retrieve", "Evaluate", "Infer", "Redistribute"];

const hash = (bytes) => blake2AsU8a(bytes, 256);
const utf8 = new TextEncoder();

/** A record as the chain has it: its raw bytes and its vector. */
function seen({ encoder, dimension }, { text, features }) {
  if (encoder === "Vector") return { raw: Uint8Array.from(features), vector: features };
  return { raw: utf8.encode(text), vector: encode(text, dimension) };
}

/** A number below 2^14 as SCALE writes lengths. */
const length = (number) => (number < 64 ? [number << 2] : [...bytesOf((number << 2) | 1, 2)]);

/** The root of a contribution. */
function root(recipe, records) {
  const leaves = records.map((record) => {
    const { raw, vector } = seen(recipe, record);
    const content = joined([0], hash(raw), [record.label], length(vector.length), Uint8Array.from(vector));
    return { leaf: hash(content), weight: 1n };
  });
  return `0x${Buffer.from(tree(leaves, hash).hash).toString("hex")}`;
}

/** Terms that allow uses of the asset itself, and their identifier. */
function termsOf(direct) {
  const text = { uri: "https://licence.example/", hash: `0x${"05".repeat(32)}`, spdx: "MIT" };
  const none = { share_alike: null, approval: null, fee: null, royalty: null, quota: null, expires: null };
  const terms = { direct, onward: USES, commercial: true, attribution: true, ...none, text };
  const bits = direct.reduce((sum, use) => sum + (1 << USES.indexOf(use)), 0);
  const string = (words) => [...length(words.length), ...utf8.encode(words)];
  // SCALE: what is not there is a zero.
  const encoded = joined([bits, 255, 1, 0, 1, 0, 0, 0, 0, 0], string(text.uri), Array(32).fill(5), string(text.spdx));
  return { terms, terms_hash: blake2AsHex(encoded, 256) };
}

const squaredDistance = (one, other) => one.reduce((sum, number, index) => sum + (number - other[index]) ** 2, 0);

describe("training", { timeout: 300_000 }, () => {
  const folder = temporaryFolder();
  const at = (name) => join(folder, name);
  const client = (...words) => run(CLIENT, ["--json", "--state-dir", at("state"), ...words], { env: { HOME: folder }, seconds: 120 });

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

  /** What honest people contributed to both rounds, as an export of the second one. */
  function exported(name, plot) {
    const people = plot.divide(SEED).flatMap(({ contributions }) => contributions).filter(({ honest }) => honest);
    const { encoder, dimension, classes } = plot.recipe;
    const contributions = people.map(({ records }, index) => (
      { contribution: 2 * index, contributor: ALICE, round: 1, records: records.length, left_out: [], root: root(plot.recipe, records), weight: "1", withdrawn_since: null }));
    const records = people.flatMap((person) => person.records);
    const licence = {
      genesis: `0x${"01".repeat(32)}`,
      datanet: 3,
      round: 2,
      only_this_round: false,
      min_quality: null,
      left_out: 0,
      ...termsOf(USES),
      steward: ALICE,
      recipe: { encoder, dimension, classes, neighbours: NEIGHBOURS },
      records: records.length,
      contributions,
    };
    const data = at(`${name}.csv`);
    writeFileSync(data, plot.toCsv(records));
    writeFileSync(`${data}.licence.json`, JSON.stringify(licence));
    const heldBack = plot.divide(SEED)[1].heldBack;
    const test = at(`${name}-held-back.csv`);
    writeFileSync(test, plot.toCsv(heldBack));
    const ids = people.flatMap((person, index) => person.records.map((_, position) => ({ contribution: 2 * index, position })));
    return { data, test, licence, records, ids, heldBack };
  }

  for (const [name, plot, least] of [["digits", DIGITS, { knn: 0.95, softmax: 0.9 }], ["texts", TEXTS, { knn: 0.5, softmax: 0.6 }]]) {
    it(`makes models of ${name}, the same with any number of threads, that tell what nobody has seen`, async (t) => {
      const { data, test, records } = exported(name, plot);
      for (const kind of ["knn", "softmax"]) {
        const train = (threads) => json("model", "train", data, "--kind", kind, "--test", test, "--threads", threads, "--out", at(`${name}-${kind}-${threads}`));
        const [one, two] = [await train("1"), await train("2")];
        assert.deepEqual([one.kind, one.records, one.test.records], [kind, records.length, plot.divide(SEED)[1].heldBack.length]);
        t.diagnostic(`${kind}: ${(one.test.accuracy * 100).toFixed(2)} % of ${one.test.records} right`);
        assert.ok(one.test.accuracy >= least[kind], `${one.test.accuracy}`);
        assert.deepEqual({ ...two, file: one.file }, one);
        const [file, other] = ["1", "2"].map((threads) => readFileSync(at(`${name}-${kind}-${threads}`)));
        assert.ok(file.equals(other));
        assert.equal(one.weights_hash, blake2AsHex(file, 256));
      }
    });
  }

  it("answers by the neighbours that another implementation finds, in the same order", async () => {
    const { data, records, ids, heldBack } = exported("neighbours", DIGITS);
    await json("model", "train", data, "--kind", "knn", "--out", at("neighbours"));
    for (const { features } of heldBack.slice(0, 6)) {
      const near = records.map((record, index) => ({ ...ids[index], label: record.label, distance: squaredDistance(record.features, features) }));
      near.sort((one, other) => one.distance - other.distance || one.contribution - other.contribution || one.position - other.position);
      const { prediction } = await json("model", "predict", at("neighbours"), "--input", features.join(","));
      assert.deepEqual(prediction.neighbours, near.slice(0, NEIGHBOURS));
      const votes = DIGITS.recipe.classes;
      const scores = Array.from({ length: votes }, (_, label) => near.slice(0, NEIGHBOURS).filter((one) => one.label === label).length / NEIGHBOURS);
      assert.deepEqual(prediction.scores, scores);
    }
  });

  it("refuses what the licence does not allow, and data that are not those of their licence", async () => {
    const { data, licence, records } = exported("refused", DIGITS);
    const train = ["model", "train", data, "--kind", "softmax", "--out", at("refused")];
    const describe = (changed) => writeFileSync(`${data}.licence.json`, JSON.stringify({ ...licence, ...changed }));
    describe({ terms: termsOf(["Infer"]).terms });
    await fails(MISUSED, "are not those whose hash it names", ...train);
    describe({ note: "mine" });
    await fails(MISUSED, "unknown field `note`", ...train);
    describe({ records: records.length + 1 });
    await fails(MISUSED, "records where the licence file speaks of", ...train);
    describe(termsOf(["Infer"]));
    await fails(REFUSED, "does not allow the use `train`", ...train);
    describe({});
    writeFileSync(data, DIGITS.toCsv([{ ...records[0], label: (records[0].label + 1) % 10 }, ...records.slice(1)]));
    await fails(MISUSED, "contribution 0 are not those that the chain has the root of", ...train);
    writeFileSync(data, DIGITS.toCsv(records));
    await json(...train);
    await fails(MISUSED, "exists already", ...train);
  });
});
