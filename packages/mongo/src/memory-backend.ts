import type { DescMessage } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import { memoryParkedKeys, type Relay } from "@trunkline/events";
import type { Clock } from "@trunkline/runtime";
import { changeOf, checkSameOrigin, documentId, firstDocument, type Meta, type Stored, seenBefore, stateOf } from "./aggregate-document.ts";
import { pageSize, readToken, writeToken } from "./page-token.ts";
import type { AggregateSpec, AggregateStore, DomainEvent, Filter, Page, PageOptions, RowStore, StoreBackend } from "./store.ts";

/** The same behaviour without a database: for unit tests, and for benches that isolate what the product itself costs. */
export function memoryBackend(relay: Pick<Relay, "offer">, now: Clock): StoreBackend {
  const collections = new Map<string, Map<string, Stored>>();
  const open = (name: string) => {
    const found = collections.get(name) ?? new Map<string, Stored>();
    collections.set(name, found);
    return found;
  };
  const parked = memoryParkedKeys();
  return {
    aggregates: async (spec) => memoryAggregates(spec, open(spec.name), relay, now),
    rows: async <R extends object>(spec: { name: string }) => memoryRows<R>(open(spec.name)),
    parkedKeys: async () => parked,
    check: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function memoryAggregates<S extends { readonly id: string }, E extends DomainEvent, M extends DescMessage>(
  spec: AggregateSpec<S, E, M>,
  docs: Map<string, Stored>,
  relay: Pick<Relay, "offer">,
  now: Clock,
): AggregateStore<S, E> {
  const anySpec = spec as unknown as AggregateSpec<S, E, DescMessage>;
  const unique = spec.schema
    .indexes()
    .filter(([, options]) => options?.unique)
    .map(([key]) => Object.keys(key));
  const missing = () => new DomainError("not_found", `${spec.noun}_not_found`, `there is no such ${spec.noun}`);
  const put = (doc: Stored) => {
    for (const keys of unique) {
      if (keys.some((key) => doc[key] === undefined)) continue;
      const rival = [...docs.values()].find((other) => other._id !== doc._id && keys.every((key) => other[key] === doc[key]));
      if (rival) throw new DomainError("already_exists", `${spec.noun}_exists`, `another ${spec.noun} has the same key`);
    }
    docs.set(doc._id, structuredClone(doc));
  };
  const offer = (tenant: string, id: string, entries: Meta["outbox"]) => {
    if (entries && entries.length > 0)
      relay.offer({ source: spec.name, topic: spec.topic.name, tenant, id, entries, published: () => undefined });
  };
  const read = (tenant: string, id: string) => docs.get(documentId(tenant, id));
  return {
    find: async (tenant, id) => {
      const doc = read(tenant, id);
      return doc && stateOf(anySpec, structuredClone(doc));
    },
    get: async (tenant, id) => {
      const doc = read(tenant, id);
      if (!doc) throw missing();
      return stateOf(anySpec, structuredClone(doc));
    },
    create: async (scope, id, decision) => {
      const existing = read(scope.tenant, id);
      if (existing) {
        checkSameOrigin(spec.noun, scope, existing);
        return stateOf(anySpec, structuredClone(existing));
      }
      const doc = firstDocument(anySpec, scope, id, decision, now());
      put({ ...doc, outbox: [] });
      offer(scope.tenant, id, doc.outbox);
      return decision.state;
    },
    update: async (scope, id, decide, source) => {
      const doc = read(scope.tenant, id);
      if (!doc) throw missing();
      const before = stateOf(anySpec, structuredClone(doc));
      if (seenBefore(scope, doc, source)) return before;
      const decision = decide(before);
      const change = changeOf(anySpec, scope, doc, before, decision, source, now());
      if (!change) return before;
      const next: Stored = { ...doc, ...change.set, version: doc.version + 1, sequence: doc.sequence + change.entries.length };
      if (change.recent) next.recent = change.recent;
      if (change.sources) next.sources = change.sources;
      for (const key of change.unset) delete next[key];
      put(next);
      offer(scope.tenant, id, change.entries);
      return decision.state;
    },
    page: async (tenant, filter, options) => {
      const page = pageOf([...docs.values()], tenant, filter, options);
      return { items: page.items.map((doc) => stateOf(anySpec, structuredClone(doc))), nextToken: page.nextToken };
    },
    due: async (filter, by, limit) =>
      sorted(
        [...docs.values()].filter((doc) => matches(doc, filter)),
        by,
        1,
      )
        .slice(0, limit)
        .map((doc) => ({ tenant: doc.tenant, state: stateOf(anySpec, structuredClone(doc)) })),
  };
}

function memoryRows<R extends object>(docs: Map<string, Stored>): RowStore<R> {
  const rowOf = ({ _id, tenant, ...row }: Stored) => structuredClone(row) as unknown as R;
  const idOf = (doc: Stored) => doc._id.slice(doc.tenant.length + 1);
  return {
    find: async (tenant, id) => {
      const doc = docs.get(documentId(tenant, id));
      return doc && rowOf(doc);
    },
    upsert: async (tenant, id, decide) => {
      const doc = docs.get(documentId(tenant, id));
      const before = doc && rowOf(doc);
      const after = decide(before);
      if (after === undefined) return before;
      docs.set(documentId(tenant, id), structuredClone({ _id: documentId(tenant, id), tenant, ...after }) as unknown as Stored);
      return after;
    },
    remove: async (tenant, id) => void docs.delete(documentId(tenant, id)),
    page: async (tenant, filter, options) => {
      const page = pageOf([...docs.values()], tenant, filter, options);
      return { items: page.items.map((doc) => ({ ...rowOf(doc), id: idOf(doc) })), nextToken: page.nextToken };
    },
    due: async (filter, by, limit) =>
      sorted(
        [...docs.values()].filter((doc) => matches(doc, filter)),
        by,
        1,
      )
        .slice(0, limit)
        .map((doc) => ({ tenant: doc.tenant, id: idOf(doc), row: rowOf(doc) })),
  };
}

function pageOf(docs: readonly Stored[], tenant: string, filter: Filter, options: PageOptions): Page<Stored> {
  const cursor = readToken(tenant, filter, options);
  const size = pageSize(options);
  const all = sorted(
    docs.filter((doc) => doc.tenant === tenant && matches(doc, filter)),
    options.by,
    options.direction,
  );
  const rest = cursor ? all.filter((doc) => order(doc[options.by], doc._id, cursor.value, cursor.id) * options.direction > 0) : all;
  const items = rest.slice(0, size);
  const last = rest.length > size ? items.at(-1) : undefined;
  return {
    items,
    nextToken: last ? writeToken(tenant, filter, options.by, { value: last[options.by] as string | number, id: last._id }) : "",
  };
}

function sorted(docs: Stored[], by: string, direction: 1 | -1): Stored[] {
  return docs.sort((a, b) => direction * order(a[by], a._id, b[by], b._id));
}

function order(a: unknown, idA: string, b: unknown, idB: string): number {
  if (a !== b) return (a as number | string) < (b as number | string) ? -1 : 1;
  return idA < idB ? -1 : idA > idB ? 1 : 0;
}

function matches(doc: Record<string, unknown>, filter: Filter): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const value = doc[key];
    const equals = (expected: unknown) => (Array.isArray(value) ? value.includes(expected) : value === expected);
    if (typeof wanted !== "object") return equals(wanted);
    if ("$in" in wanted) return wanted.$in.some(equals);
    if ("$exists" in wanted) return (value !== undefined) === wanted.$exists;
    if ("$lte" in wanted) return typeof value === "number" && value <= wanted.$lte;
    return typeof value === "number" && value >= wanted.$gte && value < wanted.$lt;
  });
}
