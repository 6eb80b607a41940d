// The client as its user meets it, on a network of one validator: exit codes, what errors say, keys, files and answers for programs.
import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ApiPromise, WsProvider } from "@polkadot/api";
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

describe("the client", { timeout: 4 * MINUTE }, () => {
  const folder = temporaryFolder();
  const at = (name) => join(folder, name);
  let network;
  let url;

  before(async () => {
    network = await newNetwork(at("network"), 1);
    await network.start();
    await network.validators[0].finalises(0, 120);
    ({ url } = network.validators[0]);
  });

  after(() => network?.stop());

  /** Runs the client with an empty environment of its own, so that no key or setting of this machine counts. */
  const client = (...words) => run(CLIENT, ["--url", url, "--state-dir", at("state"), "--wait", "included", ...words], { env: { HOME: folder } });

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
});
