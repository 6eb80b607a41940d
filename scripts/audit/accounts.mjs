// What each account paid and received, by role.

/** The roles, by the source of credit that the chain names, and as statements of the client call them. */
export const ROLES = {
  Contribution: "contributor",
  Award: "award",
  Crew: "crew",
  Team: "team",
  Hosting: "host",
  Refund: "refund",
};

export class Accounts {
  list = new Map();

  of(who) {
    if (!this.list.has(who)) {
      // Fees of valuations go from a contributor's hold to the evaluator, and not through the pot.
      this.list.set(who, { paid: 0n, sponsored: 0n, withdrawn: 0n, credited: 0n, fees: 0n, roles: new Map() });
    }
    return this.list.get(who);
  }

  credit(who, role, amount) {
    const account = this.of(who);
    account.credited += amount;
    account.roles.set(role, (account.roles.get(role) ?? 0n) + amount);
  }

  /** Who received what in which role, without those who received nothing. */
  get payouts() {
    const payouts = {};
    for (const [who, { roles, fees }] of this.list) {
      if (roles.size > 0) payouts[who] = Object.fromEntries(roles);
      if (fees > 0n) payouts[who] = { ...payouts[who], Valuation: fees };
    }
    return payouts;
  }
}
