// Divides snippets of text among the people of the second story, honest and not.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCsv } from "../lib/encoder.mjs";
import { generator, shuffled } from "./random.mjs";

const SNIPPETS = fileURLToPath(new URL("../data/snippets.csv", import.meta.url));
const KINDS = ["tweet", "product-review", "film-review", "editorial"];
const DIMENSION = 512;
const HONEST = 200;
const FLIPPED = 150;
const GIBBERISH = 200;
// Held back for each round's benchmark, of each kind: the provider draws slices from them, and no contributor has seen one.
const HELD_BACK = 40;

/** All snippets as records. */
function snippets() {
  return readCsv(readFileSync(SNIPPETS, "utf8")).map(([text, kind]) => ({ text, label: KINDS.indexOf(kind) }));
}

/** Records as CSV, every text in quotes. */
function toCsv(records) {
  const lines = records.map(({ text, label }) => `"${text.replaceAll('"', '""')}",${label}`);
  return `text,label\n${lines.join("\n")}\n`;
}

function takeBalanced(records, perKind) {
  const taken = [];
  for (let label = 0; label < KINDS.length; label += 1) {
    for (let count = 0; count < perKind; count += 1) {
      taken.push(...records.splice(records.findIndex((record) => record.label === label), 1));
    }
  }
  return taken;
}

/**
 * Everybody's records, by round: `heldBack` for its benchmark, and `contributions`, each `{ name, honest, kind, records }`.
 * No snippet is given to two people; copies are made on purpose.
 */
function divide(seed) {
  const below = generator(seed);
  const rest = shuffled(snippets(), below);
  const heldBack = [takeBalanced(rest, HELD_BACK), takeBalanced(rest, HELD_BACK)];
  const honest = Array.from({ length: 4 }, () => rest.splice(0, HONEST));
  const another = (label) => (label + 1 + below(KINDS.length - 1)) % KINDS.length;
  const flipped = rest.splice(0, FLIPPED).map(({ text, label }) => ({ text, label: another(label) }));
  const careless = rest.splice(0, HONEST).map(({ text, label }) => ({ text, label: below(5) === 0 ? another(label) : label }));
  const word = () => Array.from({ length: 2 + below(7) }, () => String.fromCharCode(97 + below(26))).join("");
  const gibberish = Array.from({ length: GIBBERISH }, () => ({
    text: Array.from({ length: 5 + below(15) }, word).join(" "),
    label: below(KINDS.length),
  }));
  const shouted = honest[1].map(({ text, label }) => ({
    text: ` ${text.replace(/[a-z]/g, (letter) => letter.toUpperCase()).replaceAll(" ", "  ")}`,
    label,
  }));
  return [
    {
      heldBack: heldBack[0],
      contributions: [
        { name: "Ada", honest: true, kind: "snippets", records: honest[0] },
        { name: "Ben", honest: true, kind: "snippets", records: honest[1] },
        { name: "Flip", honest: false, kind: "all labels wrong", records: flipped },
        { name: "Gibber", honest: false, kind: "words of random letters", records: gibberish },
      ],
    },
    {
      heldBack: heldBack[1],
      contributions: [
        { name: "Dora", honest: true, kind: "snippets", records: honest[2] },
        { name: "Emil", honest: true, kind: "snippets", records: honest[3] },
        { name: "Careless", honest: true, kind: "a fifth of the labels wrong", records: careless },
        { name: "Copy", honest: false, kind: "exact copies of Ada's", records: honest[0] },
        { name: "Shout", honest: false, kind: "Ben's in upper case, with more spaces", records: shouted },
      ],
    },
  ];
}

/** The second story, as `playStory` takes it. */
export const TEXTS = {
  recipe: { encoder: "Text", dimension: DIMENSION, classes: KINDS.length, radius: 13_000 },
  about: `Snippets of English text. Classes: ${KINDS.map((kind, label) => `${label} ${kind}`).join(", ")}`,
  noun: "snippets",
  // Random letters lie nearest to whatever is odd, mostly tweets: in 16 of 24 games of four seeds that were played beside a chain they gained up to
  // 0.33 points, where honest contributors of their round gained 18 to 30.
  most: 3,
  divide,
  toCsv,
};
