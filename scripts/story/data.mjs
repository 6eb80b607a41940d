// Divides the handwritten digits among the people of the story, honest and not.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generator, shuffled } from "./random.mjs";

const FILE = fileURLToPath(new URL("../data/digits.csv", import.meta.url));
const CLASSES = 10;
const HONEST = 200;
const FLIPPED = 150;
const SHUFFLED = 140;
const FLOOD = 400;
// Held back for each round's benchmark, of each class: the provider draws slices from them, and no contributor has seen one.
const HELD_BACK = 15;

/** Records of a CSV file with a header and the label in its last column. */
function readRecords(path) {
  const [, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => {
    const numbers = line.split(",").map(Number);
    return { features: numbers.slice(0, -1), label: numbers.at(-1) };
  });
}

/** The same records as CSV. */
function toCsv(records) {
  const header = records[0].features.map((_, index) => `p${index}`).join(",");
  const lines = records.map(({ features, label }) => `${features.join(",")},${label}`);
  return `${header},label\n${lines.join("\n")}\n`;
}

/** Takes `perClass` records of each class out of `records`. */
function takeBalanced(records, perClass) {
  const taken = [];
  for (let label = 0; label < CLASSES; label += 1) {
    for (let count = 0; count < perClass; count += 1) {
      taken.push(...records.splice(records.findIndex((record) => record.label === label), 1));
    }
  }
  return taken;
}

/**
 * Everybody's records, by round: `heldBack` for its benchmark, and `contributions`, each `{ name, honest, kind, records }`.
 * No record of the file is given to two people; copies are made on purpose.
 */
function divide(seed) {
  const below = generator(seed);
  const rest = shuffled(readRecords(FILE), below);
  const heldBack = [takeBalanced(rest, HELD_BACK), takeBalanced(rest, HELD_BACK)];
  const honest = Array.from({ length: 6 }, () => rest.splice(0, HONEST));
  const flipped = rest.splice(0, FLIPPED).map(({ features, label }) => ({
    features,
    label: (label + 1 + below(CLASSES - 1)) % CLASSES,
  }));
  const mixed = rest.splice(0, SHUFFLED).map(({ features, label }) => ({ features: shuffled(features, below), label }));
  const flood = Array.from({ length: FLOOD }, () => ({
    features: Array.from({ length: 64 }, () => below(17)),
    label: below(CLASSES),
  }));
  const jittered = honest[1].map(({ features, label }) => ({
    features: features.map((pixel) => Math.min(16, Math.max(0, pixel - 1 + below(3)))),
    label,
  }));
  return [
    {
      heldBack: heldBack[0],
      contributions: [
        { name: "Ada", honest: true, kind: "digits", records: honest[0] },
        { name: "Ben", honest: true, kind: "digits", records: honest[1] },
        { name: "Cleo", honest: true, kind: "digits", records: honest[2] },
        { name: "Flip", honest: false, kind: "all labels flipped", records: flipped },
        { name: "Flood", honest: false, kind: "uniform noise", records: flood },
      ],
    },
    {
      heldBack: heldBack[1],
      contributions: [
        { name: "Dora", honest: true, kind: "digits", records: honest[3] },
        { name: "Emil", honest: true, kind: "digits", records: honest[4] },
        { name: "Fay", honest: true, kind: "digits", records: honest[5] },
        { name: "Copy", honest: false, kind: "exact copies of Ada's", records: honest[0] },
        { name: "Jitter", honest: false, kind: "Ben's, each pixel moved by up to 1", records: jittered },
        { name: "Shuffle", honest: false, kind: "pixels shuffled", records: mixed },
      ],
    },
  ];
}

/** The story of digits, as `playStory` takes it. `most` is what a contributor of garbage may earn, in percent of the data money. */
export const DIGITS = {
  recipe: { encoder: "Vector", dimension: 64, classes: CLASSES, radius: 100 },
  about: "Handwritten digits, 8 x 8 pixels of 0 to 16",
  noun: "digits",
  most: 0,
  divide,
  toCsv,
};
