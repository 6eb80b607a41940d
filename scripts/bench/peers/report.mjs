// Prints tables of what was measured on both sides.
//
//   node report.mjs FOLDER PART...    FOLDER has runtime.json and peers.json (costs), profile.json, anvil.json
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...parts] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

const number = (value) => {
  if (value === undefined || Number.isNaN(value)) return '';
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
const whole = (value) => (value === undefined ? '' : Math.round(value).toLocaleString('en-GB'));

function table(title, heads, rows) {
  console.log(`\n### ${title}\n`);
  console.log(`| ${heads.join(' | ')} |`);
  console.log(`|${'---|'.repeat(heads.length)}`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

/** Microseconds of a transaction, in three ways. */
const ways = {
  'execution with the signature, without the state root': (cost) => cost.executed + cost.signature,
  'execution with the signature and the state root': (cost) => cost.executed + cost.signature + cost.root,
  'execution alone': (cost) => cost.executed,
};

const contracts = { push: 'PushSplitter', balances: 'BalanceMapSplitter', accumulator: 'Accumulator', line: 'Lineage' };

/** Both sides' measurements in one form, by who, scenario, size and step. */
function costs() {
  const all = new Map();
  const key = (who, scenario, size, step) => [who, scenario, size, step].join();
  for (const { step, block, applied, root, signatures, ...rest } of read('runtime')) {
    all.set(key('tributary', step.scenario, step.size, step.step), {
      executed: block.median - root.median - signatures.median,
      signature: signatures.median,
      root: root.median,
      applied: applied.median,
      spread: (block.high - block.low) / block.median,
      ...rest,
    });
  }
  for (const { step, executed, root, signatures, ...rest } of read('peers').filter(({ step }) => step)) {
    all.set(key(step.contract, step.scenario, step.size, step.step), {
      executed: executed.median,
      signature: signatures.median,
      root: root.median,
      spread: (executed.high - executed.low) / executed.median,
      ...rest,
    });
  }
  const spreads = [...all.values()].map(({ spread }) => spread).sort((a, b) => a - b);
  console.log(`\nMedians; the middle half of a measurement's repetitions lies within ${number(50 * spreads[spreads.length >> 1])} % of it (median).`);
  return (...path) => {
    const cost = all.get(key(...path));
    if (!cost) throw new Error(`nothing was measured of ${path}`);
    return cost;
  };
}

const ratio = (a, b) => number(a / b);

function recipients(cost) {
  const sizes = [2, 10, 100, 1_000, 100_000];
  const step = 'pay again';
  for (const [way, time] of Object.entries(ways)) {
    const rows = sizes.map((size) => {
      const of = (who) => time(cost(who, 'recipients', size, step));
      const [own, push, balances, accumulator] = ['tributary', ...Object.values(contracts).slice(0, 3)].map(of);
      return [whole(size), ...[own, push, balances, accumulator].map(number), ratio(push, own), ratio(own, accumulator)];
    });
    table(
      `A payment that is split, µs: ${way}`,
      ['recipients', 'Tributary', 'push', 'balances', 'accumulator', 'push / Tributary', 'Tributary / accumulator'],
      rows,
    );
  }
  const all = ['tributary', ...Object.values(contracts).slice(0, 3)];
  table(
    'One payment, bytes',
    ['recipients', 'state: Tributary', 'push', 'balances', 'accumulator', 'events: Tributary', 'EVM', 'transaction: Tributary', 'EVM'],
    sizes.map((size) => {
      const of = (who) => cost(who, 'recipients', size, step);
      return [
        whole(size),
        ...all.map((who) => whole(of(who).alone.state)),
        whole(of('tributary').alone.events),
        whole(of('Accumulator').alone.events),
        whole(of('tributary').transactionBytes),
        whole(of('Accumulator').transactionBytes),
      ];
    }),
  );
  const registered = new Map(read('peers').filter(({ registered }) => registered !== undefined).map((contract) => [`${contract.contract},${contract.scenario},${contract.size}`, contract.registered]));
  table(
    'Gas of a payment, and bytes of state that hold the recipients',
    ['recipients', 'push', 'balances', 'accumulator', 'slots of a list', 'Tributary: a pool'],
    sizes.map((size) => [
      whole(size),
      ...Object.values(contracts).slice(0, 3).map((who) => whole(cost(who, 'recipients', size, step).gas)),
      whole(registered.get(`PushSplitter,recipients,${size}`)),
      whole(cost('tributary', 'recipients', size, step).registered),
    ]),
  );
}

function claims(cost) {
  for (const [way, time] of Object.entries(ways)) {
    table(
      `From the pool to the account of one recipient of up to a hundred, µs: ${way}`,
      ['recipients', 'claim, proving', 'claim', 'withdraw', 'first', 'later', 'balances', 'accumulator', 'later / accumulator'],
      [2, 10, 100, 1_000, 100_000].map((size) => {
        const own = (step) => time(cost('tributary', 'recipients', size, step));
        const [proving, claim, withdraw] = ['claim, proving', 'claim', 'withdraw again'].map(own);
        const [balances, accumulator] = ['BalanceMapSplitter', 'Accumulator'].map((who) => time(cost(who, 'recipients', size, 'claim again')));
        const times = [proving, claim, withdraw, proving + withdraw, claim + withdraw, balances, accumulator];
        return [whole(size), ...times.map(number), ratio(claim + withdraw, accumulator)];
      }),
    );
  }
  table(
    'The same, bytes for each recipient',
    ['recipients', 'state: first', 'later', 'balances', 'accumulator', 'transactions: first', 'later', 'EVM'],
    [2, 10, 100, 1_000, 100_000].map((size) => {
      const own = (step) => cost('tributary', 'recipients', size, step);
      const sum = (measure, ...steps) => whole(steps.map((step) => measure(own(step))).reduce((a, b) => a + b));
      const state = ({ together }) => together.state;
      const length = ({ transactionBytes }) => transactionBytes;
      const [first, later] = [['claim, proving', 'withdraw'], ['claim', 'withdraw again']];
      const evm = (who) => cost(who, 'recipients', size, 'claim again');
      return [
        whole(size),
        sum(state, ...first),
        sum(state, ...later),
        whole(state(evm('BalanceMapSplitter'))),
        whole(state(evm('Accumulator'))),
        sum(length, ...first),
        sum(length, ...later),
        whole(length(evm('Accumulator'))),
      ];
    }),
  );
}

function ancestors(cost) {
  const sizes = [1, 4, 16];
  for (const [way, time] of Object.entries(ways)) {
    table(
      `A payment for a model, µs: ${way}`,
      ['ancestors', 'Tributary: pay', 'settle', 'settle an ancestor', 'withdraw', 'all', 'EVM: line', 'push', 'accumulator: pay', 'claim', 'all', 'Tributary / accumulator: pay', 'all'],
      sizes.map((size) => {
        const own = (step) => time(cost('tributary', 'ancestors', size, step));
        const [pay, settle, ancestor, withdraw] = ['pay', 'settle', 'settle ancestors', 'withdraw'].map(own);
        const evm = (who, step) => time(cost(who, 'ancestors', size, step));
        const all = pay + settle + size * ancestor + (size + 1) * withdraw;
        const [paid, claim] = [evm('Accumulator', 'pay again'), evm('Accumulator', 'claim again')];
        const pulled = paid + (size + 1) * claim;
        const times = [pay, settle, ancestor, withdraw, all, evm('Lineage', 'pay again'), evm('PushSplitter', 'pay again'), paid, claim, pulled];
        return [whole(size), ...times.map(number), ratio(pay, paid), ratio(all, pulled)];
      }),
    );
  }
  table(
    'One payment for a model: bytes and gas',
    ['ancestors', 'state: Tributary: pay', 'settle', 'line', 'push', 'accumulator', 'gas: line', 'push', 'accumulator'],
    sizes.map((size) => [
      whole(size),
      ...['pay', 'settle'].map((step) => whole(cost('tributary', 'ancestors', size, step).alone.state)),
      ...['Lineage', 'PushSplitter', 'Accumulator'].map((who) => whole(cost(who, 'ancestors', size, 'pay again').alone.state)),
      ...['Lineage', 'PushSplitter', 'Accumulator'].map((who) => whole(cost(who, 'ancestors', size, 'pay again').gas)),
    ]),
  );
}

function others(cost) {
  const rows = [
    ['a remark that says nothing', cost('tributary', 'other', 0, 'remark')],
    ['a transfer', cost('tributary', 'other', 0, 'transfer')],
    ['a payment to 100,000', cost('tributary', 'recipients', 100_000, 'pay again')],
    ['a payment for a model with 16 ancestors', cost('tributary', 'ancestors', 16, 'pay')],
    ['EVM: accumulator, a payment', cost('Accumulator', 'recipients', 100_000, 'pay again')],
  ];
  table(
    'What a transaction consists of, µs',
    ['transaction', 'signature', 'execution', 'state root', 'alone in its call, as its author applies it'],
    rows.map(([name, { signature, executed, root, applied }]) => [name, ...[signature, executed, root, applied].map(number)]),
  );
}

function targets(cost) {
  const [, withRoot] = Object.values(ways);
  const verdict = (met) => (met ? 'met' : '**missed**');
  const rows = [];
  const judge = (target, measure, holds) => {
    const values = Object.values(ways).map(measure);
    rows.push([target, ...values.map((value) => `${number(value)} ${verdict(holds(value))}`)]);
  };
  const own = (time, scenario, size) => time(cost('tributary', scenario, size, scenario === 'recipients' ? 'pay again' : 'pay'));
  const evm = (time, who, size) => time(cost(who, 'recipients', size, 'pay again'));
  judge('a payment to 100,000 / to 2: <= 1.1', (time) => own(time, 'recipients', 100_000) / own(time, 'recipients', 2), (value) => value <= 1.1);
  judge('through 16 ancestors / 1: <= 1.1', (time) => own(time, 'ancestors', 16) / own(time, 'ancestors', 1), (value) => value <= 1.1);
  judge('push / Tributary at 10: > 1', (time) => evm(time, 'PushSplitter', 10) / own(time, 'recipients', 10), (value) => value > 1);
  judge('push / Tributary at 100: >= 10', (time) => evm(time, 'PushSplitter', 100) / own(time, 'recipients', 100), (value) => value >= 10);
  judge('Tributary / accumulator at 100: <= 3', (time) => own(time, 'recipients', 100) / evm(time, 'Accumulator', 100), (value) => value <= 3);
  table('Targets', ['target', 'with the signature', 'with signature and state root', 'execution alone'], rows);
}

function profile() {
  const steps = read('profile');
  const kinds = [...new Set(steps.flatMap(({ kinds }) => Object.keys(kinds)))].sort();
  const name = ({ step }) => `${step.step}${step.size ? ` (${whole(step.size)} ${step.scenario})` : ''}`;
  table(
    'Where the time of a transaction goes, µs (calls)',
    ['transaction', ...kinds, 'Wasm', 'all'],
    steps.map((step) => {
      const parts = kinds.map((kind) => step.kinds[kind] ?? { calls: 0, time: 0 });
      const rest = parts.reduce((left, { time }) => left - time, step.whole);
      const cells = parts.map(({ calls, time }) => (calls ? `${number(time)} (${number(calls)})` : number(time)));
      return [name(step), ...cells, number(rest), number(step.whole)];
    }),
  );
}

function anvil() {
  const steps = read('anvil');
  const time = steps.map((step) => step.time).sort((a, b) => a - b)[steps.length >> 1];
  console.log(`\nanvil charged the same gas as revm for each of ${steps.length} transactions; from sending one to its receipt took ${number(time)} ms (median).`);
}

if (parts.includes('costs')) {
  const cost = costs();
  recipients(cost);
  claims(cost);
  ancestors(cost);
  others(cost);
  targets(cost);
}
if (parts.includes('profile')) profile();
if (parts.includes('anvil')) anvil();
