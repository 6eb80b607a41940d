// The client as its user meets it, on a network of one validator: exit codes, what errors say, keys, files and answers for programs.
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ApiPromise, WsProvider } from "@polkadot/api";
import { audit } from "../audit/audit.mjs";
import { CLIENT, freeBasePort, newNetwork, run, temporaryFolder } from "./support.mjs";

const MINUTE = 60_000;
// What the exit codes mean is told by `tributary --help`.
const [REFUSED, MISUSED, FAILED] = [1, 2, 3];
const TRIB = 10n ** 12n;
const LICENCE = fileURLToPath(new URL("../story/licence.txt", import.meta.url));
const ALICE = {
  address: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  seed: "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a",
};

// One neighbour answers, two newcomers count: small enough to value by looking. Images of 2 x 2 pixels, all four of the same grey.
const ANIMALS = {
  dimension: 4,
  classes: 3,
  neighbours: 1,
  horizon: 2,
  radius: 4,
  benchmark: 6,
  min_records: 1,
  max_records: 128,
  deposit_per_byte: "0.0001",
  fee_per_record: "0.001",
  provider_bond: "60",
  evaluator_bond: "60",
  providers_share: "3%",
  evaluator_share: "3%",
  steward_share: "2%",
  periods: { committing: 14, delivering: 10, revealing: 30, publishing: 3, challenging: 2, window: 16 },
};
const CLASSES = ["cat", "dog", "bird"];
const METADATA = { about: "Small animals", classes: CLASSES, quantisation: { offset: 128, scale: 1 }, image: { width: 2, height: 2 } };

/** Images of one grey each as a CSV file of decimal numbers, with names for labels. */
const greys = (...images) => `a,b,c,d,label\n${images.map(([grey, name]) => `${Array(4).fill(grey).join(",")},${name}\n`).join("")}`;

/** Images of one grey each as an array of NumPy's. */
function arrayOf(images) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${images.length}, 2, 2), }\n`;
  const start = Buffer.from(`\x93NUMPY\x01\x00\0\0${header}`, "latin1");
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(new Float32Array(images.flatMap(([grey]) => Array(4).fill(grey))).buffer)]);
}

const sum = (list, part) => list.reduce((total, item) => total + BigInt(item[part]), 0n);

describe("the client", { timeout: 9 * MINUTE }, () => {
  const folder = temporaryFolder();
  const at = (name) => join(folder, name);
  let network;
  let url;

  before(async () => {
    network = await newNetwork(at("network"), 1, { epoch: 10 });
    await network.start();
    await network.validators[0].finalises(0, 120);
    ({ url } = network.validators[0]);
  });

  after(() => network?.stop());

  /** Runs the client with an empty environment of its own, so that no key or setting of this machine counts. */
  const client = (...words) => run(CLIENT, ["--url", url, "--state-dir", at("state"), "--wait", "included", ...words], { env: { HOME: folder }, seconds: 300 });

  /** What a command answers to programs: all of standard output is one value. */
  async function json(...words) {
    const { code, output, errors } = await client("--json", ...words);
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  }

  /** The command ends with this code, prints nothing, and its error has each of these words: for people, and for programs as well. */
  async function fails(code, says, ...words) {
    for (const flags of [[], ["--json"]]) {
      const outcome = await client(...flags, ...words);
      assert.equal(outcome.code, code, outcome.errors);
      assert.equal(outcome.output, "");
      const error = flags.length > 0 ? JSON.parse(outcome.errors).error : undefined;
      if (error) assert.equal(error.code, code);
      const message = error?.message ?? outcome.errors;
      for (const part of says) assert.ok(message.includes(part), `'${part}' is not in '${message}'`);
    }
  }

  function file(name, content, mode = 0o600) {
    writeFileSync(at(name), content);
    chmodSync(at(name), mode);
    return at(name);
  }

  it("says with code 3 that there is no node at an address", async () => {
    const nobody = `ws://127.0.0.1:${await freeBasePort()}`;
    await fails(FAILED, [`cannot connect to ${nobody}`], "--url", nobody, "datanet", "list");
  });

  it("refuses with code 2 what cannot be meant, and names it", async () => {
    await fails(MISUSED, ["there is no datanet 7"], "datanet", "show", "7");
    await fails(MISUSED, ["there is no datanet 7"], "--dev", "alice", "contribute", "commit", "7", "records.csv");
    await fails(MISUSED, ["there is no model 7"], "model", "show", "7");
    await fails(MISUSED, ["there is no model 7"], "statement", "--model", "7");
    await fails(MISUSED, ["there is no datanet 7"], "statement", "--datanet", "7");
    await fails(MISUSED, ["there is no model 7"], "--dev", "alice", "dispute", "open", "7", "--reexecuted", "--evidence-hash", "00".repeat(32));
    await fails(MISUSED, ["`nobody` is neither an address"], "--dev", "alice", "send", "nobody", "1");
    await fails(MISUSED, ["ws://node.example:9944 is not encrypted"], "--url", "ws://node.example:9944", "datanet", "list");
    for (const [part, ...words] of [
      ["'no-such-command'", "no-such-command"],
      ["'--no-such-flag'", "datanet", "list", "--no-such-flag"],
      ["`1.2345678901234` has more than 12 decimals", "send", "dev:bob", "1.2345678901234"],
    ]) {
      const { code, errors } = await client(...words);
      assert.equal(code, MISUSED);
      assert.ok(errors.includes(part), errors);
    }
  });

  it("says with code 1 what the chain refused: the call, the pallet's error and what its documentation says", async () => {
    const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
    // As the runtime has it, read by another program.
    const docs = (pallet, error) => api.errors[pallet][error].meta.docs.map((line) => line.toString().trim()).join(" ");
    try {
      for (const [call, error, doc, ...words] of [
        ["Rewards.withdraw", "Rewards::NothingToWithdraw", docs("rewards", "NothingToWithdraw"), "withdraw"],
        ["Datanets.accept_transfer", "Datanets::DatanetNotFound", docs("datanets", "DatanetNotFound"), "datanet", "accept", "7"],
      ]) {
        assert.ok(doc.length > 0);
        await fails(REFUSED, [`${call} was refused: ${error}`, doc], "--dev", "alice", ...words);
        const { errors } = await client("--json", "--dev", "alice", ...words);
        const { message, ...parts } = JSON.parse(errors).error;
        assert.deepEqual(parts, { code: REFUSED, call, error, doc });
      }
    } finally {
      await api.disconnect();
    }
  });

  it("says with code 1 that an account cannot pay the fee", async () => {
    await json("key", "new", "pauper");
    await fails(REFUSED, ["Balances.transfer_keep_alive was refused", "fees"], "--key", "pauper", "send", "dev:bob", "1");
  });

  it("takes a seed from a file that only its owner can read", async () => {
    const open = file("open", ALICE.seed, 0o644);
    await fails(MISUSED, [open, "can be read or changed by others", "chmod 600"], "--key", open, "key", "show");
    const empty = file("empty", "\n");
    await fails(MISUSED, [empty, "the secret is empty"], "--key", empty, "key", "show");
    const garbage = file("garbage", "correct horse battery staple");
    await fails(MISUSED, [garbage, "neither a phrase of twelve or more words nor a seed"], "--key", garbage, "key", "show");
    const seed = file("seed", `${ALICE.seed}\n`);
    assert.equal((await json("--key", seed, "key", "show")).address, ALICE.address);

    const { address } = await json("key", "new", "heir");
    await json("--key", seed, "send", "heir", "5");
    assert.equal(BigInt((await json("balance", address)).free), 5n * TRIB);
  });

  it("takes no seed and no phrase from the command line", async () => {
    const { file: kept } = await json("key", "new", "secretive");
    const phrase = readFileSync(kept, "utf8").trim();
    assert.equal(phrase.split(" ").length, 12);
    for (const secret of [ALICE.seed, phrase, "//Alice", `${phrase}//1`]) {
      for (const words of [["--key", secret, "key", "show"], ["key", "show", secret], ["key", "import", "mine", secret]]) {
        const { code, output } = await client(...words);
        assert.equal(code, MISUSED, words.join(" "));
        assert.equal(output, "");
      }
    }
  });

  it("refuses records that are not as the recipe asks, and names file and line", async () => {
    const recipe = file("recipe.json", JSON.stringify({ ...(await json("datanet", "recipe")), dimension: 4, classes: 2 }));
    const { terms } = await json("--dev", "alice", "licence", "publish", "--preset", "commercial", "--royalty", "20%",
      "--text", LICENCE, "--text-uri", "file:licence.txt");
    const { datanet } = await json("--dev", "alice", "datanet", "create", "--recipe", recipe, "--terms", terms);
    const id = String(datanet);
    assert.equal((await json("datanet", "show", id)).datanet, datanet);
    await json("--dev", "alice", "datanet", "providers", id, "dev:alice");
    await json("--dev", "alice", "datanet", "open-round", id);
    const { free } = await json("balance", "dev:bob");
    for (const [says, content] of [
      ["line 3: `x` is not an integer", "a,b,c,d,label\n1,2,3,4,0\n1,2,x,4,0\n"],
      ["line 3: 4 columns where the recipe asks for 4 features and a label", "a,b,c,d,label\n1,2,3,4,0\n1,2,4,0\n"],
      ["line 3: the label 2 is not between 0 and 1", "a,b,c,d,label\n1,2,3,4,0\n1,2,3,4,2\n"],
      ["line 2: the feature 128 is not between -128 and 127", "1,2,3,4,0\n1,2,3,128,1\n"],
      ["has no records", "a,b,c,d,label\n"],
      ["has 2 records; the recipe asks for 128 to 4096", "1,2,3,4,0\n1,2,3,4,1\n"],
    ]) {
      const records = file("records.csv", content);
      await fails(MISUSED, [records, says], "--dev", "bob", "contribute", "commit", id, records);
    }
    await fails(MISUSED, [at("none.csv")], "--dev", "bob", "contribute", "commit", id, at("none.csv"));
    assert.equal((await json("balance", "dev:bob")).free, free, "nothing was sent");
    assert.deepEqual((await json("round", "show", id)).contributions, []);

    const good = file("records.csv", `a,b,c,d,label\n${Array.from({ length: 128 }, (_, index) => `${index},2,3,-4,${index % 2}\n`).join("")}`);
    await json("--dev", "bob", "contribute", "commit", id, good);
    const [contribution] = (await json("round", "show", id)).contributions;
    assert.equal(contribution.records, 128);
  });

  it("refuses metadata that do not fit the recipe: they never change", async () => {
    const recipe = file("animals.json", JSON.stringify(ANIMALS));
    for (const [wrong, says] of [
      [{ classes: ["cat", "dog"] }, "`classes` has 2 names where the recipe asks for 3"],
      [{ quantisation: { offset: 0, scale: 0 } }, "0 in `scale` is not above 0"],
      [{ image: { width: 3, height: 2 } }, "images of 3 x 2"],
    ]) {
      const metadata = file("wrong.json", JSON.stringify(wrong));
      await fails(MISUSED, ["the metadata, which never change", says],
        "--dev", "alice", "datanet", "create", "--recipe", recipe, "--terms", "00".repeat(32), "--metadata-file", metadata);
    }
  });

  it("tells contributors what their records would be worth, and afterwards where their value comes from", async () => {
    const recipe = file("animals.json", JSON.stringify(ANIMALS));
    const metadata = file("metadata.json", JSON.stringify(METADATA));
    const { terms } = await json("--dev", "alice", "licence", "publish", "--preset", "commercial", "--royalty", "10%",
      "--text", LICENCE, "--text-uri", "file:licence.txt");
    const { datanet } = await json("--dev", "alice", "datanet", "create", "--recipe", recipe, "--terms", terms, "--metadata-file", metadata);
    const id = String(datanet);
    await json("--dev", "alice", "datanet", "providers", id, "dev:alice");
    // 128 is nothing, a step is 1: grey 100 becomes -28.
    const quantised = async (name, content, ...words) => {
      const source = file(name, content);
      const target = at(`${name}.records.csv`);
      return [target, await json("records", "quantise", id, source, target, ...words)];
    };
    const [bob, report] = await quantised("bob.csv", greys([100, "cat"], [160, "dog"], ["100.4", "cat"]));
    assert.deepEqual([report.records, report.clamped], [3, 0]);
    assert.equal(readFileSync(bob, "utf8"), "f0,f1,f2,f3,label\n-28,-28,-28,-28,0\n32,32,32,32,1\n-28,-28,-28,-28,0\n");
    const [charlie] = await quantised("charlie.csv", greys([98, "dog"]));
    const benchmark = [[96, "cat"], [164, "dog"], [228, "bird"]].flatMap((image) => Array(4).fill(image));
    const labels = file("labels.txt", benchmark.map(([, name]) => `${name}\n`).join(""));
    const [slices] = await quantised("benchmark.npy", arrayOf(benchmark), "--labels", labels);
    const [, bright] = await quantised("bright.csv", greys([300, "bird"], [0, "bird"]));
    assert.deepEqual([bright.clamped, bright.records_clamped], [4, 1]);
    for (const [says, content] of [
      ["line 2: `bright` is not a number", greys(["bright", "cat"])],
      ["line 3: `mouse` is no class", greys([1, "cat"], [2, "mouse"])],
      ["line 2: NaN in column 0 is not a finite number", greys(["NaN", "cat"])],
    ]) {
      await fails(MISUSED, [says], "records", "quantise", id, file("bad.csv", content), at("never.csv"));
      assert.ok(!existsSync(at("never.csv")));
    }
    await fails(MISUSED, ["exists already"], "records", "quantise", id, at("bob.csv"), bob);

    await json("--dev", "ferdie", "datanet", "pledge", id, "--price", "100", "--budget", "50");
    await json("--dev", "alice", "--wait", "finalized", "datanet", "open-round", id, "--sponsor", "dev:ferdie");
    const first = await json("contribute", "estimate", id, bob);
    assert.deepEqual(first.rounds, []);
    assert.deepEqual([first.copies_of_admitted, first.copies_within, first.fee], [0, 1, String(3n * TRIB / 1_000n)]);
    assert.equal(first.offers[0].price, String(100n * TRIB));

    await Promise.all([
      json("--dev", "alice", "slices", "commit", id, slices, "--overlap"),
      json("--dev", "bob", "contribute", "commit", id, bob),
    ]);
    await json("--dev", "charlie", "contribute", "commit", id, charlie);
    const [{ bond, contribution: bobs }, { contribution: charlies }] = (await json("round", "show", id)).contributions;
    await Promise.all([
      json("--dev", "bob", "contribute", "deliver", id),
      json("--dev", "charlie", "contribute", "deliver", id),
      json("--dev", "alice", "slices", "reveal", id),
      json("--dev", "eve", "evaluate", id),
    ]);
    const { proposals } = await json("round", "show", id);
    await json("--dev", "eve", "--wait", "finalized", "finalise", id);

    const { data } = await json("statement", "--datanet", id);
    const unit = BigInt(data.unit);
    const values = new Map(data.contributions.map(({ contribution, value }) => [contribution, BigInt(value)]));
    // Cats are answered by Charlie's dog before Bob's cat, dogs by Bob's dog, birds by nobody's bird; the guess is right in one of three.
    assert.deepEqual([values.get(bobs), values.get(charlies)], [2n * unit / 9n, -2n * unit / 9n]);
    const taken = async (number) => {
      const found = await json("statement", "--datanet", id, "--contribution", String(number), "--csv", at(`csv-${number}`));
      for (const parts of ["classes", "benchmark", "own"]) assert.equal(sum(found[parts], "value"), values.get(number), parts);
      for (const [name, rows] of [["classes", found.classes], ["benchmark", found.benchmark], ["records", found.own]]) {
        const [heading, ...lines] = readFileSync(join(at(`csv-${number}`), `${name}.csv`), "utf8").trim().split("\n").map((line) => line.split(","));
        const place = heading.indexOf("value");
        assert.deepEqual(lines.map((line) => line[place]), rows.map(({ value }) => value));
      }
      return found;
    };
    const good = await taken(bobs);
    assert.deepEqual(good.classes.map(({ name, records, value }) => [name, records, BigInt(value)]),
      [["cat", 2, unit / 9n], ["dog", 2, 2n * unit / 9n], ["bird", 2, -unit / 9n]]);
    assert.deepEqual(good.own.map(({ class: label, value, rows, copy }) => [label, BigInt(value), rows, copy]),
      [[0, 0n, 6, false], [1, 2n * unit / 9n, 4, false], [0, 0n, 0, true]]);
    const bad = await taken(charlies);
    assert.deepEqual(bad.hurt.map(({ class: label, answered_before: before, answered_after: after }) => [CLASSES[label], before, after]),
      [["cat", [null], [1]], ["cat", [null], [1]]]);
    assert.deepEqual([bad.helped, bad.lost, BigInt(bad.burnt) > 0n], [[], [0], true]);
    assert.equal(sum(good.benchmark, "after"), BigInt(data.rounds[0].after));
    assert.deepEqual(proposals.map(({ complete, after }) => [complete, after]), [[true, data.rounds[0].after]]);
    await fails(MISUSED, ["exists already"], "statement", "--datanet", id, "--contribution", String(bobs), "--csv", at(`csv-${bobs}`));
    await fails(MISUSED, [`datanet ${id} has no contribution 7`], "statement", "--datanet", id, "--contribution", "7");
    const { output } = await client("statement", "--datanet", id, "--contribution", String(charlies));
    for (const part of ["its parts below sum to the chain's value exactly", "1 x no record", "1 x dog"]) assert.ok(output.includes(part), output);

    // All that came in is somebody's, in tables for files as well.
    const tables = at("csv-whole");
    const { earned } = await json("statement", "--csv", tables);
    const places = [...earned.roles, earned.treasury].map((entry) => BigInt(entry.earned));
    const placed = [...places, BigInt(earned.burnt), BigInt(earned.carried)].reduce((total, amount) => total + amount, 0n);
    assert.equal(placed, Object.values(earned.received).reduce((total, amount) => total + BigInt(amount), 0n));
    const units = (coins) => {
      const [whole, decimals = ""] = coins.split(".");
      return BigInt(whole + decimals.padEnd(12, "0"));
    };
    const [heading, ...roles] = readFileSync(join(tables, "roles.csv"), "utf8").trim().split("\n").map((line) => line.split(/,(?! )/));
    assert.deepEqual(heading, ["role", "in all", "paid out", "to be withdrawn", "to be settled", "waiting", "vesting", "share"]);
    assert.equal(units(roles.at(-1)[1]), placed);
    assert.equal(roles.slice(0, -1).reduce((total, row) => total + units(row[1]), 0n), placed);
    for (const name of ["accounts", "assets", "concentration", "contributions", "correlations", "earnings", "pot", "received", "rounds"]) {
      assert.ok(existsSync(join(tables, `${name}.csv`)), name);
    }
    await fails(MISUSED, ["is in", tables], "statement", "--csv", tables);
    const bobsOwn = await json("statement", "--account", "dev:bob", "--csv", at("csv-bob"));
    assert.ok(bobsOwn.roles.some(({ role }) => role === "contributors_sponsors"));
    assert.equal(readFileSync(join(at("csv-bob"), "credits.csv"), "utf8").split("\n")[0], "earned from,as,amount");
    // Only Bob's records are in the pool: all by either method, and right of cats and dogs.
    const joint = await json("statement", "--datanet", id, "--joint", "--csv", at("csv-joint"));
    assert.deepEqual(joint.contributions.map(({ contribution, part, joint_part: other }) => [contribution, part, other]), [[bobs, 1, 1]]);
    assert.ok(Math.abs(joint.contributions[0].joint_value - 2 / 3) < 1e-12);
    await fails(MISUSED, ["is not final"], "statement", "--datanet", id, "--joint", "--round", "2");
    await fails(MISUSED, [`datanet ${id} has no round 9`], "statement", "--datanet", id, "--round", "9");

    // What Charlie takes back is gone from the state, and stays in blocks.
    await json("--dev", "charlie", "reclaim", id, String(charlies));
    const again = await json("statement", "--datanet", id, "--contribution", String(charlies), "--round", "1");
    assert.deepEqual(again, bad);

    await json("--dev", "ferdie", "--wait", "finalized", "datanet", "pledge", id, "--price", "100", "--budget", "50");
    const [birds] = await quantised("birds.csv", greys([224, "bird"], [160, "dog"], [224, "bird"]));
    const estimate = await json("contribute", "estimate", id, birds, "--rounds", "9");
    assert.deepEqual(estimate.rounds.map(({ round, value }) => [round, BigInt(value)]), [[1, unit / 3n]]);
    assert.deepEqual([estimate.copies_of_admitted, estimate.copies_within], [1, 1]);
    const [offer] = estimate.offers;
    assert.deepEqual([offer.round, offer.taken, BigInt(offer.pays[0].pay), offer.pays[0].burnt], [2, false, 100n * TRIB / 3n, "0"]);
    assert.equal(estimate.bond, bond);
    const loss = await json("contribute", "estimate", id, charlie);
    assert.deepEqual([BigInt(loss.rounds[0].value), loss.offers[0].pays[0].pay], [-unit / 3n, "0"]);
    assert.equal(loss.offers[0].pays[0].burnt, bond, "no more than the bond");
    await fails(MISUSED, ["no-such.csv"], "contribute", "estimate", id, at("no-such.csv"));
  });

  it("answers programs with one JSON value, amounts as text in the smallest unit", async () => {
    const balance = await json("balance", "dev:dave");
    assert.equal(balance.free, String(1_000_000n * TRIB));
    const { address } = await json("key", "new", "listed");
    assert.deepEqual((await json("key", "list")).filter(({ name }) => name === "listed"), [{ name: "listed", address }]);
    const sent = await json("--dev", "dave", "send", "dev:bob", "1.5");
    const transfer = sent.events.find(({ pallet, event }) => pallet === "Balances" && event === "Transfer");
    assert.equal(transfer.fields.amount, "1500000000000");
    for (const words of [["datanet", "recipe"], ["datanet", "list"], ["licence", "presets"], ["key", "dev"], ["model", "list"], ["statement"]]) {
      assert.equal(typeof (await json(...words)), "object", words.join(" "));
    }
  });

  it("takes what attestors agree on, and calls it attested wherever it is shown", async () => {
    const recipe = file("attested.json", JSON.stringify(ANIMALS));
    const { terms } = await json("--dev", "alice", "licence", "publish", "--preset", "commercial", "--royalty", "12%",
      "--text", LICENCE, "--text-uri", "file:licence.txt");
    const { datanet } = await json("--dev", "alice", "datanet", "create", "--recipe", recipe, "--terms", terms, "--attested", "2");
    const id = String(datanet);
    await fails(REFUSED, ["TooFewAttestors"], "--dev", "alice", "datanet", "providers", id, "dev:dave");
    await json("--dev", "alice", "datanet", "providers", id, "dev:dave", "dev:eve", "dev:ferdie");
    await json("--dev", "alice", "--wait", "finalized", "datanet", "open-round", id);
    const records = (name, ...rows) => file(name, rows.map(([grey, label]) => `${Array(4).fill(grey).join(",")},${label}\n`).join(""));
    const bob = records("bob.attested.csv", [-28, 0], [32, 1], [-27, 0]);
    const charlie = records("charlie.attested.csv", [-30, 1]);
    const benchmark = records("benchmark.csv", ...[[-32, 0], [36, 1], [100, 2]].flatMap((record) => [record, record]));

    await fails(MISUSED, ["say with --reference"], "--dev", "bob", "contribute", id, bob);
    await fails(MISUSED, ["is attested"], "--dev", "dave", "slices", "commit", id, benchmark);
    await json("--dev", "bob", "contribute", "commit", id, bob);
    await json("--dev", "charlie", "contribute", "commit", id, charlie);
    const place = (name) => `https://example.org/${name}`;
    await Promise.all(["bob", "charlie"].map((name) =>
      json("--dev", name, "--wait", "finalized", "contribute", "deliver", id, "--reference", place(name))));
    await json("--dev", "alice", "--wait", "finalized", "round", "advance", id, "--until", "revealed");

    const revealed = await json("round", "show", id);
    const [bobs, charlies] = revealed.contributions.map(({ contribution }) => contribution);
    assert.deepEqual(revealed.references, { [bobs]: place("bob"), [charlies]: place("charlie") });
    assert.deepEqual([revealed.evidence, revealed.attestations], ["attested", []]);
    // Whoever values open rounds leaves it alone, and says so.
    const left = `Round 1 of datanet ${id} is attested: there are no records to look at`;
    const leave = (child, { errors }) => errors.includes(left) && child.kill();
    const evaluator = await run(CLIENT, ["--url", url, "--state-dir", at("state"), "--dev", "dave", "evaluator", "run", "--datanet", id],
      { env: { HOME: folder }, heard: leave });
    assert.ok(evaluator.errors.includes(left), evaluator.errors);

    const attest = (...words) => ["attest", id, "1", ...words, "--benchmark", benchmark];
    await fails(MISUSED, [`contribution ${charlies} of`, place("charlie")], ...attest(bob, "--dry-run"));
    await fails(MISUSED, ["its root is"], ...attest(bob, charlie, benchmark, "--dry-run"));
    await fails(MISUSED, ["2 of each class"], "attest", id, "1", bob, charlie, "--benchmark", bob, "--dry-run");
    const dry = await json(...attest(charlie, bob, "--dry-run"));
    const unit = BigInt(dry.unit);
    // Cats are answered by Charlie's dog before Bob's cats, dogs by Bob's dog, birds by nobody's bird: as with open records.
    assert.deepEqual(dry.contributions.map(({ value }) => BigInt(value)), [2n * unit / 9n, -2n * unit / 9n]);
    assert.equal(dry.statement, (await json(...attest(bob, charlie, "--dry-run"))).statement);
    await fails(MISUSED, ["is no attestor"], "--dev", "bob", ...attest(bob, charlie));

    const first = await json("--dev", "dave", ...attest(bob, charlie));
    assert.deepEqual([first.statement, first.agreeing, first.final], [dry.statement, 1, false]);
    const other = await json("--dev", "eve", ...attest(bob, "--without", String(charlies)));
    assert.deepEqual([other.agreeing, other.final, other.contributions[1].value], [1, false, "0"]);
    const said = (await json("round", "show", id)).attestations.map(({ statement }) => statement);
    assert.deepEqual(said, [dry.statement, other.statement]);
    const last = await json("--dev", "ferdie", "--wait", "finalized", ...attest(bob, charlie));
    assert.deepEqual([last.agreeing, last.final], [2, true]);

    const { model } = await json("--dev", "bob", "--wait", "finalized", "model", "register", "--kind", "base", "--trained-on", `${id}:1`,
      "--weights", bob, "--terms", terms);
    const shown = await json("datanet", "show", id);
    assert.deepEqual([shown.evidence, shown.round_list[0].evidence, shown.round_list[0].phase], ["attested", "attested", "Final"]);
    const { data } = await json("--wait", "finalized", "statement", "--datanet", id);
    assert.deepEqual(data.rounds.map(({ round, evidence }) => [round, evidence]), [[1, "attested"]]);
    assert.deepEqual(data.contributions.map(({ value }) => BigInt(value)), [2n * unit / 9n, -2n * unit / 9n]);
    const { models: [{ edges }] } = await json("model", "lineage", String(model));
    assert.equal(edges[0].evidence, "attested");
    for (const words of [["round", "show", id], ["datanet", "show", id], ["statement", "--datanet", id], ["model", "show", String(model)], ["model", "lineage", String(model)]]) {
      const { output } = await client(...words);
      assert.ok(output.includes("attested") && !output.includes("measured"), output);
    }
    for (const words of [
      ["datanet", "export", id, at("export.csv")],
      ["contribute", "estimate", id, bob],
      ["evaluate", id, "--check"],
      ["statement", "--datanet", id, "--contribution", String(bobs)],
      ["statement", "--datanet", id, "--joint"],
    ]) await fails(MISUSED, [`datanet ${id} is attested: the chain has roots`], ...words);

    // Without signing anything: what a model would owe, or why it cannot be. Then what an owner has left out.
    const register = (kind, ...words) => ["model", "register", "--kind", kind, "--weights", charlie, "--terms", terms, ...words];
    const dryRun = ["--dry-run", "--account", "dev:bob"];
    const trial = await json(...register("base", "--trained-on", `${id}:1`), ...dryRun);
    assert.deepEqual([trial.dry_run, trial.royalties.length], [true, 1]);
    await fails(REFUSED, ["ParentNotFound"], ...register("fine-tune", "--parent", "999"), ...dryRun);
    const { model: forgetful } = await json("--dev", "bob", "--wait", "finalized", ...register("base"));
    await fails(REFUSED, ["What to do"], "--dev", "bob", "model", "add-parent", String(model), `trained-on:${id}:1`);
    await json("--dev", "bob", "--wait", "finalized", "model", "add-parent", String(forgetful), `trained-on:${id}:1`);
    const { models: [{ edges: [named] }], data: [{ contributors }] } = await json("model", "lineage", String(forgetful));
    assert.ok(named.debt > 0 && !named.upheld);
    assert.deepEqual(contributors.map(({ contribution, withdrawn }) => [contribution, withdrawn]), [[bobs, null]]);

    // What was paid for the model is said to have come by no call, and is all that Bob has earned from pools.
    await json("--dev", "dave", "--wait", "finalized", "pay", `model:${model}`, "10");
    const came = await json("contributor", "calls", "--account", "dev:bob");
    const paid = came.lines.find((line) => line.datanet === datanet);
    assert.deepEqual([paid.contribution, paid.by, paid.model, paid.calls, paid.each], [bobs, "payments", model, 0, null]);
    assert.ok(BigInt(paid.amount) > 0n && paid.weight === paid.whole);
    assert.deepEqual([came.by_calls, sum(came.lines, "amount")], ["0", BigInt(came.earned)]);
    const { roles } = await json("statement", "--account", "dev:bob");
    assert.equal(came.earned, roles.find(({ role }) => role === "contributors_pools").earned);

    // The auditor has followed who said what, and every unit that this chain has paid so far.
    const { rounds } = await audit(url, { client: CLIENT });
    assert.deepEqual(rounds.filter((round) => round.datanet === datanet).map(({ how }) => how), [", attested by 2"]);
  });
});
