// What became of money on hold just before an event that says why: put there, burnt, released, or paid to an evaluator.
export const reasonOf = ({ type, inner }) => `${type}.${inner.type}`;

export class Holds {
  moves = [];

  handlers = {
    "balances.Held": ({ reason, who, amount }) => this.add("held", reason, who, amount),
    "balances.BurnedHeld": ({ reason, who, amount }) => this.add("burnt", reason, who, amount),
    "balances.Released": ({ reason, who, amount }) => this.add("released", reason, who, amount),
    "balances.TransferOnHold": ({ reason, source, dest, amount }) => this.add(`paid to ${dest}`, reason, source, amount),
  };

  add(kind, reason, who, amount) {
    this.moves.push({ kind, reason: reasonOf(reason), who: who.toString(), amount: amount.toBigInt() });
  }

  /** Begins anew: what follows belongs to another event. */
  clear() {
    this.moves = [];
  }

  /** What an account had on hold for a reason and what became of it, in smallest units. */
  of(account, reason) {
    const found = {};
    for (const { kind, amount } of this.moves.filter((move) => move.who === account && move.reason === reason)) {
      found[kind] = (found[kind] ?? 0n) + amount;
    }
    return found;
  }
}
