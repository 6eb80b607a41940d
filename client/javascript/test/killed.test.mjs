// A consumer that is killed at random moments loses no receipt, and pays nothing twice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Caller } from "../src/index.mjs";
import { folder, NOW, open, PATH, startHost } from "./support.mjs";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));
const KILLS = 12;

describe("a consumer that is killed", { timeout: 300_000 }, () => {
  it("goes on where it was", async () => {
    const path = folder();
    const host = await startHost();
    after(() => host.stop());
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, [CHILD, path, host.url], { stdio: ["ignore", "pipe", "inherit"] });
      await new Promise((resolve, reject) => {
        child.stdout.once("data", resolve);
        child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
      });
      await new Promise((resolve) => { setTimeout(resolve, 5 + 17 * (kill % 5)); });
      child.removeAllListeners("exit");
      const ended = new Promise((resolve) => { child.once("exit", resolve); });
      child.kill("SIGKILL");
      await ended;
    }
    const channel = open(path);
    const caller = new Caller(channel, host.url);
    await caller.resend();
    const { owed } = channel.position;
    assert.ok(owed.count > KILLS, `${owed.count} calls say little`);
    assert.deepEqual([owed.count, owed.count], [host.answered.size, host.computed], "each number is computed once and accepted once");
    for (let number = 0; number < owed.count; number += 1) assert.deepEqual(channel.receipt(number), host.answered.get(number).receipt);
    assert.deepEqual(channel.rejected, []);
    assert.equal((await caller.call(PATH, "last", { most: 10, block: NOW })).receipt.number, owed.count);
  });
});
