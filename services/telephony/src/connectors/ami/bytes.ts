/** Searches in bytes, written as loops: on lines this short they are faster than calls into the runtime. */

const CR = 13;
const LF = 10;

/** Position of the first CR LF CR LF at or after `from`, or -1. Looks at every fourth byte where it can. */
export function findBlankLine(bytes: Buffer, from: number): number {
  const end = bytes.length;
  for (let at = from + 3; at < end; ) {
    const byte = bytes[at] as number;
    if (byte > CR) at += 4;
    else if (byte === LF) {
      if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at - 3;
      at += 2;
    } else at += byte === CR ? 1 : 4;
  }
  return -1;
}

/** Position of the first CR LF in [from, end), else `end`. */
export function findLineEnd(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && !(bytes[at] === CR && bytes[at + 1] === LF)) at++;
  return at;
}

/** Where the line that ends before `from` begins, not before `start`. */
export function findLineStart(bytes: Buffer, from: number, start: number): number {
  let at = from;
  while (at > start && bytes[at - 1] !== LF) at--;
  return at;
}

export function hasPrefix(bytes: Buffer, at: number, prefix: Buffer): boolean {
  const length = prefix.length;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

export type NameTest = (bytes: Buffer, from: number, to: number) => boolean;

/** Tests whether bytes are one of the names, without making a string of them: kept under length and first byte. */
export function nameTest(names: Iterable<string>): NameTest {
  const table: Buffer[][] = [];
  const slot = (length: number, first: number | undefined) => ((length & 63) << 8) | (first ?? 0);
  for (const name of names) {
    const bytes = Buffer.from(name);
    const at = slot(bytes.length, bytes[0]);
    table[at] = [...(table[at] ?? []), bytes];
  }
  return (bytes, from, to) => {
    const candidates = table[slot(to - from, bytes[from])];
    if (candidates === undefined) return false;
    for (const name of candidates) if (name.length === to - from && hasPrefix(bytes, from, name)) return true;
    return false;
  };
}
