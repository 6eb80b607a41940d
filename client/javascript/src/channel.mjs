// The consumer's books of one channel: it makes each call once, checks what comes, and pays it once.
import { fromHex, join, numberBytes, receiptBytes, sameBytes, signedReceiptBytes, signedReceiptFrom, toHex } from "./codec.mjs";
import { content, orderOf, receiptLeaf, voucherHash } from "./hashes.mjs";
import { verify } from "./signing.mjs";
import { Store } from "./store.mjs";
import { Tree } from "./tree.mjs";

const STATE = "state.json";
const RECEIPTS = "receipts";
const REJECTED = "rejected.json";
// A receipt's place in the file: its length, its bytes, and nothing. Those of ecdsa are the longest.
const SLOT = 168;
// How many receipts that were not accepted are kept of one number: two of them contradict each other, whichever is settled.
const REJECTED_OF_A_NUMBER = 2;
const NO_ORDER = new Uint8Array(32);

/** Why no call is made, or why an answer is not one that is paid for. Nothing has changed then. */
export class Trouble extends Error {
  constructor(code, message) {
    super(message);
    this.name = "Trouble";
    this.code = code;
  }
}

const bytesOf = (value) => (typeof value === "string" ? fromHex(value) : Uint8Array.from(value));

/** Terms as they are kept: what the channel fixes on the chain. */
function termsOf({ genesis, channel, model, price, units, expires, voucherKey, receiptKey }) {
  const terms = {
    genesis: bytesOf(genesis), channel: BigInt(channel), model: Number(model), price: BigInt(price), units: BigInt(units), expires: Number(expires),
    voucherKey: bytesOf(voucherKey), receiptKey: bytesOf(receiptKey),
  };
  for (const [name, length] of [["genesis", 32], ["voucherKey", 32], ["receiptKey", 32]]) {
    if (terms[name].length !== length) throw new TypeError(`${name} has ${terms[name].length} bytes, not ${length}`);
  }
  numberBytes(terms.price * terms.units, 16);
  return terms;
}

// Numbers of JSON are too small for units and amounts.
const texts = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) =>
  [name, value instanceof Uint8Array ? toHex(value) : typeof value === "bigint" ? String(value) : value]));

const voucherFrom = ({ channel, count, units, amount, root, order }) => (
  { channel: BigInt(channel), count, units: BigInt(units), amount: BigInt(amount), root: fromHex(root), order: fromHex(order) });

/** One channel, kept in a folder of its own. Its window is one call: the next one pays the one before it. */
export class Channel {
  #store;
  #signer;
  #tree;
  #units;
  #pending;

  /**
   * Opens the books of a channel, or begins them. All that was asked and answered before is known, however the process ended that asked.
   *
   * `terms` are what the chain says: genesis, voucherKey and receiptKey as 32 bytes or hexadecimal digits; price and units as numbers or texts.
   */
  constructor(folder, terms, signer) {
    this.terms = Object.freeze(termsOf(terms));
    if (!sameBytes(signer.account, this.terms.voucherKey)) throw new Trouble("key_missing", "the signer is not the channel's voucher key");
    this.#store = new Store(folder);
    this.#signer = signer;
    try {
      this.#load();
    } catch (error) {
      this.#store.close();
      throw error;
    }
  }

  #load() {
    const text = this.#store.read(STATE).toString();
    if (text === "") {
      [this.#tree, this.#units, this.#pending] = [new Tree(), 0n, null];
      this.#save();
      return;
    }
    const { terms, units, tree, pending } = JSON.parse(text);
    if (JSON.stringify(terms) !== JSON.stringify(texts(this.terms))) throw new Trouble("other_terms", "the channel is known with other terms");
    this.#units = BigInt(units);
    this.#tree = Tree.from(tree);
    this.#pending = pending && {
      number: pending.number, request: fromHex(pending.request), most: BigInt(pending.most), voucher: voucherFrom(pending.voucher),
      signature: { scheme: pending.signature.scheme, bytes: fromHex(pending.signature.bytes) },
    };
  }

  #save(tree = this.#tree, units = this.#units, pending = this.#pending) {
    const state = {
      terms: texts(this.terms), units: String(units), tree,
      pending: pending && {
        number: pending.number, request: toHex(pending.request), most: String(pending.most), voucher: texts(pending.voucher),
        signature: texts(pending.signature),
      },
    };
    this.#store.write(STATE, JSON.stringify(state));
    [this.#tree, this.#units, this.#pending] = [tree, units, pending];
  }

  /** Lets another process open it. */
  close() {
    this.#store.close();
  }

  /** What all receipts come to, which is owed; and what is left. */
  get position() {
    const { hash: root, sum: amount } = this.#tree.root;
    const taken = this.#units + (this.#pending?.most ?? 0n);
    return { owed: { count: this.#tree.count, units: this.#units, amount, root }, left: this.terms.units - taken };
  }

  /** The call that has no answer yet, to be sent again as it was. */
  get outstanding() {
    return this.#pending ?? undefined;
  }

  #voucher(order) {
    const { owed } = this.position;
    const voucher = { channel: this.terms.channel, ...owed, order };
    return { voucher, signature: this.#signer.sign(voucherHash(this.terms.genesis, this.terms.model, voucher)) };
  }

  /** Makes the next call, which may take `most` units; `block` is the chain's best one. It is on disk when this returns, and may be sent. */
  ask(request, most, block) {
    most = BigInt(most);
    const { left } = this.position;
    if (block >= this.terms.expires) throw new Trouble("expired", `the channel answers no new calls since block ${this.terms.expires}`);
    if (most < 1n) throw new Trouble("no_units", "a call takes one unit at least");
    if (this.#pending) throw new Trouble("outstanding", `call ${this.#pending.number} has no answer yet; make it again, which costs nothing more`);
    if (most > left) throw new Trouble("units_exhausted", `the call may take ${most} units, and the channel has ${left} left`);
    const number = this.#tree.count;
    const call = { number, request, most, ...this.#voucher(orderOf(number, content(request))) };
    this.#save(this.#tree, this.#units, call);
    return call;
  }

  /** Takes back the call without an answer, which its host has refused, so that another can have its number. */
  withdraw(number) {
    if (this.#pending?.number !== number) throw new Trouble("not_asked", `no call ${number} of the channel waits for an answer`);
    this.#save(this.#tree, this.#units, null);
  }

  /**
   * Checks what came in answer, and keeps the receipt: the next voucher pays it. The same answer again changes nothing. What its host has signed and
   * is refused here is kept as evidence: see `rejected`.
   */
  accept(response, signed) {
    const { receipt, signature } = signed;
    if (receipt.channel !== this.terms.channel) throw new Trouble("other_channel", `the receipt is of channel ${receipt.channel}`);
    const leaf = receiptLeaf(this.terms.genesis, receipt);
    if (!verify(this.terms.receiptKey, leaf, signature)) throw new Trouble("wrong_signature", "the receipt is not signed by the channel's receipt key");
    const trouble = this.#check(response, receipt);
    if (trouble) {
      this.#reject(signed);
      throw trouble;
    }
    if (receipt.number < this.#tree.count) return receipt;
    const bytes = signedReceiptBytes(signed);
    const slot = join([bytes.length], bytes, new Uint8Array(SLOT - 1 - bytes.length));
    // Before the books count it: one that is there too early is written again.
    this.#store.writeAt(RECEIPTS, receipt.number * SLOT, slot);
    this.#save(this.#tree.with(leaf, receipt.amount), this.#units + receipt.units, null);
    return receipt;
  }

  #check(response, { number, units, amount, request, response: answered, ...rest }) {
    if (!sameBytes(answered, content(response))) return new Trouble("other_response", `the receipt of call ${number} is not of what was answered`);
    if (number < this.#tree.count) {
      const before = this.receipt(number).receipt;
      const same = sameBytes(receiptBytes(before), receiptBytes({ number, units, amount, request, response: answered, ...rest }));
      return same ? undefined : new Trouble("signed_twice", `the host has signed another receipt of call ${number} before: keep both`);
    }
    const call = this.#pending;
    if (call?.number !== number) return new Trouble("not_asked", `no call ${number} of the channel waits for an answer`);
    if (!sameBytes(request, content(call.request))) return new Trouble("other_request", `the receipt of call ${number} is not of what was asked`);
    if (units < 1n || units > call.most) return new Trouble("units_out_of_bounds", `the host counts ${units} units, and the call may take 1 to ${call.most}`);
    if (amount !== units * this.terms.price) return new Trouble("wrong_price", `the receipt of call ${number} is not at the channel's price`);
    return undefined;
  }

  #reject(signed) {
    const kept = this.rejected;
    const text = toHex(signedReceiptBytes(signed));
    const ofNumber = kept.filter(({ receipt }) => receipt.number === signed.receipt.number);
    if (ofNumber.length >= REJECTED_OF_A_NUMBER || ofNumber.some(({ receipt }) => sameBytes(receiptBytes(receipt), receiptBytes(signed.receipt)))) return;
    this.#store.write(REJECTED, JSON.stringify([...kept.map((one) => toHex(signedReceiptBytes(one))), text]));
  }

  /** Receipts that the host has signed and that were not accepted: one that contradicts what is settled costs the host its bond. */
  get rejected() {
    const text = this.#store.read(REJECTED).toString();
    return text === "" ? [] : JSON.parse(text).map((one) => signedReceiptFrom(fromHex(one)));
  }

  /** A receipt that was accepted, with its signature. */
  receipt(number) {
    if (number >= this.#tree.count) throw new Trouble("not_asked", `there is no receipt of call ${number}`);
    const slot = this.#store.read(RECEIPTS).subarray(number * SLOT, (number + 1) * SLOT);
    return signedReceiptFrom(Uint8Array.from(slot.subarray(1, 1 + slot[0])));
  }

  /** The voucher that pays all receipts, without a call. A host that has it needs nothing else. */
  finalVoucher() {
    return this.#voucher(NO_ORDER);
  }
}
