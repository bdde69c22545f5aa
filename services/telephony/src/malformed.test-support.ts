import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What the tests with 100,000 malformed inputs share: the same damage at each run, and a look at the memory that is held. */

export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function oneOf<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T;
}

const DIGITS = "9".repeat(200);
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const VALUES: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  1e308,
  true,
  "",
  " ",
  "x".repeat(5_000),
  DIGITS,
  "\u0000\r\n",
  "1\r\nAction: Logoff\r\n\r\n",
  [],
  {},
  ["a"],
  { id: 7 },
  { $gt: "" },
  { $where: "1" },
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  JSON.parse(nested(1_000)),
];
const BITS = [
  "",
  "{",
  "}",
  '"',
  ",",
  ":",
  "\\",
  "\u0000",
  "\r\n",
  "\n\n",
  "\ud800",
  "null",
  "1e999",
  DIGITS,
  "[".repeat(3_000),
  '"__proto__":{"polluted":1},',
  '"$where":"1",',
];

/** One value somewhere becomes something else, or one more key comes with it. */
function twisted(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random(4) === 0) return oneOf(VALUES, random);
  const entries = Object.entries(value);
  if (random(8) === 0)
    return Object.fromEntries([...entries, [oneOf(["__proto__", "$set", "constructor", ""], random), oneOf(VALUES, random)]]);
  const which = random(entries.length);
  return Object.fromEntries(entries.map(([key, inner], i) => [key, i === which ? twisted(inner, random) : inner]));
}

/** The text cut short, torn by something that does not belong there, or still JSON that says something else. */
export function damagedJson(text: string, random: Random): string {
  const at = random(text.length);
  if (random(2) === 0) return JSON.stringify(twisted(JSON.parse(text), random));
  return random(2) === 0 ? text.slice(0, at) : text.slice(0, at) + oneOf(BITS, random) + text.slice(at + random(20));
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that are held when all garbage is gone. */
export function heldBytes(): number {
  // What the first one finds in buffers is freed beside it; the second one waits for that.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
