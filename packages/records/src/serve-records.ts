import { CONTACT_DETAILS, type Principal } from "@trunkline/auth";
import { type ListRecordsRequest, type PutKindSettingsRequest, RecordService, type SearchRecordsRequest } from "@trunkline/proto/records";
import { type CallContext, type Implementation, implement } from "@trunkline/rpc";
import { fits, keyOf, type Searched, searched } from "@trunkline/search";
import { newestFirst, nextRevision } from "@trunkline/store";
import { act, assign, change, create, historyOf, readRecord, remove, restore } from "./change-records.ts";
import type { Field } from "./field.ts";
import { plainMap } from "./json-value.ts";
import { listRecords as list } from "./list.ts";
import { changeMessage, fieldFrom, filterFrom, kindMessage, linksIn, recordMessage } from "./messages.ts";
import type { OpenKind, Records } from "./open-records.ts";
import type { AnyRecord } from "./record.ts";
import { mayRead, rightsOn } from "./rights.ts";
import type { Shape } from "./shape.ts";
import { changeSettings } from "./shape.ts";
import { sortableOf } from "./store.ts";
import { scalarsOf } from "./values.ts";

type Written = { readonly shape: Shape; readonly record: AnyRecord };

async function replied(records: Records, { shape, record }: Written, call: CallContext) {
  const [shown] = await shownTo(records, shape, [record], call);
  return { ...(shown ? { record: shown } : {}) };
}

/** Records as this reader sees them, with the names of what their links lead to: one question a kind, not one a cell. */
async function shownTo({ targets }: Records, shape: Shape, records: readonly AnyRecord[], { tenant, principal }: CallContext) {
  const links = records.flatMap((record) => linksIn(shape, record));
  const names = new Map<string, string>();
  for (const [to, some] of Map.groupBy(links, (link) => link.to)) {
    const found = await targets[to]?.names?.(tenant, [...new Set(some.map(({ id }) => id))], principal);
    for (const [id, name] of found ?? []) names.set(id, name);
  }
  return records.map((record) => recordMessage(shape, record, principal, names));
}

/** RecordService for the kinds of a service. */
export function serveRecords(context: Records): Implementation {
  return implement(RecordService, context, {
    describeKinds,
    listRecords,
    searchRecords,
    putKindSettings,
    getRecord: async (records, { kind, recordId }, call) => {
      const opened = records.open(kind, call.principal, "read");
      const record = await readRecord(opened, call.tenant, recordId);
      return replied(records, { shape: records.shape(call.tenant, opened.kind), record }, call);
    },
    createRecord: async (records, { kind, values, ownerId }, call) =>
      replied(records, await create(records, kind, plainMap(values), ownerId, call), call),
    changeRecord: async (records, { kind, recordId, values, revision }, call) =>
      replied(records, await change(records, kind, recordId, plainMap(values), revision, call), call),
    actOnRecord: async (records, { kind, recordId, action, input }, call) =>
      replied(records, await act(records, kind, recordId, action, plainMap(input), call), call),
    assignRecord: async (records, { kind, recordId, ownerId }, call) =>
      replied(records, await assign(records, kind, recordId, ownerId, call), call),
    removeRecord: async (records, { kind, recordId }, call) => replied(records, await remove(records, kind, recordId, call), call),
    restoreRecord: async (records, { kind, recordId }, call) => replied(records, await restore(records, kind, recordId, call), call),
    listHistory: async (records, { kind, recordId, pageToken }, { tenant, principal }) => {
      const opened = records.open(kind, principal, "read");
      const record = await readRecord(opened, tenant, recordId);
      const shape = records.shape(tenant, opened.kind);
      const { changes, nextToken } = await historyOf(records, tenant, kind, record, pageToken);
      return { changes: changes.map((one) => changeMessage(shape, one, principal)), nextPageToken: nextToken };
    },
  });
}

function readable({ kinds }: Records, reader: Principal): readonly OpenKind[] {
  return kinds.filter(({ kind }) => rightsOn(kind, reader).may.has("read"));
}

async function describeKinds(records: Records, _: unknown, { tenant, principal }: CallContext) {
  const kinds = readable(records, principal).map(({ kind }) =>
    kindMessage(kind, records.shape(tenant, kind), records.settings(tenant, kind.name), rightsOn(kind, principal)),
  );
  return { kinds };
}

async function listRecords(records: Records, request: ListRecordsRequest, call: CallContext) {
  const { tenant, principal } = call;
  const { kind, store, rights } = records.open(request.kind, principal, "read");
  const shape = records.shape(tenant, kind);
  const sortable = sortableOf(kind);
  const asked = { ...request, filter: filterFrom(request.filter), sort: request.sort || kind.list.sort || "-createdAt" };
  const listed = await list({ shape, store, sortable }, tenant, asked, { rights, reader: principal, now: records.now() });
  return {
    records: await shownTo(records, shape, listed.records, call),
    nextPageToken: listed.nextToken,
    ...(listed.count === undefined ? {} : { count: listed.count }),
  };
}

const FOUND = 10;
/** Keys are cut: of more than are shown some may not be what was looked for. */
const LOOKED_AT = 50;
const BY_NUMBER: ReadonlySet<string> = new Set(["number", "phone"]);

async function searchRecords(records: Records, { searchText, kinds }: SearchRecordsRequest, call: CallContext) {
  const { principal } = call;
  // Whose name is known is no secret; whose number it is may be one.
  const wanted = searched(searchText).filter(({ by }) => !BY_NUMBER.has(by) || principal.permissions.has(CONTACT_DETAILS));
  const asked = readable(records, principal).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind.name));
  const found = await Promise.all(asked.map((one) => searchKind(records, one, wanted, call)));
  return { found: found.flat() };
}

async function searchKind(records: Records, { kind, store }: OpenKind, wanted: readonly Searched[], call: CallContext) {
  const { tenant, principal: reader } = call;
  if (wanted.length === 0) return [];
  const keys = wanted.map((one) => keyOf(one.by === "number" ? { by: "phone", text: one.text } : one));
  const page = await store.page(tenant, { keys: { $in: keys } }, newestFirst("createdAt", LOOKED_AT));
  const shape = records.shape(tenant, kind);
  const rights = rightsOn(kind, reader);
  const hits = page.items.flatMap((record) => {
    const how = mayRead(rights, record) ? wanted.find((one) => isMeant(one, kind.fields, record)) : undefined;
    return how ? [{ record, by: how.by }] : [];
  });
  const first = hits.slice(0, FOUND);
  const shown = await shownTo(
    records,
    shape,
    first.map(({ record }) => record),
    call,
  );
  return shown.map((record, n) => ({ record, by: first[n]?.by ?? "" }));
}

function isMeant(wanted: Searched, fields: Readonly<Record<string, Field>>, record: AnyRecord): boolean {
  const textsOf = (search: Field["search"]) =>
    Object.entries(fields).flatMap(([name, field]) => (field.search === search ? scalarsOf(record[name]).map(String) : []));
  const phones = textsOf("number");
  return ["", ...textsOf("name"), ...(record.number ? [record.number] : [])].some((name) => fits(wanted, { name, phones }));
}

async function putKindSettings(records: Records, { kind: name, fields, columns, revision }: PutKindSettingsRequest, call: CallContext) {
  const { kind } = records.open(name, call.principal, "read");
  const saved = await records.settingsRows.upsert(call.tenant, kind.name, (before) => {
    const stored = before ?? records.settings("", kind.name);
    nextRevision(stored, revision);
    return changeSettings(kind, stored, { fields: fields.map(fieldFrom), columns }, records.now());
  });
  await records.refresh();
  const settings = saved ?? records.settings(call.tenant, kind.name);
  return { kind: kindMessage(kind, records.shape(call.tenant, kind), settings, rightsOn(kind, call.principal)) };
}
