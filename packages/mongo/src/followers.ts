import type { Written } from "./store.ts";

/** Who is told of a store's writes. */
export type Followers<S> = { tell(written: Written<S>): void; follow(heard: (written: Written<S>) => void): Disposable };

export function followers<S>(): Followers<S> {
  const all = new Set<(written: Written<S>) => void>();
  return {
    tell: (written) => {
      for (const heard of all) heard(written);
    },
    follow: (heard) => {
      all.add(heard);
      return { [Symbol.dispose]: () => void all.delete(heard) };
    },
  };
}
