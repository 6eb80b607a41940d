// The chain spec of a chain that is not Tributary: its runtime is a WebAssembly module that has a version and does nothing.

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const u32 = (number) => [number, 0, 0, 0];
// Lengths below 64 and 128 are one byte each, in SCALE and in WebAssembly.
const scaleText = (text) => [text.length << 2, ...Buffer.from(text)];
const wasmText = (text) => [text.length, ...Buffer.from(text)];
const section = (id, bytes) => [id, bytes.length, ...bytes];

/** Memory and heap, which an executor asks of every runtime, and the version where compilers of runtimes put it. */
function runtime(name) {
  const version = [...scaleText(name), ...scaleText(name), ...u32(1), ...u32(1), ...u32(1), 0, ...u32(1), 1];
  return Buffer.from([
    ...MAGIC,
    ...section(5, [1, 0, 1]),
    ...section(6, [1, 0x7f, 0, 0x41, 0, 0x0b]),
    ...section(7, [2, ...wasmText("memory"), 2, 0, ...wasmText("__heap_base"), 3, 0]),
    ...section(0, [...wasmText("runtime_version"), ...version]),
  ]);
}

/** The chain spec `id`, whose runtime is called `another-chain`. */
export function foreignSpecification(id, { runtime: has = true } = {}) {
  // The key of the runtime in state: ":code".
  const top = has ? { "0x3a636f6465": `0x${runtime("another-chain").toString("hex")}` } : {};
  return JSON.stringify({ name: id, id, chainType: "Live", bootNodes: [], genesis: { raw: { top, childrenDefault: {} } } });
}
