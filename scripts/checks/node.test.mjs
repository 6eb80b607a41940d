// The node program as an operator meets it: what it refuses and how it says so, keys, chain specs, blocks moved from one database to
// another, and both of its network backends.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { foreignSpecification } from "./foreign.mjs";
import { freeBasePort, newNetwork, NODE, run, temporaryFolder } from "./support.mjs";

const MINUTE = 60_000;
// What the network has made before its blocks are moved: some that are final, and, as validators vote behind the head, some that are not.
const HEIGHT = 4;
const ALICE = {
  secretKeyUri: "//Alice",
  ss58Address: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  publicKey: "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
};

describe("the node", { timeout: 5 * MINUTE }, () => {
  const folder = temporaryFolder();
  const at = (...names) => join(folder, ...names);
  let network;

  before(async () => {
    network = await newNetwork(at("network"), 2);
    network.validators[1].flags = ["--network-backend", "litep2p"];
    await network.start();
  });

  after(() => network?.stop());

  /** Runs a node on free ports, or others that `flags` name, with a base path of its own. */
  async function start(name, flags, specification = network.specification) {
    const port = await freeBasePort();
    const ports = { "--rpc-port": String(port), "--listen-addr": `/ip4/127.0.0.1/tcp/${port + 1_000}` };
    const words = Object.entries({ "--base-path": at(name), "--chain": specification, ...ports, ...flags }).flat();
    return run(NODE, [...words, "--no-prometheus", "--no-mdns", "--unsafe-force-node-key-generation"]);
  }

  /** It ended by itself, and the line that says why has each of these words. */
  function refused({ code, errors }, words, expected = 1) {
    assert.equal(code, expected, errors);
    const reason = errors.split("\n").find((line) => /^error: /i.test(line)) ?? "";
    for (const part of words) assert.ok(reason.includes(part), `'${part}' is not in '${reason || errors}'`);
  }

  /** Runs a subcommand on a base path; it succeeds, and what it printed is returned. */
  async function succeed(command, base, ...words) {
    const { code, output, errors } = await run(NODE, [command, "--chain", network.specification, "--base-path", base, ...words]);
    assert.equal(code, 0, errors);
    return output;
  }

  const chain = async (base) => JSON.parse(await succeed("chain-info", base));

  it("refuses an unknown flag and a wrong value, and names them", async () => {
    refused(await run(NODE, ["--no-such-flag"]), ["'--no-such-flag'"], 2);
    refused(await run(NODE, ["--rpc-port", "70000"]), ["'70000' for '--rpc-port"], 2);
    refused(await run(NODE, ["--network-backend", "pigeons"]), ["'pigeons' for '--network-backend"], 2);
  });

  it("refuses to start without a chain, and says how one is given", async () => {
    refused(await run(NODE, []), ["no chain given", "--chain"]);
  });

  it("refuses a taken port, and says which and what for", async () => {
    const server = createServer();
    await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    const { port } = server.address();
    try {
      const reason = `cannot listen on 127.0.0.1:${port} for`;
      refused(await start("taken", { "--listen-addr": `/ip4/127.0.0.1/tcp/${port}` }), [`${reason} peers`]);
      refused(await start("taken", { "--rpc-port": String(port) }), [`${reason} RPC`]);
    } finally {
      server.close();
    }
  });

  it("refuses a corrupt node key, and names its file", async () => {
    const file = at("garbage-key");
    writeFileSync(file, "garbage");
    refused(await start("key", { "--node-key-file": file }), [`the node key file ${file} is corrupt`]);
  });

  it("refuses a keystore with a file that is no key, or another key than its name says, and names the file", async () => {
    const { code, errors } = await run(NODE, ["key", "insert", "--chain", network.specification, "--base-path", at("keys"),
      "--suri", "//Alice", "--scheme", "sr25519", "--key-type", "babe"]);
    assert.equal(code, 0, errors);
    const [id] = readdirSync(at("keys", "chains"));
    const keystore = at("keys", "chains", id, "keystore");
    const [name] = readdirSync(keystore);
    const corrupt = `the key file ${join(keystore, name)} is corrupt`;
    writeFileSync(join(keystore, name), "//Alice");
    refused(await start("keys", {}), [`${corrupt}: it does not hold a secret phrase`]);
    writeFileSync(join(keystore, name), JSON.stringify("//Bob"));
    refused(await start("keys", {}), [`${corrupt}: its secret does not belong to the public key in its name`]);
  });

  it("refuses a chain spec that is missing or not JSON, and names the file", async () => {
    refused(await start("spec", {}, at("nowhere.json")), [`\`${at("nowhere.json")}\` is neither`, "No such file"]);
    const file = at("text.json");
    writeFileSync(file, "this is not JSON");
    refused(await start("spec", {}, file), [`\`${file}\` is neither`, "parsing spec file"]);
  });

  it("refuses the chain spec of another chain, or of none, and says what it lacks", async () => {
    const file = at("foreign.json");
    writeFileSync(file, foreignSpecification("foreign"));
    refused(await start("spec", {}, file), ["`foreign` is not one of Tributary: its runtime is called `another-chain`, not `tributary`"]);
    writeFileSync(file, foreignSpecification("foreign", { runtime: false }));
    refused(await start("spec", {}, file), ["`foreign` is not one of Tributary: its genesis has no runtime"]);
    assert.ok(!existsSync(at("spec", "chains", "foreign", "db")), "no database was begun");
  });

  it("makes keys that it recognises again by their phrase, each another", async () => {
    const json = async (...words) => {
      const { code, output, errors } = await run(NODE, ["key", ...words, "--output-type", "json"]);
      assert.equal(code, 0, errors);
      return JSON.parse(output);
    };
    const [one, other] = [await json("generate"), await json("generate")];
    assert.notEqual(one.secretPhrase, other.secretPhrase);
    assert.equal(one.secretPhrase.split(" ").length, 12);
    assert.deepEqual(await json("inspect", one.secretPhrase), one);
    const { secretSeed, ...alice } = await json("inspect", "//Alice");
    assert.deepEqual({ ...alice, ...ALICE }, alice);
    assert.equal((await json("inspect", secretSeed)).ss58Address, ALICE.ss58Address);
  });

  it("exports chain specs that are the same each time and tell wallets the token", async () => {
    const exported = async (name) => {
      const { code, output, errors } = await run(NODE, ["export-chain-spec", "--chain", name]);
      assert.equal(code, 0, errors);
      return output;
    };
    const [one, again, local] = await Promise.all(["dev", "dev", "local"].map(exported));
    assert.ok(one === again, "two exports of one chain differ");
    for (const [text, id, validators] of [[one, "tributary_dev", 1], [local, "tributary_local", 4]]) {
      const specification = JSON.parse(text);
      assert.equal(specification.id, id);
      assert.deepEqual(specification.properties, { ss58Format: 42, tokenDecimals: 12, tokenSymbol: "TRIB" });
      assert.equal(specification.genesis.runtimeGenesis.patch.session.keys.length, validators);
    }
  });

  it("speaks libp2p and litep2p, and nodes of both finalise the same blocks", async () => {
    const backends = ["libp2p", "litep2p"];
    for (const [index, validator] of network.validators.entries()) {
      // Of two validators both must vote: neither gets here alone.
      await validator.finalises(HEIGHT, 120);
      const { peers } = await validator.rpc("system_health");
      assert.equal(peers, 1);
      assert.match(readFileSync(validator.log, "utf8"), new RegExp(`Running ${backends[index]} network backend`));
    }
    const hashes = await Promise.all(network.validators.map((validator) => validator.blockHash(HEIGHT)));
    assert.match(hashes[0], /^0x[0-9a-f]{64}$/);
    assert.equal(hashes[0], hashes[1]);
  });

  it("refuses a database that another node has open", async () => {
    const { folder: base } = network.validators[0];
    refused(await start("", { "--base-path": base }), [`the database ${base}/`, "is in use by another node"]);
  });

  it("refuses a database that was begun with another genesis, and names both", async () => {
    const { folder: base } = network.validators[1];
    await network.stop();
    const specification = JSON.parse(readFileSync(network.specification, "utf8"));
    specification.genesis.runtimeGenesis.patch.balances.balances.pop();
    const file = at("richer.json");
    writeFileSync(file, JSON.stringify(specification));
    const { genesis_hash: genesis } = await chain(base);
    refused(await start("", { "--base-path": base }, file),
      [`the database ${base}/`, `belongs to the chain with genesis ${genesis}`, "but the chain spec `tributary_local` describes 0x"]);
  });

  it("exports its blocks, and imports them into an empty database, to the same head", async () => {
    const { folder: base } = network.validators[0];
    const [blocks, copy] = [at("blocks"), at("copy")];
    const source = await chain(base);
    assert.ok(source.best_number >= HEIGHT);
    await succeed("export-blocks", base, blocks);
    await succeed("import-blocks", copy, blocks);
    const { best_number: height, best_hash: hash, genesis_hash: genesis } = await chain(copy);
    assert.deepEqual({ height, hash, genesis }, { height: source.best_number, hash: source.best_hash, genesis: source.genesis_hash });

    truncateSync(blocks, Math.floor(statSync(blocks).size / 2));
    mkdirSync(at("cut"));
    refused(await run(NODE, ["import-blocks", "--chain", network.specification, "--base-path", at("cut"), blocks]), ["Error reading block #"]);
  });

  it("reverts blocks that are not final, and no others", async () => {
    const { folder: base } = network.validators[0];
    const head = await chain(base);
    assert.ok(head.best_number > head.finalized_number, "there is something to revert");
    await succeed("revert", base, "1");
    assert.equal((await chain(base)).best_number, head.best_number - 1);
    await succeed("revert", base, "100");
    const { best_number: best, best_hash: hash } = await chain(base);
    assert.deepEqual({ best, hash }, { best: head.finalized_number, hash: head.finalized_hash });
  });

  it("purges a chain's database when that is confirmed, and leaves the keys", async () => {
    const { folder: base } = network.validators[0];
    const [id] = readdirSync(join(base, "chains"));
    const [database, keystore] = ["db", "keystore"].map((name) => join(base, "chains", id, name));
    await succeed("purge-chain", base);
    assert.ok(existsSync(database), "nobody has said yes");
    await succeed("purge-chain", base, "-y");
    assert.ok(!existsSync(database));
    assert.equal(readdirSync(keystore).length, 2);
  });
});
