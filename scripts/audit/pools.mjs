// Pools of rounds: what they received, and what crews and contributions are owed of it.
import { placeOf } from "./awards.mjs";
import { big, hashOf, poolKey, shares } from "./chain.mjs";
import { known } from "./findings.mjs";
import { authorsDue, contributionDue, contributorsDue, crewDue, crewOf, sum } from "./formulas.mjs";
import { weightTree } from "./tree.mjs";

/** Whether the pool of a round pays a contribution: consent to it was not withdrawn before the round froze. */
const isPaid = ({ withdrawn }, { round }) => withdrawn === undefined || round < withdrawn;

const sorted = (parts) => [...parts].sort(([one], [other]) => (one < other ? -1 : 1));

export class Pools {
  pools = new Map();
  // By what the ledger said; what datanets say of the same is compared with it.
  exclusions = new Map();

  constructor(books) {
    this.books = books;
    this.findings = books.findings;
  }

  handlers = {
    "rewards.PoolOpened": ({ pool, root, withdrawn, count, vesting, crew }, { block }) => {
      const datanet = pool.get("datanet").toNumber();
      const ordinal = [...this.pools.values()].filter((other) => other.datanet === datanet).length + 1;
      this.pools.set(poolKey(pool), {
        datanet,
        // Which of its datanet's final rounds this is, and since when.
        ordinal,
        opened: block,
        vesting: { parts: vesting.get("parts").toNumber(), blocks: vesting.get("blocks").toNumber() },
        crew: shares(crew),
        hash: hashOf(root),
        weight: big(root.get("sum")),
        withdrawn: big(withdrawn),
        count: count.toNumber(),
        // Those of the recomputed tree: filled when the round is concluded, in the same call.
        weights: new Map(),
        gross: 0n,
        fees: 0n,
        hosts: 0n,
        net: 0n,
        payments: 0,
        royalties: 0n,
        paidCrew: new Map(),
        paidContributions: new Map(),
        // Of that, by contribution and place among those who share it.
        paidPlaces: new Map(),
        proven: new Set(),
      });
    },

    "rewards.ContributionExcluded": ({ datanet, contribution, weight, since }) => {
      this.exclusions.set(`${datanet}/${contribution}`, { weight: big(weight), since: since.toNumber() });
    },

    "rewards.Proven": ({ pool, contribution, account, weight }) => {
      const key = poolKey(pool);
      const found = this.get(key);
      const number = contribution.toNumber();
      const entry = known(found.weights, number, `in pool ${key} contribution`);
      this.findings.same(account, `contributor of ${number} in pool ${key}`, account.toString(), entry.contributor);
      this.findings.same(account, `weight of contribution ${number} in pool ${key}`, big(weight), entry.weight);
      this.findings.same(account, `contribution ${number} is paid by pool ${key}`, isPaid(entry, found), true);
      found.proven.add(number);
    },
  };

  get(key) {
    return known(this.pools, key, "pool");
  }

  /** The pool that is paid for one: itself, or the last one of its datanet before it that has weight; undefined if there is none. */
  earning(key) {
    this.get(key);
    const [datanet, last] = key.split("/").map(Number);
    const rounds = [...this.pools].filter(([, { total }]) => total > 0n).map(([other]) => other.split("/").map(Number));
    const round = Math.max(...rounds.filter((other) => other[0] === datanet && other[1] <= last).map((other) => other[1]));
    return Number.isFinite(round) ? `${datanet}/${round}` : undefined;
  }

  received({ net, royalties }) {
    return net + royalties;
  }

  /** What is in a pool: received and paid to nobody yet. */
  held(pool) {
    return this.received(pool) - sum(pool.paidCrew.values()) - sum(pool.paidContributions.values());
  }

  /** A round is final: its pool holds what was admitted up to it, and pays whom recipe and benchmark say. */
  conclude(key, datanet, evaluator, providers, { round, admitted, root, weight, withdrawn }) {
    const { findings } = this;
    const pool = this.get(key);
    const tree = weightTree(datanet.admitted, this.books.hash);
    pool.round = round.toNumber();
    pool.weights = new Map(datanet.admitted.map((entry) => [entry.contribution, entry]));
    const leftOut = sum(datanet.admitted.filter((entry) => !isPaid(entry, pool)).map((entry) => entry.weight));
    findings.same(`pool ${key}`, "weight withdrawn before", [pool.withdrawn, big(withdrawn)], [leftOut, leftOut]);
    findings.same(`pool ${key}`, "total weight", pool.weight, tree.sum);
    findings.same(`pool ${key}`, "root of the weights", pool.hash, tree.hash);
    findings.same(`pool ${key}`, "number of contributions", pool.count, tree.count);
    const concluded = [big(weight), root.toHex(), admitted.toNumber()];
    findings.same(`round ${key}`, "weight, root and number of what is admitted", concluded, [tree.sum, tree.hash, tree.count]);
    findings.same(`pool ${key}`, "how sponsors' pay vests", pool.vesting, datanet.vesting);
    const crew = crewOf(datanet, datanet.steward, evaluator, providers);
    const said = pool.crew.map(({ account, part }) => [account, part]);
    findings.same(`pool ${key}`, "crew and its parts in billionths", sorted(said), sorted(crew));
    // From here on what was recomputed counts, not what the chain says.
    pool.crew = [...crew].map(([account, part]) => ({ account, part }));
    pool.sum = tree.sum;
    pool.total = tree.sum - leftOut;
  }

  creditCrew(key, who, amount) {
    const pool = this.get(key);
    pool.paidCrew.set(who, (pool.paidCrew.get(who) ?? 0n) + amount);
    const part = pool.crew.find(({ account }) => account === who)?.part ?? 0n;
    this.findings.same(who, `crew's part of pool ${key} so far`, pool.paidCrew.get(who), crewDue(part, this.received(pool)));
  }

  creditContribution(key, contribution, who, amount) {
    const pool = this.get(key);
    const { contributor } = known(pool.weights, contribution, `in pool ${key} contribution`);
    pool.paidContributions.set(contribution, (pool.paidContributions.get(contribution) ?? 0n) + amount);
    this.findings.same(who, `weight of contribution ${contribution} proven in pool ${key}`, pool.proven.has(contribution), true);
    const due = this.due(pool, contribution);
    const payees = this.books.awards.payeesOf(key, contribution, contributor);
    const place = placeOf(payees, who);
    const whose = `${contribution} ${place}`;
    pool.paidPlaces.set(whose, (pool.paidPlaces.get(whose) ?? 0n) + amount);
    const part = authorsDue(payees, due, false)[place];
    this.findings.same(who, `part of contribution ${contribution} from pool ${key} so far`, pool.paidPlaces.get(whose), part);
  }

  /** Whether a pool pays a contribution. */
  pays(pool, contribution) {
    const entry = pool.weights.get(contribution);
    return entry !== undefined && isPaid(entry, pool);
  }

  /** What a contribution has earned from a pool since the beginning, paid or not. */
  due(pool, contribution) {
    if (!this.pays(pool, contribution)) return 0n;
    const entry = pool.weights.get(contribution);
    return contributionDue(contributorsDue(pool.crew, this.received(pool)), entry.weight, pool.total);
  }
}
