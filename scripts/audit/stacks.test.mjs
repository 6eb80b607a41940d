// What models owe along their ancestry, and the rates that apply.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BILLION } from "./formulas.mjs";
import { stackOf, toppedUp } from "./stacks.mjs";

const percent = (number) => (BILLION * BigInt(number)) / 100n;
const model = (number) => ({ asset: `model ${number}`, model: number });
const data = (datanet, round) => ({ asset: `datanet ${datanet}`, datanet, round });
const pool = (name, rate) => ({ payee: `pool ${name}`, rate });
const parent = (number, rate) => ({ payee: `model ${number}`, rate });
const always = (key) => key;

describe("a stack", () => {
  // 2 comes from 1 and 0, 1 from 0; 0 learned from round 1 of datanet 5, 1 from round 3.
  const origins = [[data(5, 1)], [model(0), data(5, 3)], [model(1), model(0), data(5, 2), data(4, 1)]];
  const rates = { "model 0": percent(10), "datanet 5": percent(20), "datanet 4": percent(1) };
  const royaltyOf = (asset) => rates[asset] && { rate: rates[asset], ceiling: undefined };

  it("owes each ancestor that asks for it once, of a datanet the highest round on any path, models before pools", () => {
    const found = stackOf(origins[2], (number) => origins[number], royaltyOf);
    const expected = [["model 0", percent(10)], ["pool 4/1", percent(1)], ["pool 5/3", percent(20)]];
    assert.deepEqual(found.map(({ payee, rate }) => [payee, rate]), expected);
  });

  it("is empty without ancestors", () => assert.deepEqual(stackOf([], () => [], royaltyOf), []));
});

describe("the top-up", () => {
  it("raises pools until half is owed", () => {
    const [before, after] = [20, 40].map((rate) => [parent(0, percent(10)), pool("0/1", percent(rate))]);
    assert.deepEqual(toppedUp(before, always), after);
  });

  it("raises pools in proportion, rounded down", () => {
    assert.deepEqual(toppedUp([pool("0/1", 1n), pool("1/1", 2n)], always), [pool("0/1", 166_666_666n), pool("1/1", 333_333_333n)]);
  });

  it("leaves rates that come to half or more", () => {
    const half = [parent(0, percent(30)), pool("0/1", percent(20))];
    assert.deepEqual(toppedUp(half, always), half);
    const less = [parent(0, percent(30)), pool("0/1", percent(20) - 1n)];
    assert.deepEqual(toppedUp(less, always), half);
  });

  it("leaves models without data", () => {
    assert.deepEqual(toppedUp([parent(0, percent(10))], always), [parent(0, percent(10))]);
  });

  it("leaves out pools without weight, and counts the others alone", () => {
    const earning = (key) => (key === "0/1" ? undefined : "1/1");
    assert.deepEqual(toppedUp([pool("0/1", percent(20)), pool("1/2", percent(10))], earning), [pool("1/1", percent(50))]);
  });
});
