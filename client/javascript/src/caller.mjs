// Calls over HTTP, made again where an answer was lost.
import { setTimeout as sleep } from "node:timers/promises";
import { receiptFromHeader, voucherToHeader } from "./codec.mjs";
import { requestContent, responseContent } from "./hashes.mjs";

// Bytes of an answer that are read at the most.
const MOST_BYTES = 64 << 20;
const VOUCHER = "tributary-voucher";
const CALL = "tributary-call";
const MOST = "tributary-most";
const RECEIPT = "tributary-receipt";

// After these the host may have the call all the same.
const KEPT = new Set(["in_progress", "other_request", "answer_dropped", "not_next", "store", "internal"]);
// Before it says these, the host has looked whether it has the call.
const LOOKED = new Set(["channel_closing", "channel_expired", "channel_not_served", "given_up", "may_take_more", "model_failed", "model_not_served",
  "not_answerable", "receipts_missing", "too_slow", "units_exhausted", "unpaid"]);
const PASSING = new Set([429, 502, 503, 504]);

/** Nobody knows whether the host has the call: it is made again before the next one. */
export class Lost extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = "Lost";
  }
}

/** The host refused. If the call is `withdrawn`, nothing is charged and the next one may be another; `body` has all that it said, such as its terms. */
export class Refused extends Error {
  constructor(status, body) {
    super(`the host refused (${status} ${body.error.code}): ${body.error.message}`);
    Object.assign(this, { name: "Refused", status, code: body.error.code, body, withdrawn: false });
  }
}

/** A channel and the host that it is called through. */
export class Caller {
  #channel;
  #endpoint;
  #options;

  /** `endpoint` is what the host offers: scheme, name and port count. `attempts` for each call, `pause` and `timeout` in milliseconds. */
  constructor(channel, endpoint, { attempts = 5, pause = 1_000, timeout = 300_000 } = {}) {
    this.#channel = channel;
    this.#endpoint = new URL(endpoint);
    if (!["http:", "https:"].includes(this.#endpoint.protocol)) throw new TypeError(`${endpoint} is not an address of a host`);
    this.#options = { attempts, pause, timeout };
  }

  /** Asks with POST what may take `most` units; `block` is the chain's best one. A call without an answer comes first. */
  async call(path, body, { most, block }) {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const earlier = await this.resend();
    const { pathname, search } = this.#address(path);
    const call = this.#channel.ask(requestContent("POST", pathname + search, bytes), most, block);
    return { ...(await this.#send(call, false)), earlier };
  }

  /** Makes the call again that has no answer: it is paid once. Nothing, if there is none. */
  async resend() {
    const call = this.#channel.outstanding;
    return call && this.#send(call, true);
  }

  /** Hands the host a voucher that pays all receipts, so that it needs nothing more of the consumer. */
  async sendLastVoucher() {
    const signed = this.#channel.finalVoucher();
    const { status, body } = await this.#post(this.#address(`/v1/channels/${this.#channel.terms.channel}/voucher`), { [VOUCHER]: voucherToHeader(signed) });
    if (status !== 204) throw refusal(status, body) ?? new Lost(`the host answered ${status} to a voucher`);
    return signed.voucher;
  }

  #address(path) {
    const url = new URL(path, this.#endpoint);
    // `//other.example/` would be a call of somebody else.
    if (!path.startsWith("/") || url.origin !== this.#endpoint.origin) throw new TypeError(`${path} is not a path of the host`);
    return url;
  }

  async #post(url, headers, body) {
    const signal = AbortSignal.timeout(this.#options.timeout);
    try {
      const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
      const chunks = [];
      let length = 0;
      for await (const chunk of response.body ?? []) {
        length += chunk.length;
        // A shorter body is none that a receipt is of.
        if (length > MOST_BYTES) break;
        chunks.push(chunk);
      }
      return { status: response.status, headers: response.headers, body: Uint8Array.from(Buffer.concat(chunks)) };
    } catch (error) {
      throw new Lost(`the host did not answer (${error.cause?.message ?? error.message}); the call is kept, and made again with the next one`, { cause: error });
    }
  }

  /** `lost` says whether the host may have the call already. */
  async #send(call, lost) {
    for (let left = this.#options.attempts - 1; ; left -= 1) {
      const { answered, error, passing, pause } = await this.#attempt(call);
      if (answered) return answered;
      if (!passing || left <= 0) throw this.#withdraw(call, error, lost);
      lost ||= error instanceof Lost;
      await sleep(pause ?? this.#options.pause);
    }
  }

  async #attempt(call) {
    const text = Buffer.from(call.request);
    const end = text.indexOf("\n");
    const [, path] = text.subarray(0, end).toString().split(" ");
    const headers = {
      "content-type": "application/json", [VOUCHER]: voucherToHeader(call), [CALL]: String(call.number), [MOST]: String(call.most),
    };
    let response;
    try {
      response = await this.#post(this.#address(path), headers, call.request.subarray(end + 1));
    } catch (error) {
      if (error instanceof Lost) return { error, passing: true };
      throw error;
    }
    const { status, body } = response;
    const receipt = response.headers.get(RECEIPT);
    if (receipt === null) {
      const error = refusal(status, body) ?? new Lost(`the host answered ${status} without a receipt: nothing is owed for that`);
      const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
      const passing = PASSING.has(status) || ["in_progress", "given_up"].includes(error.code);
      return { error, passing, pause: Number.isFinite(seconds) ? seconds * 1_000 : undefined };
    }
    const contentType = response.headers.get("content-type") ?? "";
    const accepted = this.#channel.accept(responseContent(status, contentType, body), receiptFromHeader(receipt));
    return { answered: { receipt: accepted, status, contentType, body } };
  }

  /** Takes a call back that the host says it has not answered. What may be answered all the same is kept. */
  #withdraw(call, error, lost) {
    if (!(error instanceof Refused) || KEPT.has(error.code) || (lost && !LOOKED.has(error.code))) return error;
    this.#channel.withdraw(call.number);
    error.withdrawn = true;
    return error;
  }
}

/** What a gateway's refusal says; nothing if it is not a gateway that speaks. */
function refusal(status, body) {
  if (status < 300) return undefined;
  try {
    const said = JSON.parse(new TextDecoder().decode(body));
    if (typeof said.error.code === "string" && typeof said.error.message === "string") return new Refused(status, said);
  } catch {
    // A proxy, perhaps.
  }
  return undefined;
}
