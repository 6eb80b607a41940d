// A channel with a host that answers in memory, and as badly as a test wants.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Channel, content, ed25519Signer, receiptLeaf, requestContent, responseContent } from "../src/index.mjs";
import { signedReceiptBytes, toHex } from "../src/codec.mjs";

export const PRICE = 7n;
export const UNITS = 10_000n;
export const EXPIRES = 100;
export const NOW = 50;
export const CONSUMER = new Uint8Array(32).fill(1);
export const host = ed25519Signer(new Uint8Array(32).fill(2));
export const consumer = ed25519Signer(CONSUMER);
export const PATH = "/v1/predict";

export const terms = {
  genesis: new Uint8Array(32).fill(9), channel: 3, model: 5, price: PRICE, units: UNITS, expires: EXPIRES,
  voucherKey: consumer.account, receiptKey: host.account,
};

const folders = [];
process.on("exit", () => { for (const path of folders) rmSync(path, { recursive: true, force: true }); });

export function folder() {
  const path = mkdtempSync(join(tmpdir(), "tributary-consumer-"));
  folders.push(path);
  return path;
}

export const open = (path = folder()) => new Channel(path, terms, consumer);

export const utf8 = (text) => new TextEncoder().encode(text);

/** The host's receipt of a call, with what a test changes. */
export function signed(call, response, change = {}) {
  const receipt = {
    channel: 3n, number: call.number, units: 2n, amount: 2n * PRICE, request: content(call.request), response: content(response), ...change,
  };
  return { receipt, signature: host.sign(receiptLeaf(terms.genesis, receipt)) };
}

/** An HTTP host: `behave` says what becomes of each request, and may do what it likes with it. It keeps what it has answered. */
export async function startHost(behave = () => undefined) {
  const answered = new Map();
  const state = { requests: 0, computed: 0, vouchers: [], answered };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    state.requests += 1;
    if (request.url.endsWith("/voucher")) {
      state.vouchers.push(request.headers["tributary-voucher"]);
      response.writeHead(204).end();
      return;
    }
    const number = Number(request.headers["tributary-call"]);
    const call = { number, request: requestContent("POST", request.url, Buffer.concat(chunks)) };
    const answer = () => {
      const before = answered.get(number);
      if (before) return before;
      state.computed += 1;
      const body = utf8(JSON.stringify({ answer: state.computed }));
      const receipt = signed(call, responseContent(200, "application/json", body));
      answered.set(number, { body, receipt });
      return { body, receipt };
    };
    const send = ({ body, receipt }) => {
      response.writeHead(200, { "content-type": "application/json", "tributary-receipt": toHex(signedReceiptBytes(receipt)) }).end(body);
    };
    const refuse = (status, code, more = {}) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: { code, message: "no" }, ...more }));
    };
    if (behave({ count: state.requests, call, answer, send, refuse, request, response }) !== undefined) return;
    send(answer());
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  state.url = `http://127.0.0.1:${server.address().port}`;
  state.stop = () => { server.close(); server.closeAllConnections(); };
  return state;
}
