// Receipts and vouchers of paid calls, as another implementation of what `pallets/primitives/src/hashing.rs` describes.
import { bytesOf, join, tree } from "../audit/tree.mjs";

const RECEIPT = 13;
const VOUCHER = 14;
const CONSENT = 15;
const ORDER = 16;

/** The leaf of a receipt, which its host signs. Hashes are 32 bytes, `hash` is BLAKE2b of that length. */
export function receiptLeaf(genesis, { channel, number, units, amount, request, response }, hash) {
  return hash(join([RECEIPT], genesis, bytesOf(channel, 8), bytesOf(number, 4), bytesOf(units, 8), bytesOf(amount, 16), request, response));
}

/** What a consumer signs to pay for all calls of a channel so far. */
export function voucherHash(genesis, model, { channel, count, units, amount, root, order }, hash) {
  const paid = [bytesOf(count, 4), bytesOf(units, 8), bytesOf(amount, 16), root];
  return hash(join([VOUCHER], genesis, bytesOf(channel, 8), bytesOf(model, 4), ...paid, order));
}

/** What a host signs so that others may settle a voucher. */
export const consentHash = (voucher, hash) => hash(join([CONSENT], voucher));

/** What a consumer asks for in a channel's call. */
export const orderOf = (number, request, hash) => hash(join([ORDER], bytesOf(number, 4), request));

/** The voucher that pays some receipts, all that a channel has. */
export function voucherOf(genesis, channel, receipts, hash) {
  const leaves = receipts.map((receipt) => ({ leaf: receiptLeaf(genesis, receipt, hash), weight: receipt.amount }));
  const root = tree(leaves, hash);
  const units = receipts.reduce((total, receipt) => total + receipt.units, 0n);
  return { channel, count: receipts.length, units, amount: root.sum, root: root.hash, order: new Uint8Array(32) };
}
