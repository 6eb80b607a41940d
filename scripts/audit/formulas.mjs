// What everybody is owed of money that came in: written anew here, from the protocol's words and in integers, so that the chain's
// arithmetic is checked against another one. All amounts are BigInt, rates and parts are in billionths.
export const BILLION = 1_000_000_000n;

export const sum = (amounts) => [...amounts].reduce((total, amount) => total + amount, 0n);

/**
 * A royalty before rounding, in billionths, of what came in since it had come to `carried`. It stops at its ceiling; a ceiling below what it
 * had come to takes nothing back.
 */
function exactIncrease({ rate, ceiling, carried = 0n }, net) {
  const due = rate * net;
  if (ceiling === undefined) return due;
  const room = ceiling > carried ? (ceiling - carried) * BILLION : 0n;
  return due < room ? due : room;
}

/** What a royalty comes to of what came in, if nothing of it was owed before. */
export const royaltyOn = ({ rate, ceiling }, net) => exactIncrease({ rate, ceiling }, net) / BILLION;

/**
 * What the payees of a model are owed when so much net has come in since they were owed what each had `carried`, what its team keeps of
 * that net, and what rounding holds back.
 */
export function royaltiesDue(royalties, net) {
  const exact = royalties.map((royalty) => exactIncrease(royalty, net));
  const increases = exact.map((due) => due / BILLION);
  const kept = net - sum(exact) / BILLION;
  const owed = royalties.map(({ carried = 0n }, index) => carried + increases[index]);
  return { owed, kept, rounding: net - kept - sum(increases) };
}

/**
 * What is free of a team that began when teams had kept `began`, of what they have kept by now: all up to the older boundary, half of the
 * rest. A team that began after that boundary has half of all.
 */
export function freeOf(kept, began, older) {
  return (kept - began + (older > began ? older - began : 0n)) / 2n;
}

/**
 * Rates that apply, of royalties `{ asked, ground }`: the stack's stay, late ones are cut in proportion to what it leaves, and claimed ones to
 * half of what both leave.
 */
export function appliedRates(royalties) {
  const rates = royalties.map(({ asked }) => asked);
  let left = BILLION;
  for (const ground of ["Stack", "Late", "Claimed"]) {
    const places = [...rates.keys()].filter((index) => royalties[index].ground === ground);
    const asked = sum(places.map((index) => rates[index]));
    const there = ground === "Claimed" ? left / 2n : left;
    if (asked > there && ground !== "Stack") for (const index of places) rates[index] = (rates[index] * there) / asked;
    left -= sum(places.map((index) => rates[index]));
  }
  return rates;
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
