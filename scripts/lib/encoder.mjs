// The text encoder once more, from its description alone (pallets/primitives/src/encoder/text.rs).
const MASK = (1n << 64n) - 1n;
const utf8 = new TextEncoder();

/** FNV-1a over a domain byte and a feature's bytes, finished as in MurmurHash3. */
function hash(domain, feature) {
  let h = 0xcbf29ce484222325n;
  for (const byte of [domain, ...utf8.encode(feature)]) h = ((h ^ BigInt(byte)) * 0x100000001b3n) & MASK;
  h = ((h ^ (h >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  h = ((h ^ (h >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return h ^ (h >> 33n);
}

/** The largest integer whose square is at most `number`. */
function root(number) {
  let guess = BigInt(Math.floor(Math.sqrt(Number(number))));
  while (guess * guess > number) guess -= 1n;
  while ((guess + 1n) * (guess + 1n) <= number) guess += 1n;
  return guess;
}

/** The features of a text, each `[domain byte, feature, weight]`. */
function* featuresOf(words) {
  for (const word of words) yield [1, word, 2];
  const characters = [...` ${words.join(" ")} `];
  for (const [length, weight] of [[2, 1], [3, 2], [4, 2]]) {
    for (let begin = 0; begin + length <= characters.length; begin += 1) {
      yield [length, characters.slice(begin, begin + length).join(""), weight];
    }
  }
}

/** The vector of a text, given as a string or as bytes; fails if it has none. */
export function encode(text, dimension) {
  const bytes = typeof text === "string" ? utf8.encode(text) : text;
  if (bytes.length > 16_384) throw new Error("TooLong");
  let string;
  try {
    string = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error("NotUtf8");
  }
  const lower = string.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const words = lower.split(/[\t-\r ]+/).filter((word) => word !== "");
  const places = new Array(dimension).fill(0);
  if (words.length > 0) {
    for (const [domain, feature, weight] of featuresOf(words)) {
      const h = hash(domain, feature);
      places[Number(((h & 0xffffffffn) * BigInt(dimension)) >> 32n)] += h >> 63n === 1n ? -weight : weight;
    }
  }
  const squares = places.reduce((sum, place) => sum + place * place, 0);
  if (squares === 0) throw new Error("NothingToEncode");
  return places.map((place) => {
    const size = (root((1024n * BigInt(dimension) * BigInt(place * place)) / BigInt(squares)) + 1n) / 2n;
    return Math.min(127, Number(size)) * (place < 0 ? -1 : 1) || 0;
  });
}

/** The rows of CSV text as RFC 4180 has it, without the first one. */
export function readCsv(text) {
  const rows = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  for (;;) {
    const [, quoted, plain, end] = field.exec(text);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (field.lastIndex >= text.length) return rows.slice(1);
    if (end !== ",") rows.push([]);
  }
}
