// A network of validators on this machine: one process, database, key store and set of ports each.
import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const NAMES = ["Alice", "Bob", "Charlie", "Dave"];
// Distance of a validator's other ports from its RPC port.
const PEER_TO_PEER = 1_000;
const PROMETHEUS = 2_000;
const STOP_SECONDS = 20;
const START_SECONDS = 120;
// Where a chain keeps its runtime: ":code" in hexadecimal digits.
const CODE = "0x3a636f6465";

/** The development account that validates at `index`, as a secret URI. */
const secretOf = (index) => `//${NAMES[index] ?? `Validator${index + 1}`}`;

/** A node of a network: one process with a folder, a log and ports of its own. */
export class Peer {
  constructor(network, index, name) {
    this.network = network;
    this.name = name;
    this.folder = join(network.folder, name.toLowerCase());
    this.rpcPort = network.basePort + index;
    this.peerPort = this.rpcPort + PEER_TO_PEER;
    this.prometheusPort = this.rpcPort + PROMETHEUS;
    this.log = join(network.folder, `${name.toLowerCase()}.log`);
    // Flags of its own.
    this.flags = [];
  }

  /** Flags of its kind. */
  get role() {
    return [];
  }

  get url() {
    return `ws://127.0.0.1:${this.rpcPort}`;
  }

  get keyFile() {
    return join(this.folder, "node-key");
  }

  /** Writes the network key, once. */
  prepare() {
    if (existsSync(this.keyFile)) return;
    mkdirSync(this.folder, { recursive: true });
    this.network.node("key", "generate-node-key", "--chain", this.network.specification, "--file", this.keyFile);
  }

  get peerId() {
    this.knownPeerId ??= this.network.node("key", "inspect-node-key", "--file", this.keyFile).trim();
    return this.knownPeerId;
  }

  start() {
    const boot = this.network.validators
      .filter((other) => other !== this)
      .map((other) => `/ip4/127.0.0.1/tcp/${other.peerPort}/p2p/${other.peerId}`);
    const flags = [
      ...this.role,
      "--name", this.name,
      "--chain", this.network.specification,
      "--base-path", this.folder,
      "--node-key-file", this.keyFile,
      "--listen-addr", `/ip4/127.0.0.1/tcp/${this.peerPort}`,
      "--rpc-port", String(this.rpcPort),
      "--prometheus-port", String(this.prometheusPort),
      "--no-mdns",
      ...(boot.length > 0 ? ["--bootnodes", ...boot] : []),
      ...this.flags,
    ];
    const output = createWriteStream(this.log, { flags: "a" });
    this.process = spawn(this.network.binary, flags, { stdio: ["ignore", "pipe", "pipe"] });
    this.process.stdout.pipe(output);
    this.process.stderr.pipe(output);
    this.exited = new Promise((resolve) => {
      this.process.on("exit", (code, signal) => {
        this.process = undefined;
        resolve(code ?? signal);
      });
    });
  }

  get running() {
    return this.process !== undefined;
  }

  /** Ends it as a power cut would. */
  async kill() {
    this.process?.kill("SIGKILL");
    await this.exited;
  }

  async stop() {
    const running = this.process;
    if (!running) return;
    running.kill("SIGINT");
    const timer = setTimeout(() => running.kill("SIGKILL"), STOP_SECONDS * 1_000);
    await this.exited;
    clearTimeout(timer);
  }

  /** One call of the JSON-RPC interface. */
  async rpc(method, ...params) {
    const response = await fetch(`http://127.0.0.1:${this.rpcPort}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = await response.json();
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async finalisedHeight() {
    const { number } = await this.rpc("chain_getHeader", await this.rpc("chain_getFinalizedHead"));
    return Number(number);
  }

  blockHash(height) {
    return this.rpc("chain_getBlockHash", height);
  }

  /** Waits until it has finalised `height`; fails if it ends or `seconds` pass. */
  async finalises(height, seconds) {
    const deadline = Date.now() + seconds * 1_000;
    let reached = -1;
    while (Date.now() < deadline) {
      if (!this.running) throw new Error(`${this.name} ended; its last words:\n${lastLines(this.log)}`);
      reached = await this.finalisedHeight().catch(() => reached);
      if (reached >= height) return reached;
      await sleep(500);
    }
    throw new Error(`${this.name} finalised ${reached} in ${seconds} s, not ${height}; see ${this.log}`);
  }
}

/** A node that makes blocks, with the keys of a development account. */
export class Validator extends Peer {
  constructor(network, index) {
    super(network, index, secretOf(index).slice(2));
    this.index = index;
  }

  get role() {
    return ["--validator"];
  }

  /** Writes session keys and the network key, once. */
  prepare() {
    if (existsSync(this.keyFile)) return;
    for (const [scheme, type] of [["sr25519", "babe"], ["ed25519", "gran"]]) {
      this.network.node("key", "insert", "--base-path", this.folder, "--chain", this.network.specification,
        "--suri", secretOf(this.index), "--scheme", scheme, "--key-type", type);
    }
    super.prepare();
  }
}

function lastLines(path) {
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(-8).join("\n") : "";
}

function isRunning(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

export function portIsFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

export class Network {
  /** `size` validators below `folder`, RPC from `basePort` on, run by the node program `binary`; a new chain has epochs of `epoch` slots. */
  constructor({ binary, folder, size = 4, basePort = 9944, epoch = 20 }) {
    Object.assign(this, { binary, folder, basePort, epoch });
    this.specification = join(folder, "chain-spec.json");
    this.owner = `${folder}.process`;
    this.validators = Array.from({ length: size }, (_, index) => new Validator(this, index));
    this.guests = [];
  }

  node(...words) {
    return execFileSync(this.binary, words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Forgets the chain. */
  clear() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Takes the folder and the ports for this process, or says who has them. Nothing of another network is touched before. */
  async claim() {
    if (existsSync(this.owner)) {
      const other = Number(readFileSync(this.owner, "utf8"));
      if (isRunning(other)) throw new Error(`process ${other} runs a network in ${this.folder}: end it first`);
    }
    for (const { name, rpcPort, peerPort, prometheusPort } of this.validators) {
      for (const port of [rpcPort, peerPort, prometheusPort]) {
        if (!(await portIsFree(port))) throw new Error(`port ${port}, for validator ${name}, is taken: choose another --base-port`);
      }
    }
    mkdirSync(dirname(this.owner), { recursive: true });
    writeFileSync(this.owner, String(process.pid));
  }

  /** Chain specification and keys; what is there stays, if it is for as many validators. */
  async prepare() {
    mkdirSync(this.folder, { recursive: true });
    if (existsSync(this.specification)) {
      const there = this.authorities(JSON.parse(readFileSync(this.specification, "utf8"))).length;
      if (there !== this.validators.length) {
        throw new Error(`the chain in ${this.folder} has ${there} validators, not ${this.validators.length}: use --fresh to begin a new one`);
      }
    } else {
      // Written aside first: one that was cut off would be taken for a chain that is there.
      const aside = `${this.specification}.new`;
      writeFileSync(aside, this.newSpecification());
      renameSync(aside, this.specification);
    }
    for (const validator of this.validators) validator.prepare();
  }

  /** A full node that joins, started with `flags`; it stops with the network. */
  join(name, flags = []) {
    const peer = new Peer(this, this.validators.length + this.guests.length, name);
    peer.flags = flags;
    this.guests.push(peer);
    peer.prepare();
    peer.start();
    return peer;
  }

  /** All of its nodes on this machine. */
  get peers() {
    return [...this.validators, ...this.guests];
  }

  /** Fails if the chain runs another runtime than the node program brings: an old chain keeps its old one, whatever is built. */
  async checkRuntime() {
    const [first] = this.validators;
    await first.finalises(0, START_SECONDS);
    const running = await first.rpc("state_getStorage", CODE);
    const { code } = JSON.parse(this.node("export-chain-spec", "--chain", "local")).genesis.runtimeGenesis;
    if (running !== code) {
      throw new Error(`the chain in ${this.folder} runs another runtime than the one that was built: use --fresh to begin a new chain`);
    }
  }

  authorities(specification) {
    return specification.genesis.runtimeGenesis.patch.session.keys;
  }

  /** The test network's specification, with as many validators as asked for. */
  newSpecification() {
    const specification = JSON.parse(this.node("export-chain-spec", "--chain", "local"));
    const keys = this.authorities(specification);
    specification.genesis.runtimeGenesis.patch.session.keys = this.validators.map(({ index }) => {
      if (keys[index]) return keys[index];
      const account = this.address(index, "sr25519");
      return [account, account, { babe: account, grandpa: this.address(index, "ed25519") }];
    });
    specification.genesis.runtimeGenesis.patch.epochs.length = this.epoch;
    return JSON.stringify(specification, undefined, 2);
  }

  address(index, scheme) {
    const words = ["key", "inspect", "--output-type", "json", "--network", "substrate", "--scheme", scheme, secretOf(index)];
    return JSON.parse(this.node(...words)).ss58Address;
  }

  async start({ fresh = false } = {}) {
    await this.claim();
    if (fresh) this.clear();
    const goesOn = existsSync(this.specification);
    await this.prepare();
    for (const validator of this.validators) validator.start();
    if (goesOn) await this.checkRuntime();
  }

  async stop() {
    await Promise.all(this.peers.map((peer) => peer.stop()));
    if (existsSync(this.owner) && Number(readFileSync(this.owner, "utf8")) === process.pid) rmSync(this.owner);
  }
}
