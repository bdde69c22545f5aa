/** Who is told of something, until they dispose of it. */
export type Followers<T> = { tell(news: T): void; follow(heard: (news: T) => void): Disposable };

export function followers<T>(): Followers<T> {
  const all = new Set<(news: T) => void>();
  return {
    tell: (news) => {
      for (const heard of all) heard(news);
    },
    follow: (heard) => {
      all.add(heard);
      return { [Symbol.dispose]: () => void all.delete(heard) };
    },
  };
}
