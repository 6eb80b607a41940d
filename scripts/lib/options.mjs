// The words that scripts/run takes.
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `scripts/run: a network of validators on this machine, and the story of a datanet and a model

  --validators N    how many validators, 1 to 16 (4)
  --no-story        only the network
  --story NAME      which story: digits or texts (digits)
  --fresh           begin a new chain; without it the last one goes on
  --epoch SLOTS     how many slots of three seconds an epoch of a new chain has, 10 to 201600 (20): two of them end in each round
  --base-port PORT  RPC port of the first validator (9944); the others' follow, peer-to-peer 1,000 above, Prometheus 2,000 above
  --help            this

A chain goes on with the runtime that it began with: after a change of the runtime, begin a new one.

  TRIBUTARY_NETWORK     where chain spec, keys, databases and logs lie (~/.local/share/tributary-network)
  CARGO_TARGET_DIR      where compiled things lie (~/.cache/tributary/target)
  TRIBUTARY_COMPILER    \`debian\` takes Debian's compiler even where rustup's would do`;

export class UsageError extends Error {}

function integer(name, text, least, most) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}

function oneOf(name, text, names) {
  if (!names.includes(text)) throw new UsageError(`--${name} takes ${names.join(" or ")}, not '${text}'`);
  return text;
}

export function parse(words) {
  let values;
  try {
    ({ values } = parseArgs({
      args: words,
      options: {
        validators: { type: "string", default: "4" },
        "no-story": { type: "boolean", default: false },
        story: { type: "string", default: "digits" },
        fresh: { type: "boolean", default: false },
        epoch: { type: "string", default: "20" },
        "base-port": { type: "string", default: "9944" },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  return {
    validators: integer("validators", values.validators, 1, 16),
    story: values["no-story"] ? undefined : oneOf("story", values.story, ["digits", "texts"]),
    fresh: values.fresh,
    epoch: integer("epoch", values.epoch, 10, 201_600),
    basePort: integer("base-port", values["base-port"], 1_024, 60_000),
    help: values.help,
  };
}

/** Where compiled programs and the test network's data lie. */
export const binaries = join(process.env.CARGO_TARGET_DIR ?? join(homedir(), ".cache/tributary/target"), "release");
export const networkFolder = resolve(process.env.TRIBUTARY_NETWORK ?? join(homedir(), ".local/share/tributary-network"));

/** The words of this process, or an end with the reason. */
export function parseOrExit() {
  try {
    const options = parse(process.argv.slice(2));
    if (!options.help) return options;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) parseOrExit();
