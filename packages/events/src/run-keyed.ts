/**
 * Runs work over items: items of one key one after the other and in order, keys side by side up to `width`. After the
 * first "later" of a key its remaining items are "later" too: they must not overtake it.
 * @returns one outcome an item, in the order of the items
 */
export async function runKeyed<T, R extends string>(
  items: readonly T[],
  width: number,
  keyOf: (item: T) => string,
  work: (item: T) => Promise<R | "later">,
): Promise<(R | "later")[]> {
  const keys = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    const list = keys.get(key);
    if (list) list.push(index);
    else keys.set(key, [index]);
  }
  const outcomes: (R | "later")[] = items.map(() => "later");
  const waiting = [...keys.values()].values();
  const runner = async () => {
    for (const indexes of waiting) {
      for (const index of indexes) {
        const outcome = await work(items[index] as T);
        outcomes[index] = outcome;
        if (outcome === "later") break;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, keys.size) }, runner));
  return outcomes;
}
