// Compiles the contracts beside this file and writes their creation code to a file: { CONTRACT: hex }.
//
//   node compile.mjs FILE
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const folder = fileURLToPath(new URL('contracts', import.meta.url));
const sources = Object.fromEntries(
  readdirSync(folder).map((name) => [name, { content: readFileSync(join(folder, name), 'utf8') }]),
);
const settings = {
  evmVersion: 'osaka',
  // As for code that runs often.
  optimizer: { enabled: true, runs: 1_000_000 },
  viaIR: true,
  outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
};
const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
const messages = output.errors ?? [];
if (messages.length > 0) {
  throw new Error(messages.map((message) => message.formattedMessage).join('\n'));
}
const codes = Object.values(output.contracts)
  .flatMap(Object.entries)
  .map(([name, { evm }]) => [name, evm.bytecode.object])
  .filter(([, code]) => code !== '');
writeFileSync(process.argv[2], JSON.stringify(Object.fromEntries(codes)));
