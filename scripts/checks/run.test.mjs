// What scripts/run starts, once programs are built: that it goes on with the chain it has, and only with a chain of the runtime it was built with.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { freeBasePort, NODE, run, temporaryFolder } from "./support.mjs";

const MINUTE = 60_000;
const PROGRAM = fileURLToPath(new URL("../lib/run.mjs", import.meta.url));
// An empty frame of the kind that decompression skips: the same runtime in other bytes.
const SKIPPED = "502a4d1800000000";

describe("scripts/run", { timeout: 5 * MINUTE }, () => {
  const folder = temporaryFolder();
  const network = join(folder, "network");
  // It stops what it has started when it is asked to end, so it is not killed.
  const options = { env: { ...process.env, TRIBUTARY_NETWORK: network }, killSignal: "SIGTERM" };
  const words = (port, ...more) => [PROGRAM, "--validators", "1", "--no-story", "--base-port", String(port), ...more];
  const refused = async (...more) => {
    const { code, errors } = await run(process.execPath, words(await freeBasePort(), ...more), options);
    assert.equal(code, 1, errors);
    return errors;
  };

  /** It goes up, and is interrupted then. */
  async function upAndDown(...more) {
    const port = await freeBasePort();
    const up = `The network is up: ws://127.0.0.1:${port}`;
    const heard = (child, { output }) => {
      if (output.includes(up)) child.kill("SIGINT");
    };
    const { code, output, errors } = await run(process.execPath, words(port, ...more), { ...options, heard, seconds: 120 });
    assert.equal(code, 0, output + errors);
    assert.ok(output.includes(up), output + errors);
    await assert.rejects(fetch(`http://127.0.0.1:${port}`), "its node has ended");
  }

  it("refuses words that it does not know", async () => {
    for (const [says, ...more] of [
      ["--validators takes a whole number from 1 to 16, not '0'", "--validators", "0"],
      ["--story takes digits or texts, not 'poems'", "--story", "poems"],
      ["'--no-such-flag'", "--no-such-flag"],
    ]) {
      const { code, errors } = await run(process.execPath, [PROGRAM, ...more], options);
      assert.equal(code, 2);
      assert.ok(errors.includes(says), errors);
    }
    assert.ok(!existsSync(network));
  });

  it("refuses a taken port before it touches anything", async () => {
    const server = createServer();
    const port = await freeBasePort();
    await new Promise((resolve) => { server.listen(port, "127.0.0.1", resolve); });
    try {
      const { code, errors } = await run(process.execPath, words(port), options);
      assert.equal(code, 1);
      assert.ok(errors.includes(`port ${port}, for validator Alice, is taken`), errors);
      assert.ok(!existsSync(network));
    } finally {
      server.close();
    }
  });

  it("refuses to go on with a chain of another runtime, and says what to do", async () => {
    const { output } = await run(NODE, ["export-chain-spec", "--chain", "local"]);
    const specification = JSON.parse(output);
    specification.genesis.runtimeGenesis.code += SKIPPED;
    specification.genesis.runtimeGenesis.patch.session.keys.splice(1);
    mkdirSync(network);
    writeFileSync(join(network, "chain-spec.json"), JSON.stringify(specification));
    const errors = await refused();
    for (const part of [network, "another runtime", "--fresh"]) assert.ok(errors.includes(part), errors);
  });

  it("begins anew when asked to, and goes on with its own chain the next time", async () => {
    await upAndDown("--fresh");
    await upAndDown();
    const errors = await refused("--validators", "2");
    assert.ok(errors.includes("has 1 validators, not 2") && errors.includes("--fresh"), errors);
  });
});
