// Two implementations of the text encoder, written apart, have the same test vectors: this one, and the runtime's in
// pallets/primitives/tests/encoder.rs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { blake2AsHex } from "@polkadot/util-crypto";
import { encode, readCsv } from "../lib/encoder.mjs";

const read = (name) => readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");
const { vectors, refused, snippets } = JSON.parse(read("encoder.json"));

describe("the text encoder", () => {
  it("makes the vectors of the test vectors", () => {
    for (const { dimension, text, times = 1, then = "", vector } of vectors) {
      assert.deepEqual(encode(text.repeat(times) + then, dimension), vector, text);
    }
  });

  it("refuses what has no vector", () => {
    for (const { dimension, hex, why } of refused) {
      assert.throws(() => encode(Buffer.from(hex, "hex"), dimension), { message: why });
    }
    assert.throws(() => encode("a".repeat(16_385), 8), { message: "TooLong" });
  });

  it("makes the vectors of the snippets", () => {
    const rows = readCsv(read("snippets.csv"));
    assert.equal(rows.length, 4_000);
    for (const { dimension, every, blake2b } of snippets) {
      const vectors = rows.filter((_, index) => index % every === 0).flatMap(([text]) => encode(text, dimension));
      assert.equal(blake2AsHex(Uint8Array.from(vectors), 256), blake2b);
    }
  });
});
