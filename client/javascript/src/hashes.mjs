// What is hashed and signed: `pallets/primitives/src/hashing.rs` is the definition. Hashes are BLAKE2b of 32 bytes.
import { blake2b } from "@noble/hashes/blake2b";
import { join, numberBytes, receiptBytes } from "./codec.mjs";

const TREE_LEAF = 1;
const TREE_INNER = 2;
const RECEIPT = 13;
const VOUCHER = 14;
const ORDER = 16;

/** The hash of bytes, such as those of a request or of a response. */
export const content = (bytes) => blake2b(bytes, { dkLen: 32 });

/** The leaf of a receipt in its channel's tree, which its host signs. */
export const receiptLeaf = (genesis, receipt) => content(join([RECEIPT], genesis, receiptBytes(receipt)));

/** What a consumer signs to pay for all calls of a channel so far. */
export function voucherHash(genesis, model, { channel, count, units, amount, root, order }) {
  const paid = [numberBytes(count, 4), numberBytes(units, 8), numberBytes(amount, 16), root];
  return content(join([VOUCHER], genesis, numberBytes(channel, 8), numberBytes(model, 4), ...paid, order));
}

/** What is asked for in a call: `request` is the [`content`] of it. */
export const orderOf = (number, request) => content(join([ORDER], numberBytes(number, 4), request));

export const treeLeaf = (leaf, amount) => content(join([TREE_LEAF], leaf, numberBytes(amount, 16)));

export const treeInner = (count, left, right) =>
  content(join([TREE_INNER], numberBytes(count, 4), left.hash, numberBytes(left.sum, 16), right.hash, numberBytes(right.sum, 16)));

const text = new TextEncoder();

/** The bytes of a request: `METHOD SP PATH LF BODY`. */
export const requestContent = (method, path, body) => join(text.encode(`${method} ${path}\n`), body);

/** The bytes of a response: `STATUS SP CONTENT-TYPE LF BODY`. */
export const responseContent = (status, contentType, body) => join(text.encode(`${String(status).padStart(3, "0")} ${contentType}\n`), body);
