// Starts a network, plays the story on it, and stays until it is interrupted. Called by scripts/run.
import { join } from "node:path";
import { DIGITS } from "../story/data.mjs";
import { playStory } from "../story/story.mjs";
import { TEXTS } from "../story/texts.mjs";
import { Network } from "./network.mjs";
import { binaries, networkFolder, parseOrExit } from "./options.mjs";

const options = parseOrExit();
const network = new Network({
  binary: join(binaries, "tributary-node"),
  folder: networkFolder,
  size: options.validators,
  basePort: options.basePort,
  epoch: options.epoch,
});

let leaving = false;
const interruption = new AbortController();
async function leave(code) {
  if (leaving) return;
  leaving = true;
  interruption.abort();
  if (network.validators.some(({ running }) => running)) console.log("stopping the network");
  await network.stop();
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => leave(signal === "SIGINT" ? 0 : 1));

try {
  await network.start({ fresh: options.fresh });
  const [first] = network.validators;
  console.log(`${options.validators} validators started; logs in ${network.folder}`);
  const goal = (await first.finalises(0, 120)) + 2;
  await Promise.all(network.validators.map((validator) => validator.finalises(goal, 180)));
  console.log(`all of them have finalised block ${goal}`);
  if (options.story) {
    const plot = { digits: DIGITS, texts: TEXTS }[options.story];
    await playStory({ client: join(binaries, "tributary"), url: first.url, signal: interruption.signal, plot, epoch: options.epoch });
  }
  console.log(`The network is up: ${first.url}. Ctrl-C ends it.`);
  await Promise.race(network.validators.map(async ({ exited, name }) => {
    await exited;
    if (!leaving) throw new Error(`validator ${name} ended by itself`);
  }));
} catch (error) {
  if (!leaving) {
    console.error(`error: ${error.message}`);
    await leave(1);
  }
}
