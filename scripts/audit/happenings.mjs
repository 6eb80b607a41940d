// Short words for what happens to ledgers of models, as the events that a chain would make of it: for tests of the books.
import { asset, name, number, origin, payee, some, none, structure } from "./codecs.mjs";
import { Books } from "./books.mjs";
import { Findings } from "./findings.mjs";
import { BILLION } from "./formulas.mjs";

export const PERIOD = 100;
export const percent = (number) => (BILLION * BigInt(number)) / 100n;

const team = (members) => members.map(([account, part]) => structure({ account: name(account), part: number(percent(part)) }));
const royalties = (list) => list.map(([key, rate, ceiling]) => structure({
  payee: payee(key),
  rate: number(typeof rate === "bigint" ? rate : percent(rate)),
  ceiling: ceiling === undefined ? none : some(number(ceiling)),
}));

// Royalties that stories have told and no event yet, by books and model.
const told = new WeakMap();

function royaltiesOf(books, id) {
  if (!told.has(books)) told.set(books, new Map());
  const models = told.get(books);
  if (!models.has(id)) models.set(id, []);
  return models.get(id);
}

/** Each word's event or events, by what follows the word. */
const WORDS = {
  /** A model of a team: `asks` for a royalty of its descendants, `owes` its stack at the rates that apply, and half waits if it `waits`. */
  model(books, id, { asks, owes = [], stack = owes, from = [], members, waits = false }) {
    const terms = `terms of model ${id}`;
    books.licences.set(terms, { royalty: asks && { rate: percent(asks[0]), ceiling: asks[1] } });
    const origins = from.map((words) => origin(...words));
    const released = waits ? [] : [["rewards.EscrowReleased", { model: number(id) }]];
    return [
      ["rewards.LedgerOpened", { model: number(id), royalties: royalties(owes), team: team(members) }],
      ["licensing.TermsAttached", { asset: asset(`model ${id}`), terms: name(terms), royalties: royalties(stack) }],
      ["models.Registered", { model: number(id), origins, terms: name(terms), team: team(members) }],
      ...released,
    ];
  },

  /** A datanet that asks for a royalty, with pools that have weight. */
  data(books, id, asks, rounds) {
    const terms = `terms of datanet ${id}`;
    books.licences.set(terms, { royalty: { rate: percent(asks[0]), ceiling: asks[1] } });
    books.rounds.datanets.set(id, { terms });
    const pool = () => ({ total: 1n, net: 0n, royalties: 0n, paidCrew: new Map(), paidContributions: new Map() });
    for (const round of rounds) books.pools.pools.set(`${id}/${round}`, pool());
    return [];
  },

  pays: (_, id, net) => [["rewards.Paid", {
    asset: asset(`model ${id}`), round: none, payer: name("payer"), gross: number(net), fee: number(0), host: number(0), net: number(net), cause: { type: "Payment" },
  }]],

  /** Told by the `settled` that follows: see there. */
  royalty(books, id, key, amount) {
    royaltiesOf(books, id).push([payee(key), number(amount)]);
    return [];
  },

  credits: (_, id, account, amount) => [["rewards.Credited", {
    account: name(account), amount: number(amount), source: { type: "Team", asTeam: number(id) },
  }]],

  /** Everything due of a model is paid, with the royalties of the lines before. */
  settled: (books, id, royaltiesIn, net) => [["rewards.Settled", {
    model: number(id), inflow: structure({ net: number(net), royalties: number(royaltiesIn) }), royalties: royaltiesOf(books, id).splice(0),
  }]],

  team: (_, id, members) => [["rewards.TeamAmended", { model: number(id), team: team(members) }]],

  owes: (_, id, stack, late) => [["rewards.RoyaltiesAmended", {
    model: number(id), royalties: royalties(stack), late: royalties(late), setAside: none,
  }]],

  names: (_, id, stack, setAside) => [["rewards.RoyaltiesAmended", {
    model: number(id), royalties: royalties(stack), late: [], setAside: some(number(setAside)),
  }]],

  claims: (_, id, list, setAside) => [["rewards.RoyaltiesClaimed", {
    model: number(id), royalties: royalties(list), setAside: number(setAside),
  }]],

  closes: (_, id, returned) => [["rewards.ClaimClosed", { model: number(id), returned: number(returned) }]],
  freezes: (_, id, key) => [["rewards.RoyaltyFrozen", { model: number(id), asset: asset(key) }]],
  unfreezes: (_, id, key) => [["rewards.RoyaltyUnfrozen", { model: number(id), asset: asset(key) }]],
  released: (_, id) => [["rewards.EscrowReleased", { model: number(id) }]],
  resumed: (_, id) => [["rewards.EscrowResumed", { model: number(id) }]],
  overturned: (_, id) => [["models.ReexecutionOverturned", { model: number(id) }]],
  adds: (_, id, ...words) => [["models.ParentAdded", { model: number(id), origin: origin(...words) }]],
  upholds: (_, id, ...words) => [["models.ParentUpheld", { model: number(id), origin: origin(...words) }]],
  strikes: (_, id, ...words) => [["models.ParentStruck", { model: number(id), origin: origin(...words) }]],
  again: (_, id) => [["models.Reexecuted", { model: number(id) }]],
  folds: (_, id, stack, late) => [["licensing.Refolded", { model: number(id), royalties: royalties(stack), late: royalties(late) }]],
  ends: () => [["system.ExtrinsicSuccess", {}]],
};

/** Words whose last number an auditor must know to the unit: in this order, so that each can be changed. */
export const AMOUNTS = ["royalty", "credits", "settled", "claims", "closes", "names"];

/** Begins books in which the payment's fee is nothing, and periods have 100 blocks. */
export function begin() {
  const books = new Books({ findings: new Findings(), licences: new Map(), account: "the pot", hash: (bytes) => bytes.slice(0, 32) });
  return { books, lines: books.findings.lines };
}

/** Enters a story, lines of a word and what belongs to it; `at` moves on to a block. Each line is a call of its own, but for what it pays. */
export function tell(story, found = begin()) {
  const { books } = found;
  let block = 1;
  for (const [word, ...words] of [...story, ["ends"]]) {
    if (word === "at") [block] = words;
    for (const [event, data] of word === "at" ? [] : WORDS[word](books, ...words)) {
      books.enter({ block, extrinsic: 0, name: event, data, rates: { fee: 0n, host: 0n, escrow: PERIOD } });
    }
  }
  return found;
}
