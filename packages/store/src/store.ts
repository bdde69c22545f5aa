import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { DeadLetters, Topic } from "@trunkline/events";
import type { CallScope } from "@trunkline/runtime";

/** An event of a domain decision; `at` is when it happened by its source's clock, epoch milliseconds. */
export type DomainEvent = { readonly type: string; readonly at: number };

export type Decision<S, E> = { readonly state: S; readonly events: readonly E[] };

/** The event that caused an update: remembered in the same write, so that its effect happens once. */
export type EventSource = { readonly id: string; readonly sequence: number };

type Value = string | number | boolean;
type Edge = string | number;
/** Of a list by whose elements documents are found: it holds each of `$all`, and one of `$in`. */
export type Elements = { readonly $all: readonly Value[]; readonly $in?: readonly Value[] };
/**
 * A closed filter that every backend answers alike: equality (of a field or of an array's element), ranges, choice, presence. `Elements` wants an
 * index (tenant, list, ...) whose other fields every document has.
 */
export type Filter = Readonly<
  Record<string, Value | { $in: readonly Value[] } | Elements | { $gte?: Edge; $lt?: Edge; $lte?: Edge } | { $exists: boolean }>
>;

export type PageOptions = {
  /** Field to sort by; ties by id. Declare the index (tenant, filter fields, field, _id). */
  readonly by: string;
  readonly direction: 1 | -1;
  /** 0 means 50; at most 200. */
  readonly size: number;
  readonly token: string;
};
export type Page<T> = {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly nextToken: string;
  /** Goes on behind one of the items, for who takes only those before it. */
  readonly tokenAfter: (index: number) => string;
};

type Keys<F extends string> = Readonly<Partial<Record<F | "tenant" | "_id" | "writtenAt", 1 | -1>>>;
/** `sparse`: only documents that have one of its fields; `partial`: only those that have the first one, where others of its fields are always there. */
export type IndexOptions = { readonly unique?: true; readonly sparse?: true; readonly partial?: true };
/** Fields in the order in which they lead, 1 upwards, -1 downwards. */
export type Index<F extends string = string> = Keys<F> | readonly [Keys<F>, IndexOptions];

/** An index as its fields and how it is. */
export function partsOf(index: Index): readonly [Readonly<Record<string, 1 | -1>>, IndexOptions] {
  return (Array.isArray(index) ? index : [index, {}]) as ReturnType<typeof partsOf>;
}

/** By what the documents of a collection are found. */
export type Indexed<F extends string = string> = {
  /** Collection name; plural. */
  readonly name: string;
  readonly indexes: readonly Index<F>[];
  /** Fields that hold lists and by whose elements documents are found. */
  readonly lists?: readonly F[];
};

/** Every document carries these beside its state. */
type Reserved = "tenant" | "version" | "writtenAt" | "sequence" | "schema" | "outbox" | "recentTries" | "origin" | "sources" | "postponed";
/** A state: what a document of an aggregate holds of its own. */
export type State = { readonly id: string } & { readonly [F in Reserved]?: never };

/** A case of a topic's oneof `event`. */
export type Happened<M extends DescMessage> = MessageInitShape<M> extends { readonly event?: infer C } ? NonNullable<C> : never;

/** @template D fields that only an index needs, see `derived` */
export type AggregateSpec<S extends State, E extends DomainEvent, M extends DescMessage, D extends string = never> = Indexed<
  (keyof S & string) | D
> & {
  /** Noun of error codes: `<noun>_not_found`. */
  readonly noun: string;
  readonly topic: Topic<M>;
  /** What has happened, as a case of the message's oneof `event`, with no personal field; id and times around it are the store's work. */
  readonly encode: (event: E, id: string) => Happened<M>;
  /** Of reference data on a compacted topic: how a state is said once more. It then is, each day. */
  readonly announce?: (state: S, at: number) => E;
  /** What documents of earlier releases lack. */
  readonly absent?: Partial<S>;
  /** Seldom changed any more: not worth keeping for the next update. */
  readonly isOver?: (state: S) => boolean;
  /** Since when it is over: ended, and nothing of it due any more, epoch ms. Only what has one is ever removed as old. */
  readonly overSince?: (state: S) => number | undefined;
  /** Fields that only an index needs, computed from the state: always the same ones, undefined takes one away. */
  readonly derived?: (tenant: string, state: S) => Readonly<Record<D, string | number | readonly string[] | undefined>>;
};

/** A document as it is stored. */
export type OldDocument = { readonly _id: string } & Readonly<Record<string, unknown>>;

export type AggregateStore<S, E> = {
  /** Of the collection. */
  readonly name: string;
  /** What is over since `until` or earlier and has nothing left to publish, of all tenants, oldest first. */
  over(until: number, limit: number): Promise<readonly OldDocument[]>;
  /** Removes those that are still as they were read; how many. */
  removeOver(documents: readonly OldDocument[]): Promise<number>;
  find(tenant: string, id: string): Promise<S | undefined>;
  /**
   * @param viewer employee whose own alone is found: what names them in the derived field `visibleTo`
   * @throws not_found `<noun>_not_found`; what belongs to another tenant is not found
   */
  get(tenant: string, id: string, viewer?: string): Promise<S>;
  /**
   * Writes the first state and its events at once. The same id from the same cause or the same retried request gives
   * what is there already.
   * @throws already_exists request_id_reused | `<noun>_exists`
   */
  create(scope: CallScope, id: string, decision: Decision<S, E>): Promise<S>;
  /**
   * Reads, decides, writes with the version in the filter; a moved version decides again, a few times.
   * With `source`, an event met before changes nothing.
   * @throws not_found `<noun>_not_found`, conflict write_conflict, exhausted outbox_full
   */
  update(scope: CallScope, id: string, decide: (state: S) => Decision<S, E>, source?: EventSource): Promise<S>;
  page(tenant: string, filter: Filter, options: PageOptions): Promise<Page<S>>;
  /** How many there are, counted to `most`. */
  count(tenant: string, filter: Filter, most: number): Promise<number>;
  /**
   * How many there are by each value of a field, and the sum of another over them. Declare the index (tenant, filter fields, `by`, `sum`): it then
   * is counted by index keys alone, also over millions.
   */
  group(tenant: string, filter: Filter, by: string, sum?: string): Promise<readonly Group[]>;
  /** Over all tenants, for work that a service does by itself (timers). In the order of `by`. */
  due(filter: Filter, by: string, limit: number): Promise<readonly Written<S>[]>;
  /**
   * For timers, over all tenants: what has its time `by` at `until` or before. What was postponed comes when that is over, too.
   * `at`: when it is to be done, epoch ms.
   */
  dueBy(by: string, until: number, limit: number): Promise<readonly { readonly tenant: string; readonly state: S; readonly at: number }[]>;
  /** Leaves what could not be done alone until then, or until it is written: so that it stands in nobody's way. Changes no version. */
  postpone(tenant: string, id: string, until: number): Promise<void>;
  /** Tells of every write of this process from now on, once it is stored; what others write is found by `writtenAt`, which every document has. */
  follow(heard: (written: Written<S>) => void): Disposable;
};

/** `value` is undefined for those that lack the field. */
export type Group = { readonly value: string | number | undefined; readonly count: number; readonly sum: number };

/** What can be removed when it is old; see removeOld. */
export type Kept = Pick<AggregateStore<never, never>, "name" | "over" | "removeOver">;

/** A state as it was written; of two the one with the higher version is the later. `writtenAt` is by the writer's clock, epoch ms. */
export type Written<S> = { readonly tenant: string; readonly state: S; readonly version: number; readonly writtenAt: number };

export type RowSpec<R extends object = Record<string, unknown>> = Indexed<keyof R & string> & {
  /** Field that says since when a row is over, epoch ms, with an index of its own; without it rows are never removed as old. */
  readonly overBy?: keyof R & string;
};

/** Rows of a read model or ledger beside the aggregates: no events, one version each. */
export type RowStore<R extends object> = {
  readonly name: string;
  over: Kept["over"];
  removeOver: Kept["removeOver"];
  find(tenant: string, id: string): Promise<R | undefined>;
  /** Reads, decides, writes under its version; undefined from `decide` leaves the row as it is. */
  upsert(tenant: string, id: string, decide: (row: R | undefined) => R | undefined): Promise<R | undefined>;
  remove(tenant: string, id: string): Promise<void>;
  page(tenant: string, filter: Filter, options: PageOptions): Promise<Page<R & { readonly id: string }>>;
  due(filter: Filter, by: string, limit: number): Promise<readonly { tenant: string; id: string; row: R }[]>;
};

/** Where a service keeps its data: MongoDB, or SQLite where all services are one process. One contract suite holds both. */
export type StoreBackend = {
  aggregates<S extends State, E extends DomainEvent, M extends DescMessage, D extends string = never>(
    spec: AggregateSpec<S, E, M, D>,
  ): Promise<AggregateStore<S, E>>;
  rows<R extends object>(spec: NoInfer<RowSpec<R>>): Promise<RowStore<R>>;
  deadLetters(consumer: string): Promise<DeadLetters>;
  /** @throws when the data cannot be reached */
  check(): Promise<void>;
} & AsyncDisposable;
