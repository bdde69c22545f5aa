/** Work over items, at most `width` at once; results in the order of the items. The first error ends it, after what was under way. */
export async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const waiting = items.entries();
  const results: R[] = [];
  const errors: unknown[] = [];
  const runner = async () => {
    for (const [index, item] of waiting) {
      if (errors.length > 0) return;
      await work(item, index).then(
        (result) => {
          results[index] = result;
        },
        (error: unknown) => errors.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, runner));
  if (errors.length > 0) throw errors[0];
  return results;
}
