import type { Principal } from "@trunkline/auth";
import { type Clock, type Logger, newId, repeat, serviceScope } from "@trunkline/runtime";
import { keepInMemory, type NumberStore, openNumberStore, type RowStore, type StoreBackend } from "@trunkline/store";
import type { AnyKind } from "./kind.ts";
import { type Change, withNumber } from "./record.ts";
import { authorizeOn, kindNotFound, mayRead, type Rights, rightsOn } from "./rights.ts";
import { type KindSettings, type Shape, shapeOf, UNSET } from "./shape.ts";
import { openRecordStore, type RecordStore, type RecordTopic } from "./store.ts";
import { titleOf } from "./title.ts";
import { ZONE } from "./zone.ts";

/** What links may lead to. */
export type LinkTarget = {
  exists(tenant: string, id: string): Promise<boolean>;
  /** How those of them that the reader may see are called, by id; left out where another service says it. */
  names?(tenant: string, ids: readonly string[], reader: Principal): Promise<ReadonlyMap<string, string>>;
};

export type OpenKind = { readonly kind: AnyKind; readonly store: RecordStore };
/** A change of a record that stands in it no more. */
export type HistoryRow = { readonly recordKey: string; readonly n: number; readonly change: Change; readonly overSince?: number };

/** The records of a service: its kinds, each with its store, and what tenants have made of them. */
export type Records = {
  readonly kinds: readonly OpenKind[];
  /** @throws not_found kind_not_found, forbidden permission_denied */
  open(kind: string, reader: Principal, right: string): OpenKind & { readonly rights: Rights };
  shape(tenant: string, kind: AnyKind): Shape;
  settings(tenant: string, kind: string): KindSettings;
  readonly settingsRows: RowStore<KindSettings>;
  readonly history: RowStore<HistoryRow>;
  /** By kind: this service's own, and what else it knows, such as customer and employee. */
  readonly targets: Readonly<Record<string, LinkTarget>>;
  /** Something has no number yet. */
  number(): void;
  /** Reads again what tenants have made of their kinds. */
  refresh(): Promise<void>;
  readonly now: Clock;
} & AsyncDisposable;

/** Where a service keeps its records. */
export type RecordStores = Pick<Records, "kinds" | "settingsRows" | "history"> & { readonly numbers: NumberStore };

type Around = {
  readonly targets: Readonly<Record<string, LinkTarget>>;
  readonly now: Clock;
  readonly log: Logger;
  readonly service: string;
};

/** What was created here is numbered at once; this is for what another instance has left. */
const NUMBER_EVERY_MS = 10_000;
const NUMBERED_AT_ONCE = 100;

export async function openRecordStores(backend: StoreBackend, kinds: readonly AnyKind[], topic: RecordTopic): Promise<RecordStores> {
  const opened: OpenKind[] = [];
  for (const kind of kinds) opened.push({ kind, store: await openRecordStore(backend, kind, topic) });
  return {
    kinds: opened,
    settingsRows: await backend.rows<KindSettings>({ name: "kind_settings", indexes: [{ changedAt: 1 }] }),
    history: await backend.rows<HistoryRow>({
      name: "record_history",
      indexes: [{ tenant: 1, recordKey: 1, n: -1, _id: -1 }, [{ overSince: 1 }, { sparse: true }]],
      overBy: "overSince",
    }),
    numbers: await openNumberStore(backend, "record"),
  };
}

/** What is asked of records from here on; numbers them, and follows what tenants make of their kinds. */
export async function openRecords(stores: RecordStores, around: Around): Promise<Records> {
  const { now, log, targets } = around;
  const { kinds: opened, settingsRows, history, numbers } = stores;
  const settings = new Map<string, KindSettings>();
  const shapes = new Map<string, Shape>();
  const remember = (tenant: string, kind: string, saved: KindSettings) => {
    settings.set(`${tenant}/${kind}`, saved);
    shapes.delete(`${tenant}/${kind}`);
  };
  const memory = await keepInMemory(settingsRows, remember, { now, log });
  const numbering = repeat({
    what: "numbering records",
    everyMs: NUMBER_EVERY_MS,
    work: () => numberRecords(opened, numbers, around),
    log,
  });
  const find = (name: string) => {
    const found = opened.find(({ kind }) => kind.name === name);
    if (!found) throw kindNotFound(name);
    return found;
  };
  const settingsOf = (tenant: string, kind: string) => settings.get(`${tenant}/${kind}`) ?? UNSET;
  return {
    kinds: opened,
    open: (name, reader, right) => {
      const found = find(name);
      return { ...found, rights: authorizeOn(found.kind, reader, right) };
    },
    shape: (tenant, kind) => {
      const key = `${tenant}/${kind.name}`;
      const known = shapes.get(key) ?? shapeOf(kind, settingsOf(tenant, kind.name));
      shapes.set(key, known);
      return known;
    },
    settings: settingsOf,
    settingsRows,
    history,
    targets: { ...Object.fromEntries(opened.map((one) => [one.kind.name, targetOf(one)])), ...targets },
    number: () => numbering.nudge(),
    refresh: memory.refresh,
    now,
    [Symbol.asyncDispose]: async () => {
      await numbering[Symbol.asyncDispose]();
      await memory[Symbol.asyncDispose]();
    },
  };
}

function targetOf({ kind, store }: OpenKind): LinkTarget {
  const live = async (tenant: string, id: string) => {
    const found = await store.find(tenant, id);
    return found?.removedAt === undefined ? found : undefined;
  };
  return {
    exists: async (tenant, id) => (await live(tenant, id)) !== undefined,
    names: async (tenant, ids, reader) => {
      const rights = rightsOn(kind, reader);
      const found = rights.may.has("read") ? await Promise.all(ids.map((id) => live(tenant, id))) : [];
      return new Map(found.flatMap((one) => (one && mayRead(rights, one) ? [[one.id, titleOf(kind, one)] as const] : [])));
    },
  };
}

/** Numbers for people, in the order of creation; a claim that a crash has left is made good by the next look. */
async function numberRecords(kinds: readonly OpenKind[], numbers: NumberStore, { now, log, service }: Around): Promise<void> {
  for (const { kind, store } of kinds) {
    if (kind.number === undefined) continue;
    for (const { tenant, state } of await store.due({ unnumberedSince: { $lte: now() } }, "unnumberedSince", NUMBERED_AT_ONCE)) {
      const { year } = Temporal.Instant.fromEpochMilliseconds(state.createdAt).toZonedDateTimeISO(ZONE);
      try {
        const number = await numbers.claim(tenant, state.id, `${kind.number}-${year}`);
        await store.update(serviceScope(service, tenant, newId(now())), state.id, (record) => withNumber(record, number));
      } catch (error) {
        log.warn({ err: error, recordId: state.id }, "a record could not be numbered; the next look tries again");
      }
    }
  }
}
