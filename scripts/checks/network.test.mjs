// Four validators live through the story and through a power cut of one of them; then an auditor reads the chain, and a full node joins.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "../audit/audit.mjs";
import { playStory } from "../story/story.mjs";
import { playLiars } from "./liars.mjs";
import { CLIENT, freeBasePort, newNetwork, temporaryFolder } from "./support.mjs";

const MINUTE = 60_000;
// Blocks that the others finalise while one of them is dead.
const OUTAGE = 10;

describe("a network of four validators", { timeout: 40 * MINUTE }, () => {
  const folder = temporaryFolder();
  const interruption = new AbortController();
  // So that no command of the story outlives this process.
  process.once("exit", () => interruption.abort());
  let network;
  let first;
  let story;
  let storyEnded = false;
  let liars;

  /** Fails if the story has ended, with its own error if it has failed: what happens to a network at rest proves nothing. */
  async function stillPlaying(when) {
    if (storyEnded) await story;
    assert.ok(!storyEnded, `the story has ended before ${when}`);
  }

  before(async () => {
    // Rounds wait for the ends of two epochs: shorter ones than usual save minutes.
    network = await newNetwork(join(folder, "network"), 4, { epoch: 10, guests: 1 });
    [first] = network.validators;
    await network.start();
    await Promise.all(network.validators.map((validator) => validator.finalises(2, 180)));
    story = playStory({ client: CLIENT, url: first.url, signal: interruption.signal });
    // Awaited by a test of its own; until then its failure is not an unhandled one.
    story.catch(() => {}).finally(() => { storyEnded = true; });
    // Beside the story, through another node: its rounds wait for epochs, too.
    liars = playLiars({ url: network.validators[1].url, signal: interruption.signal, metricsPort: await freeBasePort() });
    liars.catch(() => {});
  });

  after(async () => {
    interruption.abort();
    await network?.stop();
  });

  it("goes on finalising, and the story goes on, while one of them is dead, which catches up when it comes back", async () => {
    const [, , victim] = network.validators;
    const others = network.validators.filter((validator) => validator !== victim);
    await sleep(MINUTE);
    await stillPlaying("the power cut");
    await victim.kill();
    assert.equal(await victim.exited, "SIGKILL");
    const height = await first.finalisedHeight();
    await Promise.all(others.map((validator) => validator.finalises(height + OUTAGE, 120)));
    await stillPlaying(`the others had finalised ${OUTAGE} blocks`);
    victim.start();
    const reached = await first.finalisedHeight();
    await victim.finalises(reached, 120);
    await stillPlaying("the one that was dead had caught up");
  });

  it("plays the story to its end", async () => {
    const { people } = await story;
    assert.equal(people.length, 11);
  });

  it("lets one honest challenger disprove three evaluators who lie, and an honest evaluator have the last word", async () => {
    const { liars: addresses, challenger, contributor, stranger, evaluator, final, disproved, proposals, scores } = await liars;
    // The first of them told the same lie twice, and once more when only the contributor was watching.
    const byChallenger = [addresses[0], ...addresses].map((proposer) => ({ proposer, challenger: challenger.address }));
    byChallenger.splice(2, 0, { proposer: addresses[0], challenger: contributor });
    assert.deepEqual(disproved, byChallenger);
    assert.match(stranger, /^Following the rounds of datanet \d+ as \w+ from block \d+ on; 1 round is being valued\.\n$/, "it fetches nothing and sends nothing");
    assert.match(challenger.metrics, /tributary_verdicts_total\{verdict="disproved"\} 4/);
    assert.equal(final, evaluator);
    assert.equal(proposals.filter((proposer) => proposer === evaluator).length, 1, "it proposes once, although it was killed in between");
    assert.deepEqual(scores, [{ evaluator, batch: 0, count: 5 }], "and publishes quality once, although it was started again");
  });

  it("has the same finalised block at the same height everywhere", async () => {
    const height = await first.finalisedHeight();
    await Promise.all(network.validators.map((validator) => validator.finalises(height, 60)));
    const hashes = await Promise.all(network.validators.map((validator) => validator.blockHash(height)));
    assert.equal(new Set(hashes).size, 1, `block ${height}: ${hashes.join(" ")}`);
  });

  it("has a state that an auditor who reads events only agrees with, to the last unit", async () => {
    const { rounds, balance, payouts, quality } = await audit(first.url);
    assert.equal(rounds.length, 3, "two of the story, and the one about which three lied");
    assert.ok(balance.received > 0n);
    assert.deepEqual(quality.map(({ complete }) => complete), [true, true, true], "the quality of all records is in blocks");
    const { people } = await story;
    const byData = Object.values(payouts).reduce((sum, roles) => sum + (roles.Award ?? 0n) + (roles.Contribution ?? 0n), 0n);
    assert.equal(byData, people.reduce((sum, { award, vesting, pools }) => sum + award - vesting + pools, 0n));
    assert.ok(balance.vesting > 0n, "half of what the second round paid");
  });

  it("lets a full node join by warp sync, which then fetches the blocks before, for the delivered records in them", async () => {
    const height = await first.finalisedHeight();
    const guest = network.join("Guest", ["--sync", "warp"]);
    const reached = await guest.finalises(height, 120);
    assert.equal(await guest.blockHash(reached), await first.blockHash(reached));
    assert.match(readFileSync(guest.log, "utf8"), /Warp sync is complete/);
    const bodyOf = async (node, number) => {
      const hash = await node.blockHash(number);
      return hash && (await node.rpc("chain_getBlock", hash))?.block.extrinsics;
    };
    const bodies = async (node) => JSON.stringify(await Promise.all([1, height >> 1, height].map((number) => bodyOf(node, number))));
    const expected = await bodies(first);
    const deadline = Date.now() + MINUTE;
    while (await bodies(guest) !== expected && Date.now() < deadline) await sleep(500);
    assert.equal(await bodies(guest), expected);
  });
});
