// Has anvil execute what `tributary-peers export` has written, and compares the gas that it charges with revm's. Prints JSON: for each step
// of each contract gas by both, and the time from sending a transaction to its receipt, in milliseconds.
//
//   node anvil.mjs FILE
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';

const { chain, accounts, endowment, founder, transactions } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** A port that nobody listens on. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const port = await freePort();
// The package's own launcher would be another process between this one and the node.
const processor = { x64: 'amd64' }[process.arch] ?? process.arch;
const program = createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${process.platform}-${processor}/bin/anvil`);
const node = spawn(
  program,
  ['--port', port, '--chain-id', chain, '--hardfork', 'prague', '--base-fee', 0, '--disable-block-gas-limit', '--accounts', 0, '--silent'],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);

async function ask(...calls) {
  const body = calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }));
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answers = await response.json();
  return answers.map(({ result, error }) => {
    if (error) throw new Error(error.message);
    return result;
  });
}

async function ready() {
  for (let tries = 0; tries < 100; tries++) {
    try {
      return await ask(['eth_chainId']);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('anvil does not answer');
}

try {
  await ready();
  await ask(
    ['anvil_setBalance', founder, `0x${'f'.repeat(60)}`],
    ...accounts.map((address) => ['anvil_setBalance', address, endowment]),
  );
  const steps = [];
  for (const { step, raw, gas } of transactions) {
    const begin = performance.now();
    const [receipt] = await ask(['eth_sendRawTransactionSync', raw]);
    const time = performance.now() - begin;
    if (receipt.status !== '0x1') throw new Error(`${JSON.stringify(step)} was refused`);
    const used = Number(receipt.gasUsed);
    if (used !== gas) throw new Error(`${JSON.stringify(step)} used ${used} gas, not ${gas}`);
    if (step) steps.push({ ...step, gas: used, time });
  }
  console.log(JSON.stringify(steps));
} finally {
  node.kill();
}
