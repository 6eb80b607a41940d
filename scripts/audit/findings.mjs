// What an auditor found wrong. It goes on after a difference, so that one report names all of them.

/** Something that the books cannot follow, because what it builds on never happened. */
export class Missing extends Error {}

/** The entry of a map that must be there. */
export function known(map, key, what) {
  if (!map.has(key)) throw new Missing(`${what} ${key} is unknown`);
  return map.get(key);
}

/** A value in words: the order of an object's fields says nothing. */
function text(value) {
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.keys(value).sort().map((field) => `${field}: ${text(value[field])}`).join(", ")}}`;
}

export class Findings {
  lines = [];
  checks = 0;
  /** Where the auditor is: a block and an event, or what it compares at the end. */
  place = "";

  /** Compares what was `found`, in the chain or in the client's words, with what was recomputed. Amounts are in smallest units. */
  same(who, what, found, expected) {
    this.checks += 1;
    if (text(found) !== text(expected)) this.add(who, what, text(found), text(expected));
  }

  /** The same for an amount with a bound. */
  atMost(who, what, found, bound) {
    this.checks += 1;
    if (found > bound) this.add(who, what, text(found), `at most ${bound}`);
  }

  add(who, what, found, expected) {
    const place = this.place ? `${this.place}: ` : "";
    this.lines.push(`${place}${who}, ${what}: expected ${expected}, found ${found}`);
  }
}
