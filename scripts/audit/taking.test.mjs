// Payments that keep to the rates, and payments that do not by one unit.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Findings } from "./findings.mjs";
import { BILLION } from "./formulas.mjs";
import { Taking } from "./taking.mjs";

const percent = (number) => (BILLION * BigInt(number)) / 100n;

/** What is wrong with payments, under the rates that a runtime publishes. */
function wrong(payments, rates) {
  const findings = new Findings();
  const taking = new Taking(findings);
  for (const [gross, fee, host] of payments) taking.check("somebody", { gross, fee, host, net: gross - fee - host }, rates);
  return findings.lines;
}

describe("a payment", () => {
  it("is divided by the runtime's rates", () => {
    const rates = { fee: percent(2), host: percent(50) };
    assert.deepEqual(wrong([[1_000n, 20n, 490n], [49n, 0n, 24n], [50n, 1n, 0n]], rates), []);
    assert.match(wrong([[1_000n, 20n, 491n]], rates).join(), /host's part .* expected at most 490, found 491/);
    assert.match(wrong([[1_000n, 21n, 0n]], rates).join(), /protocol fee .* expected 20, found 21/);
    assert.match(wrong([[1_000n, 19n, 0n]], rates).join(), /protocol fee .* expected 20, found 19/);
  });

  it("keeps to the promised bounds, whatever the runtime says", () => {
    assert.deepEqual(wrong([[1_000n, 50n, 665n]], { fee: percent(5), host: percent(70) }), []);
    assert.equal(wrong([[1_000n, 60n, 0n]], { fee: percent(6), host: percent(50) }).length, 2);
    assert.equal(wrong([[1_000n, 50n, 666n]], { fee: percent(5), host: percent(71) }).length, 2);
  });

  it("has its fee by one rate, where the runtime publishes none", () => {
    assert.deepEqual(wrong([[1_000n, 20n, 0n], [49n, 0n, 0n], [1_000_000n, 20_000n, 0n]], {}), []);
    assert.match(wrong([[1_000_000n, 20_000n, 0n], [1_000n, 21n, 0n]], {}).join(), /rate of the protocol fee/);
    assert.match(wrong([[1_000_000n, 20_000n, 0n], [1_000n, 19n, 0n]], {}).join(), /rate of the protocol fee/);
  });

  it("comes to its gross", () => {
    const findings = new Findings();
    new Taking(findings).check("somebody", { gross: 100n, fee: 2n, host: 0n, net: 97n }, {});
    assert.match(findings.lines.join(), /together: expected 100, found 99/);
  });
});
