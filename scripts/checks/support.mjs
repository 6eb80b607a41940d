// What the checks share: free ports, folders of their own, programs and networks that end with them.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { Network, portIsFree } from "../lib/network.mjs";
import { binaries } from "../lib/options.mjs";

export const NODE = join(binaries, "tributary-node");
export const CLIENT = join(binaries, "tributary");

// RPC ports; the others of a validator lie 1,000 and 2,000 above. Below the ports that Linux gives to outgoing connections.
const FIRST_PORT = 25_000;
const PORTS = 1_000;
const ABOVE = [0, 1_000, 2_000];
// Every process begins at another place, so that checks that run side by side do not pick the same ports.
const OWN = 20;
let next = (process.pid * OWN) % PORTS;

/** The first of `size` neighbouring RPC ports that are free, together with those above them that validators use. */
export async function freeBasePort(size = 1) {
  for (let tries = 0; tries < PORTS; tries += 1) {
    if (next + size > PORTS) next = 0;
    const base = FIRST_PORT + next;
    const wanted = Array.from({ length: size }, (_, index) => ABOVE.map((distance) => base + index + distance)).flat();
    const free = await Promise.all(wanted.map(portIsFree));
    next += free.every(Boolean) ? size : 1;
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${size} free ports from ${FIRST_PORT} on`);
}

// Hooks of tests are not run when a check is told to end, and what it started would go on without it.
const folders = [];
const networks = [];
const programs = new Set();
process.on("exit", () => {
  for (const network of networks) for (const peer of network.peers) peer.process?.kill("SIGKILL");
  for (const program of programs) program.kill("SIGTERM");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(128 + constants.signals[signal]));

/** A folder of a check's own, removed when it ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "tributary-check-"));
  folders.push(folder);
  return folder;
}

/** A network of `size` validators below `folder`, not started yet, on ports that are free for them and for `guests` nodes that join later. */
export async function newNetwork(folder, size, { guests = 0, ...options } = {}) {
  const network = new Network({ binary: NODE, folder, size, basePort: await freeBasePort(size + guests), ...options });
  networks.push(network);
  return network;
}

/**
 * Runs a program to its end, with nothing to read: its exit code and what it wrote. One that does not end in time is killed, and has the
 * signal's name for a code. `heard` is told the program and all that it has written so far, each time that it writes.
 */
export function run(program, words, { seconds = 60, heard = () => {}, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], timeout: seconds * 1_000, killSignal: "SIGKILL", ...options });
    programs.add(child);
    const written = { output: "", errors: "" };
    for (const [name, stream] of [["output", child.stdout], ["errors", child.stderr]]) {
      stream.setEncoding("utf8").on("data", (text) => {
        written[name] += text;
        heard(child, written);
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => {
      programs.delete(child);
      resolve({ code: code ?? signal, ...written });
    });
  });
}
