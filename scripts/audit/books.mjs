// The books of an auditor: every event that moves money is entered as it comes, and checked against the formulas at once.
import assert from "node:assert/strict";
import { awardDue, contributionDue, contributorsDue, crewDue, royaltiesDue, teamDue, unitOf } from "./formulas.mjs";

const big = (codec) => codec.toBigInt();
const poolKey = (pool) => `${pool.datanet}/${pool.round}`;
const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0n) + amount);
const total = (map) => [...map.values()].reduce((sum, amount) => sum + amount, 0n);
const payeeKey = (payee) => (payee.isModel ? `model ${payee.asModel}` : `pool ${poolKey(payee.asPool)}`);
const shares = (list) => list.map(({ account, part }) => ({ account: account.toString(), part: big(part) }));

/** Compares what the chain says with what was recomputed. */
function same(said, computed, what) {
  assert.equal(said, computed, `${what}: the chain says ${said}, the events say ${computed}`);
}

export class Books {
  models = new Map();
  pools = new Map();
  recipes = new Map();
  sponsorships = new Map();
  // Values of rounds that are being concluded, and rounds that are.
  valued = new Map();
  rounds = [];
  // Weights of admitted contributions by datanet, in their order.
  admitted = new Map();
  budgets = new Map();
  claimable = new Map();
  // What an account was credited, by role.
  earned = new Map();
  received = 0n;
  sponsored = 0n;
  fees = 0n;
  withdrawn = 0n;
  swept = 0n;

  enter({ block, name, data }) {
    const handler = Books.handlers[name];
    if (!handler) return;
    try {
      handler.call(this, data);
    } catch (error) {
      error.message = `block ${block}, ${name}: ${error.message}`;
      throw error;
    }
  }

  static handlers = {
    "datanets.DatanetCreated"({ datanet, recipe }) {
      this.recipes.set(datanet.toNumber(), {
        neighbours: recipe.neighbours.toNumber(),
        classes: recipe.classes.toNumber(),
        benchmark: recipe.benchmark.toNumber(),
      });
      this.admitted.set(datanet.toNumber(), new Map());
    },

    "datanets.RoundOpened"({ datanet, round, sponsorship }) {
      const { price, budget } = sponsorship.unwrapOr({});
      this.sponsorships.set(`${datanet}/${round}`, {
        price: price ? big(price) : 0n,
        budget: budget ? big(budget) : 0n,
      });
    },

    "datanets.ContributionValued"(event) {
      const key = `${event.datanet}/${event.round}`;
      const list = this.valued.get(key) ?? [];
      list.push({
        contribution: event.contribution.toNumber(),
        account: event.contributor.toString(),
        value: big(event.value),
        weight: big(event.weight),
        paid: big(event.paid),
        burnt: big(event.burnt),
      });
      this.valued.set(key, list);
    },

    "datanets.RoundConcluded"(event) {
      const key = `${event.datanet}/${event.round}`;
      const values = this.valued.get(key) ?? [];
      const recipe = this.recipes.get(event.datanet.toNumber());
      const unit = unitOf(recipe);
      const sponsorship = this.sponsorships.get(key);
      const gain = big(event.after) - big(event.before);
      same(values.reduce((sum, { value }) => sum + value, 0n), gain, `the values of round ${key}`);
      const positive = values.reduce((sum, { value }) => sum + (value > 0n ? value : 0n), 0n);
      const weights = this.admitted.get(event.datanet.toNumber());
      for (const { contribution, value, weight, paid, account } of values) {
        same(weight, value > 0n ? value : 0n, `the weight of contribution ${contribution}`);
        same(paid, awardDue(sponsorship, unit, positive, weight), `the award of contribution ${contribution}`);
        if (weight > 0n) weights.set(contribution, { weight, account });
      }
      const pool = this.pools.get(key);
      pool.weights = new Map(weights);
      same(pool.weight, [...weights.values()].reduce((sum, { weight }) => sum + weight, 0n), `the weight of pool ${key}`);
      const percent = (accuracy) => `${Number((big(accuracy) * 10_000n) / unit) / 100} %`;
      this.rounds.push({
        datanet: event.datanet.toNumber(),
        round: event.round.toNumber(),
        before: percent(event.before),
        after: percent(event.after),
        values: values.length,
        contributions: values,
      });
    },

    "rewards.PoolOpened"({ pool, root, crew }) {
      this.pools.set(poolKey(pool), {
        crew: shares(crew),
        weight: big(root.sum),
        // Filled when the round is concluded, in the same call.
        weights: new Map(),
        received: 0n,
        paid: new Map(),
      });
    },

    "rewards.LedgerOpened"({ model, royalties, team }) {
      this.models.set(model.toNumber(), {
        royalties: royalties.map(({ payee, rate, ceiling }) => ({
          payee: payeeKey(payee),
          rate: big(rate),
          ceiling: ceiling.isSome ? big(ceiling.unwrap()) : undefined,
        })),
        team: shares(team),
        net: 0n,
        inbox: 0n,
        earlier: 0n,
        paidRoyalties: new Map(),
        paidTeam: new Map(),
      });
    },

    "rewards.TeamAmended"({ model, team }) {
      const ledger = this.models.get(model.toNumber());
      ledger.earlier = royaltiesDue(ledger.royalties, ledger.net).kept + ledger.inbox;
      same(total(ledger.paidTeam), ledger.earlier, `what the old team of model ${model} had`);
      ledger.team = shares(team);
    },

    "rewards.Paid"({ asset, round, gross, fee, host, net }) {
      same(big(gross), big(fee) + big(host) + big(net), "the parts of a payment");
      this.received += big(gross);
      this.fees += big(fee);
      if (asset.isModel) this.models.get(asset.asModel.toNumber()).net += big(net);
      else this.pools.get(`${asset.asDatanet}/${round.unwrap()}`).received += big(net);
    },

    "rewards.RoyaltyPaid"({ model, payee, amount }) {
      add(this.models.get(model.toNumber()).paidRoyalties, payeeKey(payee), big(amount));
      if (payee.isModel) this.models.get(payee.asModel.toNumber()).inbox += big(amount);
      else this.pools.get(poolKey(payee.asPool)).received += big(amount);
    },

    "rewards.Settled"({ model }) {
      const ledger = this.models.get(model.toNumber());
      const { owed, kept } = royaltiesDue(ledger.royalties, ledger.net);
      for (const [index, { payee }] of ledger.royalties.entries()) {
        same(ledger.paidRoyalties.get(payee) ?? 0n, owed[index], `what model ${model} has paid to ${payee}`);
      }
      const due = teamDue(ledger.team, kept + ledger.inbox - ledger.earlier).reduce((sum, share) => sum + share, 0n);
      same(total(ledger.paidTeam), ledger.earlier + due, `what the team of model ${model} has had`);
    },

    "rewards.Credited"({ account, amount, source }) {
      const who = account.toString();
      add(this.claimable, who, big(amount));
      add(this.earned, `${who} ${source.type}`, big(amount));
      this.sourceOf(source, who, big(amount));
    },

    "rewards.Withdrawn"({ account, amount }) {
      add(this.claimable, account.toString(), -big(amount));
      this.withdrawn += big(amount);
    },

    "rewards.Sponsored"({ pool, amount }) {
      add(this.budgets, poolKey(pool), big(amount));
      this.sponsored += big(amount);
    },

    "rewards.Swept"({ fees }) {
      this.swept += big(fees);
    },
  };

  /** Where credited money came from, and whether it was due. */
  sourceOf(source, who, amount) {
    switch (source.type) {
      case "Team":
        add(this.models.get(source.asTeam.toNumber()).paidTeam, who, amount);
        break;
      case "Crew": {
        const pool = this.pools.get(poolKey(source.asCrew));
        add(pool.paid, who, amount);
        const member = pool.crew.find(({ account }) => account === who);
        same(pool.paid.get(who), crewDue(member.part, pool.received), `the crew's part of ${who}`);
        break;
      }
      case "Contribution": {
        const [id, contribution] = source.asContribution;
        const pool = this.pools.get(poolKey(id));
        const number = contribution.toNumber();
        const { weight, account } = pool.weights.get(number);
        same(who, account, `the contributor of ${number}`);
        add(pool.paid, number, amount);
        const due = contributionDue(contributorsDue(pool.crew, pool.received), weight, pool.weight);
        same(pool.paid.get(number), due, `what contribution ${number} has had`);
        break;
      }
      case "Award":
        add(this.budgets, poolKey(source.asAward), -amount);
        break;
      case "Refund":
        add(this.budgets, poolKey(source.asRefund), -amount);
        break;
      case "Hosting":
        break;
      default:
        assert.fail(`an unknown source of credit: ${source.type}`);
    }
  }

  /** Compares the balances that follow from all events with a state, and sums up. */
  async close(state) {
    const stored = await state.query.rewards.claimable.entries();
    const onChain = new Map(stored.map(([key, amount]) => [key.args[0].toString(), big(amount)]));
    for (const who of new Set([...this.claimable.keys(), ...onChain.keys()])) {
      same(onChain.get(who) ?? 0n, this.claimable.get(who) ?? 0n, `what ${who} may withdraw`);
    }

    const pools = [...this.pools.values()].reduce((sum, { received, paid }) => sum + received - total(paid), 0n);
    const models = [...this.models.values()].reduce(
      (sum, { net, inbox, paidRoyalties, paidTeam }) => sum + net + inbox - total(paidRoyalties) - total(paidTeam),
      0n,
    );
    const claimable = total(this.claimable);
    const budgets = total(this.budgets);
    const fees = this.fees - this.swept;
    const { held } = await state.query.rewards.potTotals();
    same(big(held.pools), pools, "what is in pools");
    same(big(held.models), models, "what is in models' ledgers");
    same(big(held.budgets), budgets, "what is in budgets");
    same(big(held.claimable), claimable, "what may be withdrawn");
    same(big(held.fees), fees, "fees");

    // The pot's account: "modl", the pallet's name for it, zeros (PalletId::into_account_truncating).
    const pot = new Uint8Array(32);
    pot.set(new TextEncoder().encode("modl"));
    pot.set(state.consts.rewards.palletId.toU8a(true), 4);
    const { data: owned } = await state.query.system.account(pot);
    const deposit = big(state.consts.balances.existentialDeposit);
    const owed = pools + models + budgets + claimable + fees;
    // More than it owes is what somebody gave it: surplus, which anybody may sweep to the treasury.
    assert.ok(big(owned.free) >= owed + deposit, `the pot owns ${owned.free}, less than it owes: ${owed}`);

    const received = this.received + this.sponsored;
    const out = this.withdrawn + this.swept;
    same(received, out + claimable + pools + models + budgets + fees, "received");

    const payouts = {};
    for (const [key, amount] of this.earned) {
      const [who, role] = key.split(" ");
      payouts[who] ??= {};
      payouts[who][role] = amount;
    }
    return {
      rounds: this.rounds,
      payouts,
      balance: { received, paid: out, claimable, pools, carried: models, budgets, fees },
    };
  }
}
