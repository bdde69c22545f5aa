/** The tries of one account from one address, say; each is counted before it is judged, and taken back when it was right. */
export type Tries = { readonly at: readonly number[]; readonly expiresAt: number };
/** At most so many in so many milliseconds. */
export type Limit = { readonly most: number; readonly withinMs: number };

/** Of one account from one address or device: nobody guesses a password so, and nobody else is kept out. */
export const BY_ACCOUNT_AND_ADDRESS: Limit = { most: 5, withinMs: 60_000 };
/** Of one account from all addresses that it was not used from before: what many machines together may try. */
export const BY_ACCOUNT: Limit = { most: 30, withinMs: 900_000 };
/** Of one address over all accounts: more than a room full of people who mistype. */
export const BY_ADDRESS: Limit = { most: 60, withinMs: 60_000 };

/** With one try more; undefined where there is no room for it. */
export function reserveTry(tries: Tries | undefined, { most, withinMs }: Limit, at: number): Tries | undefined {
  const counting = (tries?.at ?? []).filter((one) => one > at - withinMs);
  if (counting.length >= most) return undefined;
  return { at: [...counting, at], expiresAt: at + withinMs };
}

/** Takes one try of this instant back; undefined where there is none. */
export function releaseTry(tries: Tries | undefined, at: number): Tries | undefined {
  const index = tries?.at.indexOf(at) ?? -1;
  return tries && index >= 0 ? { ...tries, at: tries.at.toSpliced(index, 1) } : undefined;
}

/** Who has one address of IPv6 has at least 2^64 of them. */
export function addressPrefix(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!plain.includes(":")) return plain;
  const [head = [], tail = []] = plain
    .toLowerCase()
    .split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
