// The same bytes and hashes as the Rust side's, by the file that its tests check too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import {
  content, ecdsaSigner, ed25519Signer, fromHex, orderOf, receiptFromHeader, receiptLeaf, sr25519Signer, toHex, Tree, verify, voucherHash, voucherToHeader,
} from "../src/index.mjs";

const vectors = JSON.parse(readFileSync(new URL("../../gateway/tests/vectors.json", import.meta.url), "utf8"));
const genesis = fromHex(vectors.genesis);
const channel = BigInt(vectors.channel);
const SIGNERS = { ecdsa: ecdsaSigner, ed25519: ed25519Signer, sr25519: sr25519Signer };

/** The receipt of a step. */
const receiptOf = ({ units, amount, request, response }, number) => ({
  channel, number, units: BigInt(units), amount: BigInt(amount), request: content(fromHex(request)), response: content(fromHex(response)),
});

const voucherOf = ({ units, amount, root, order }, count) => (
  { channel, count, units: BigInt(units), amount: BigInt(amount), root: fromHex(root), order: fromHex(order) });

describe("what both sides compute", () => {
  it("has the same leaves, trees and vouchers", () => {
    let tree = new Tree();
    let units = 0n;
    vectors.steps.forEach((step, number) => {
      const receipt = receiptOf(step, number);
      const leaf = receiptLeaf(genesis, receipt);
      assert.equal(toHex(leaf), step.leaf);
      tree = tree.with(leaf, receipt.amount);
      units += receipt.units;
      assert.deepEqual([toHex(tree.root.hash), tree.root.sum, units], [step.voucher.root, BigInt(step.voucher.amount), BigInt(step.voucher.units)]);
      const kept = Tree.from(JSON.parse(JSON.stringify(tree)));
      assert.deepEqual(kept.root, tree.root);
      const next = vectors.steps[number + 1];
      if (next) assert.equal(toHex(orderOf(number + 1, content(fromHex(next.request)))), step.voucher.order);
      assert.equal(toHex(voucherHash(genesis, vectors.model, voucherOf(step.voucher, number + 1))), step.voucher.hash);
    });
  });

  for (const [scheme, signer] of Object.entries(SIGNERS)) {
    it(`has the same accounts and signatures of ${scheme}`, () => {
      const own = signer(fromHex(vectors.seed));
      assert.equal(toHex(own.account), vectors.accounts[scheme]);
      const number = vectors.steps.length - 1;
      const { receipt, signature } = receiptFromHeader(vectors.signed[scheme].receipt);
      assert.deepEqual(receipt, receiptOf(vectors.steps[number], number));
      const leaf = receiptLeaf(genesis, receipt);
      assert.ok(verify(own.account, leaf, signature));
      assert.ok(!verify(own.account, content(leaf), signature), "of another hash");
      const stranger = signer(new Uint8Array(32).fill(1));
      assert.ok(!verify(stranger.account, leaf, signature), "of somebody else");
      assert.ok(verify(own.account, leaf, own.sign(leaf)));

      const voucher = voucherOf(vectors.steps[number].voucher, number + 1);
      const header = vectors.signed[scheme].voucher;
      const bytes = fromHex(header).slice(-signature.bytes.length);
      assert.equal(voucherToHeader({ voucher, signature: { scheme, bytes } }), header);
      assert.ok(verify(own.account, voucherHash(genesis, vectors.model, voucher), { scheme, bytes }));
    });
  }

  it("refuses headers that are none", () => {
    const right = vectors.signed.ed25519.receipt;
    for (const wrong of ["", "zz", right.slice(2), `${right}00`, `${right.slice(0, 200)}09${right.slice(202)}`]) {
      assert.throws(() => receiptFromHeader(wrong), TypeError, wrong);
    }
  });
});
