import type { Page } from "./store.ts";

/** The items of one page after the other, as long as whoever asks goes on. @param read the page behind a token */
export async function* itemsOf<T>(read: (token: string) => Promise<Page<T>>): AsyncIterable<T> {
  for (let token = ""; ; ) {
    const page = await read(token);
    yield* page.items;
    token = page.nextToken;
    if (token === "") return;
  }
}
