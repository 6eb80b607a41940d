// Measures of lists, against values known from elsewhere.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concentration, spearman } from "./measures.mjs";

const of = (...amounts) => concentration(amounts.map(BigInt));

describe("concentration", () => {
  it("is nothing of nothing", () => {
    const nothing = { count: 0, total: 0n, gini: 0, hhi: 0, top10: 0, nakamoto: 0 };
    assert.deepEqual(of(), nothing);
    assert.deepEqual(of(0, 0), nothing);
  });

  it("has known values", () => {
    assert.deepEqual(of(3, 1, 0, 4, 2), { count: 4, total: 10n, gini: 0.25, hhi: 0.3, top10: 1, nakamoto: 2 });
    assert.deepEqual(of(...Array(20).fill(5)), { count: 20, total: 100n, gini: 0, hhi: 0.05, top10: 0.5, nakamoto: 11 });
    assert.deepEqual(of(7), { count: 1, total: 7n, gini: 0, hhi: 1, top10: 1, nakamoto: 1 });
    assert.equal(of(1, 99).gini, 0.49);
    assert.equal(of(1, 1, 1).hhi, 0.333333333);
  });

  it("takes half for no more than half", () => {
    assert.deepEqual([of(5, 5), of(6, 5), of(10, 5, 5), of(4, 4, 3)].map(({ nakamoto }) => nakamoto), [2, 1, 2, 2]);
  });
});

describe("a rank correlation", () => {
  it("has known values", () => {
    assert.equal(spearman([[1n, 10], [2n, 20], [3n, 25]]), 1);
    assert.equal(spearman([[1n, 9], [2n, 8], [3n, 1]]), -1);
    assert.ok(Math.abs(spearman([[1, 2], [2, 1], [3, 5], [4, 3], [5, 4]]) - 0.6) < 1e-12);
    assert.ok(Math.abs(spearman([[0, 1], [7, 2], [7, 3], [9, 4]]) - Math.sqrt(0.9)) < 1e-12);
  });

  it("is none where all are equal", () => {
    for (const pairs of [[], [[1, 2]], [[1, 2], [1, 3]]]) assert.equal(spearman(pairs), null);
  });
});
