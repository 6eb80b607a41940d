// Who has what came in, by role: as if everything were settled and claimed, so that it does not matter who has asked for what.
import { big, poolKey } from "./chain.mjs";
import { authorsDue, crewDue, sum } from "./formulas.mjs";
import { ratio } from "./measures.mjs";

export const PLACES = ["paid", "claimable", "owed", "waiting", "vesting"];
export const LABOUR = ["contributors_pools", "contributors_sponsors"];
const VERIFICATION = ["evaluators", "providers", "challengers"];
const OWN_MONEY = "sponsors";

/** The sources of credit that say by themselves in which role somebody earns. */
const ROLE_OF = { Contribution: "contributors_pools", Award: "contributors_sponsors", Hosting: "hosts", Refund: OWN_MONEY };

export const totalOf = (places) => sum(PLACES.map((place) => places[place] ?? 0n));
const without = (all, part) => Object.fromEntries(Object.entries(all).map(([place, amount]) => [place, amount - (part[place] ?? 0n)]));

/** Adds places of money to an entry of a map. */
function add(map, key, places) {
  const entry = map.get(key) ?? {};
  for (const [place, amount] of Object.entries(places)) entry[place] = (entry[place] ?? 0n) + amount;
  map.set(key, entry);
}

/** A part of the money in places, each `{ paid, claimable, owed, waiting }`, spread evenly: rounded with all that come before, so that the parts sum to it. */
export function partOf(list, part) {
  const whole = sum(list.map(totalOf));
  let before = 0n;
  let given = 0n;
  const next = (amount) => {
    before += amount;
    const until = whole === 0n ? 0n : (part * before) / whole;
    const own = until - given;
    given = until;
    return own;
  };
  return list.map(({ paid, claimable, owed, waiting = 0n }) => (
    { paid: next(paid), claimable: next(claimable), owed: next(owed), waiting: next(waiting) }));
}

/** What a credit is for, in words, and what of it there is. */
function sourceOf(source) {
  switch (source.type) {
    case "Team":
      return { kind: "Team", of: source.asTeam.toNumber() };
    case "Crew":
      return { kind: "Crew", of: poolKey(source.asCrew) };
    default:
      return { kind: source.type, of: "" };
  }
}

export class Earners {
  // By account and source: what it has withdrawn of what it was credited with.
  taken = new Map();
  // Money that does not go through the pot, by account and role.
  direct = new Map();
  valuation = 0n;
  bonds = 0n;
  rewards = 0n;
  transactions = 0n;
  burnt = 0n;

  constructor(books) {
    this.books = books;
  }

  handlers = {
    "rewards.Credited": ({ account, amount, source }) => {
      const own = this.takenBy(account.toString());
      const { kind, of } = sourceOf(source);
      add(own, `${kind} ${of}`, { paid: 0n, claimable: big(amount) });
    },

    "rewards.Withdrawn": ({ account }) => {
      for (const [source, { paid, claimable }] of this.takenBy(account.toString())) {
        this.takenBy(account.toString()).set(source, { paid: paid + claimable, claimable: 0n });
      }
    },

    "datanets.RoundConcluded": ({ evaluator, fees }) => {
      this.valuation += big(fees);
      this.pay(evaluator, "evaluators", big(fees));
    },

    "datanets.ContributionValued": ({ burnt }) => this.burn(big(burnt)),
    "datanets.ContributionLapsed": ({ burnt }) => this.burn(big(burnt)),
    "datanets.ProviderSilent": ({ burnt }) => this.burn(big(burnt)),
    "valuation.ProposalLapsed": ({ bond }) => this.burn(big(bond)),
    "disputes.BondBurnt": ({ amount }) => this.burn(big(amount)),

    "valuation.ProposalDisproved": (event) => this.loseBond(event),
    "metering.HostChallenged": (event) => this.loseBond(event),

    "transactionPayment.TransactionFeePaid": ({ who, actualFee }, { block }) => {
      const { before } = this.books;
      const fee = big(actualFee);
      // The author of the block has the fee in the event just before; what the payer has back came before that, if anything did.
      const deposit = before?.block === block && before.name === "balances.Deposit" ? before.data : undefined;
      const amount = deposit && big(deposit.amount);
      if (deposit && (amount === fee || (amount > fee && deposit.who.toString() !== who.toString()))) {
        this.transactions += amount;
        this.pay(deposit.who, "validators", amount);
      } else {
        this.transactions += fee;
        this.burnt += fee;
      }
    },
  };

  takenBy(who) {
    if (!this.taken.has(who)) this.taken.set(who, new Map());
    return this.taken.get(who);
  }

  burn(amount) {
    this.bonds += amount;
    this.burnt += amount;
  }

  /** Part of a bond goes to whoever showed why it is lost. */
  loseBond({ challenger, reward, burnt }) {
    this.burn(big(burnt));
    this.bonds += big(reward);
    this.rewards += big(reward);
    this.pay(challenger, "challengers", big(reward));
  }

  pay(who, role, amount) {
    if (amount > 0n) add(this.direct, `${who} ${role}`, { paid: amount });
  }

  /** What somebody was credited with from a source, and has withdrawn of it. */
  ofSource(source) {
    const found = [...this.taken].filter(([, sources]) => sources.has(source));
    return new Map(found.map(([who, sources]) => [who, { ...sources.get(source), owed: 0n }]));
  }

  /** What models owe and have not paid, by payee. */
  get unpaid() {
    const unpaid = new Map();
    for (const model of this.books.models.models.values()) {
      // What is disputed is nobody's yet.
      for (const { payee, earned, paid, ground, frozen } of model.royaltiesNow) {
        if (frozen || ground === "Claimed") continue;
        unpaid.set(payee, (unpaid.get(payee) ?? 0n) + earned - paid);
      }
    }
    return unpaid;
  }

  /** All that came in and where it is; `accounts` by account and role, a space between them. */
  get earned() {
    const { pot, awards, models, pools } = this.books;
    const result = { accounts: new Map([...this.direct].map(([key, places]) => [key, { ...places }])), contested: 0n, carried: 0n };
    for (const [who, sources] of this.taken) {
      for (const [source, places] of sources) {
        const role = ROLE_OF[source.split(" ")[0]];
        if (role) add(result.accounts, `${who} ${role}`, places);
      }
    }
    const { unpaid } = this;
    for (const [number, model] of models.models) this.addTeam(result, number, model, unpaid.get(`model ${number}`) ?? 0n);
    for (const [key, pool] of pools.pools) this.addPool(result, key, pool, unpaid.get(`pool ${key}`) ?? 0n);
    const shared = [...awards.authors.values()].flat().map(({ account }) => account);
    for (const who of new Set([...shared, ...[...awards.awards.values()].map((award) => award.who)])) {
      add(result.accounts, `${who} contributors_sponsors`, { vesting: awards.vestingOf(who) });
    }
    for (const [key, places] of result.accounts) if (totalOf(places) === 0n) result.accounts.delete(key);
    return {
      ...result,
      budgets: sum(pot.budgets.values()),
      treasury: { paid: pot.swept, owed: pot.fees - pot.swept },
      burnt: this.burnt + awards.burnt,
      received: { gross: pot.gross, sponsored: pot.sponsored, valuation: this.valuation, bonds: this.bonds, transactions: this.transactions },
    };
  }

  addTeam(result, number, model, unpaid) {
    const team = this.ofSource(`Team ${number}`);
    for (const { account, owed, waiting } of model.membersNow(unpaid)) add(team, account, { paid: 0n, claimable: 0n, owed, waiting });
    const accounts = [...team.keys()].sort();
    const all = accounts.map((who) => team.get(who));
    const whole = sum(all.map(totalOf));
    // What payees had that are not owed anything any more is theirs.
    const dropped = sum(model.paidRoyalties.values()) - sum(model.royaltiesNow.map(({ paid }) => paid));
    const owed = sum(model.royaltiesNow.map(({ earned }) => earned));
    result.contested += model.contested;
    result.carried += model.net + model.royaltiesIn + unpaid - owed - dropped - whole;
    const royalties = model.royaltiesIn + unpaid;
    // Royalties never wait.
    const free = all.map((places) => ({ ...places, waiting: 0n }));
    const most = sum(free.map(totalOf));
    const upstream = partOf(free, royalties < most ? royalties : most);
    for (const [index, who] of accounts.entries()) {
      add(result.accounts, `${who} upstream`, upstream[index]);
      add(result.accounts, `${who} developers`, without(all[index], upstream[index]));
    }
  }

  addPool(result, key, pool, unpaid) {
    const { pools, awards } = this.books;
    const received = pools.received(pool) + unpaid;
    let left = received;
    const crew = this.ofSource(`Crew ${key}`);
    for (const { account, part } of pool.crew) {
      const due = crewDue(part, received);
      left -= due;
      add(crew, account, { paid: 0n, claimable: 0n, owed: due - (pool.paidCrew.get(account) ?? 0n) });
    }
    for (const [who, all] of crew) this.addMember(result, key, pool, who, all);
    const settled = { ...pool, royalties: pool.royalties + unpaid };
    for (const [contribution, { contributor }] of pool.weights) {
      const payees = awards.payeesOf(key, contribution, contributor);
      const due = authorsDue(payees, pools.due(settled, contribution), false);
      for (const [place, { account }] of payees.entries()) {
        left -= due[place];
        const owed = due[place] - (pool.paidPlaces.get(`${contribution} ${place}`) ?? 0n);
        add(result.accounts, `${account} contributors_pools`, { owed });
      }
    }
    result.carried += left;
  }

  /** Somebody may be in a crew for several reasons: what it has is divided by their parts. */
  addMember(result, key, pool, who, all) {
    const { rounds } = this.books;
    const [number, round] = key.split("/").map(Number);
    const { evaluatorShare, providersShare, threshold } = rounds.datanets.get(number);
    const { seats, attestors } = rounds.rounds.get(key);
    const providers = threshold === undefined ? [...seats.values()] : attestors;
    const { evaluator } = rounds.concluded.find((entry) => entry.datanet === number && entry.round === round);
    const slices = BigInt(providers.filter((provider) => provider === who).length);
    const each = providers.length > 0 ? providersShare / BigInt(providers.length) : 0n;
    const whole = pool.crew.find(({ account }) => account === who).part;
    let rest = all;
    for (const [role, part] of [["evaluators", who === evaluator ? evaluatorShare : 0n], ["providers", each * slices]]) {
      const [own] = partOf([rest], (totalOf(all) * part) / whole);
      add(result.accounts, `${who} ${role}`, own);
      rest = without(rest, own);
    }
    add(result.accounts, `${who} stewards`, rest);
  }
}

/** What roles have together, by role. */
export function byRole({ accounts, budgets }) {
  const roles = new Map();
  for (const [key, places] of accounts) add(roles, key.split(" ")[1], places);
  if (budgets > 0n) add(roles, OWN_MONEY, { owed: budgets });
  return roles;
}

/** What accounts have in some roles; in all but their own money back, if none are named. */
export function byAccount({ accounts }, roles) {
  const found = new Map();
  for (const [key, places] of accounts) {
    const [who, role] = key.split(" ");
    if (roles ? roles.includes(role) : role !== OWN_MONEY) found.set(who, (found.get(who) ?? 0n) + totalOf(places));
  }
  return found;
}

/** What labour and verification have of what was paid. */
export function sharesOf(earned, awarded, rewards) {
  const roles = byRole(earned);
  const of = (names) => sum(names.map((name) => totalOf(roles.get(name) ?? {})));
  const { gross, valuation } = earned.received;
  const paid = gross + awarded;
  const bounded = (part, whole) => ratio(part < whole ? part : whole, whole);
  return { labour: bounded(of(LABOUR), paid), verification: bounded(of(VERIFICATION), paid + valuation + rewards) };
}
