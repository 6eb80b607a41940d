// What everybody is owed of money that came in: written anew here, from the protocol's words and in integers, so that the chain's
// arithmetic is checked against another one. All amounts are BigInt, rates and parts are in billionths.
export const BILLION = 1_000_000_000n;

export const sum = (amounts) => [...amounts].reduce((total, amount) => total + amount, 0n);

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

/** What each author has of what a contribution has earned: as a team, and the last one all the rest once that is all. */
export function authorsDue(authors, amount, all) {
  const due = teamDue(authors, amount);
  if (!all) return due;
  const others = due.slice(0, -1);
  return [...others, amount - sum(others)];
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

/** How many blocks the phases of a round last at the most, a year of blocks of three seconds at the most: the time of a part that vests. */
export function roundBlocks({ committing, delivering, revealing, window }) {
  return Math.min(committing + delivering + revealing + 2 * window, 10_512_000);
}

/** How many parts of what vests are due after so many further final rounds and so many blocks: whichever gives more. */
export function partsElapsed({ parts, blocks }, rounds, elapsed) {
  return Math.min(parts, Math.max(rounds, Math.floor(elapsed / blocks)));
}

/** What of a sponsor's pay is due: all but what has not vested, of which the last part is half of the pay divided by the parts. */
export function vestedDue(amount, parts, elapsed) {
  return parts === 0 ? amount : amount - (amount * BigInt(parts - elapsed)) / (2n * BigInt(parts));
}

/**
 * Who earns beside the contributors of a pool: its steward, its evaluator, and whoever revealed a slice of the benchmark, an equal
 * part for each slice. What does not divide stays with the contributors. By account: nobody is in a crew twice.
 */
export function crewOf({ stewardShare, evaluatorShare, providersShare }, steward, evaluator, providers) {
  const slice = providers.length > 0 ? providersShare / BigInt(providers.length) : 0n;
  const parts = new Map();
  const shares = [[steward, stewardShare], [evaluator, evaluatorShare], ...providers.map((provider) => [provider, slice])];
  for (const [account, part] of shares) {
    if (part > 0n) parts.set(account, (parts.get(account) ?? 0n) + part);
  }
  return parts;
}
