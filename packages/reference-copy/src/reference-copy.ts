import type { DescMessage } from "@bufbuild/protobuf";
import { on, type Received, type Subscription, type Topic } from "@trunkline/events";
import { type Clock, eventually, type Logger } from "@trunkline/runtime";
import { type Indexed, keepInMemory, type RowSpec, type RowStore, type StoreBackend } from "@trunkline/store";

/** What is kept of a state, as of its event number `sequence`. */
export type Copied<R> = R & { readonly sequence: number };

/** A service's own copy of what another one owns, by the other's ids. */
export type ReferenceCopy<R extends object> = {
  /** Until the next change the same object at each look, for what is computed from it is remembered by it. */
  find(tenant: string, id: string): Promise<Copied<R> | undefined>;
  /** As find, but waits a moment for what was saved just now. */
  await(tenant: string, id: string): Promise<Copied<R> | undefined>;
  /** Takes what is newer than what is there. */
  put(tenant: string, id: string, row: Copied<R>): Promise<void>;
  readonly page: RowStore<Copied<R>>["page"];
  /** Keeps it up to date; the service that holds the copy consumes it. */
  readonly subscription: Subscription;
} & AsyncDisposable;

export type CopySpec<M extends DescMessage, R extends object> = Pick<Indexed<keyof R & string>, "lists"> & {
  /** Of the collection; plural. */
  readonly name: string;
  readonly indexes?: Indexed<keyof R & string>["indexes"];
  /** Compacted; its events carry the full new state. */
  readonly topic: Topic<M>;
  /** What this service needs of a state; undefined for an event that says none. */
  readonly keep: (event: Received<M>["event"], id: string) => R | undefined;
  /** How long an unknown id may take to arrive over the topic, ms. */
  readonly waitMs?: number;
  /** For what may wait for no database: told of all at the start, then of each change, also another instance's, within two seconds. */
  readonly memory?: { readonly heard: (tenant: string, id: string, row: Copied<R>) => void; readonly now: Clock; readonly log: Logger };
};

type Row<R> = Copied<R> & { readonly changedAt?: number };
/** More than a service looks at in turn. */
const KEPT = 500;

export async function openReferenceCopy<M extends DescMessage, R extends object>(
  backend: StoreBackend,
  { name, indexes = [], lists = [], topic, keep, waitMs = 0, memory }: CopySpec<M, R>,
): Promise<ReferenceCopy<R>> {
  const all = memory ? [...indexes, { changedAt: 1 } as const] : indexes;
  const rows = await backend.rows<Row<R>>({ name, indexes: all as RowSpec<Row<R>>["indexes"], lists });
  const find = sameObject(rows);
  const put = async (tenant: string, id: string, row: Copied<R>) => {
    const at = memory ? { changedAt: memory.now() } : {};
    const kept = await rows.upsert(tenant, id, (known) => (known && known.sequence >= row.sequence ? undefined : { ...row, ...at }));
    if (kept) memory?.heard(tenant, id, kept);
  };
  const reading = memory && (await keepInMemory(rows as RowStore<Row<R> & { readonly changedAt: number }>, memory.heard, memory));
  return {
    find,
    await: (tenant, id) => eventually(() => find(tenant, id), waitMs),
    put,
    page: rows.page,
    subscription: on(topic, async ({ event, id, sequence, scope }) => {
      const row = keep(event, id);
      if (row) await put(scope.tenant, id, { ...row, sequence });
    }),
    [Symbol.asyncDispose]: async () => reading?.[Symbol.asyncDispose](),
  };
}

function sameObject<R extends { readonly sequence: number }>(rows: Pick<RowStore<R>, "find">): RowStore<R>["find"] {
  const kept = new Map<string, R>();
  return async (tenant, id) => {
    const row = await rows.find(tenant, id);
    const key = `${tenant}/${id}`;
    const known = kept.get(key);
    if (!row || known?.sequence === row.sequence) return row && known;
    if (kept.size >= KEPT) kept.clear();
    kept.set(key, row);
    return row;
  };
}
