// What everybody is owed, by the formulas that the README of pallet-rewards states: written anew here, in integers, so that the
// chain's arithmetic is checked against another one. All amounts are BigInt, rates are in billionths.
const BILLION = 1_000_000_000n;

const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0n);

/** What the payees of a model are owed of the net that it has received, what its team keeps, and what rounding holds back. */
export function royaltiesDue(royalties, net) {
  const exact = royalties.map(({ rate, ceiling }) => {
    const due = rate * net;
    return ceiling !== undefined && due >= ceiling * BILLION ? ceiling * BILLION : due;
  });
  const owed = exact.map((due) => due / BILLION);
  const kept = net - sum(exact) / BILLION;
  return { owed, kept, carried: net - kept - sum(owed) };
}

/** What each member of a team has of an amount: the last one what is beyond the others' exact parts. */
export function teamDue(team, amount) {
  const exact = team.slice(0, -1).map(({ part }) => part * amount);
  return [...exact.map((due) => due / BILLION), amount - sum(exact) / BILLION];
}

/** What a member of a pool's crew has of what the pool has received. */
export function crewDue(part, received) {
  return (part * received) / BILLION;
}

/** What all contributions of a pool together have of what the pool has received. */
export function contributorsDue(crew, received) {
  return received - sum(crew.map(({ part }) => part * received)) / BILLION;
}

/** What a contribution of a weight has of that. */
export function contributionDue(amount, weight, total) {
  return (amount * weight) / total;
}

/** What a sponsor pays for a value, or a contributor loses by a negative one. `unit` is what values call an accuracy of 1. */
export function awardDue({ price, budget }, unit, positive, value) {
  const scaledDown = price * positive > budget * unit;
  return scaledDown ? (budget * value) / positive : (price * value) / unit;
}

/** The least common multiple of 1 to 32: values and accuracies are over L K C T. */
export const L = 144403552893600n;

/** What values call an accuracy of 1. */
export function unitOf({ neighbours, classes, benchmark }) {
  return L * BigInt(neighbours) * BigInt(classes) * BigInt(benchmark);
}
