import { CONTACT_DETAILS } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { authorize, type CallContext } from "@trunkline/rpc";
import { contentId, inParallel, newId } from "@trunkline/runtime";
import { nextRevision } from "@trunkline/store";
import type { Field } from "./field.ts";
import { MASKED } from "./filterable.ts";
import type { OpenKind, Records } from "./open-records.ts";
import {
  type AnyRecord,
  actOnRecord,
  assignRecord,
  type By,
  changeRecord,
  createRecord,
  type Decided,
  removeRecord,
  restoreRecord,
  type Values,
  withoutChanges,
} from "./record.ts";
import { mayRead, type Rights } from "./rights.ts";
import type { Shape } from "./shape.ts";
import type { RecordStore } from "./store.ts";

type Opened = OpenKind & { readonly rights: Rights };

/** More changes than these, or longer ones, are moved out of the document. */
const CHANGES_KEPT = 20;
const CHANGES_BYTES = 8 * 1024;
const ROWS_AT_ONCE = 8;

/** @throws not_found record_not_found, also for what is not the reader's to see */
export async function readRecord({ store, rights }: Opened, tenant: string, id: string): Promise<AnyRecord> {
  return visible(rights, await store.get(tenant, id));
}

function visible(rights: Rights, record: AnyRecord): AnyRecord {
  if (mayRead(rights, record)) return record;
  throw new DomainError("not_found", "record_not_found", "there is no such record");
}

export async function create(records: Records, kind: string, values: Values, ownerId: string, call: CallContext) {
  const { tenant, principal } = call;
  const opened = records.open(kind, principal, "create");
  const mine = principal.kind === "employee" ? principal.id : "";
  if (ownerId !== "" && ownerId !== mine) {
    records.open(kind, principal, "assign");
    await checkOwner(records, tenant, ownerId);
  }
  const shape = records.shape(tenant, opened.kind);
  const at = records.now();
  const id = call.retry ? contentId(tenant, call.actor, call.retry.method, kind, call.retry.requestId) : newId(at);
  const decided = createRecord(shape, { id, values, ownerId: ownerId || mine }, by(call, at));
  await checkLinks(records, shape.fields, tenant, values);
  const record = await opened.store.create(call, id, decided);
  records.number();
  return { shape, record };
}

export async function change(records: Records, kind: string, id: string, values: Values, revision: number | undefined, call: CallContext) {
  const opened = records.open(kind, call.principal, "write");
  const { fields } = records.shape(call.tenant, opened.kind);
  // Who sees them masked would put what is masked in their place.
  if (Object.keys(values).some((name) => MASKED.has(fields[name]?.type ?? ""))) authorize(call.principal, CONTACT_DETAILS);
  await checkLinks(records, fields, call.tenant, values);
  return update(records, opened, id, call, (shape, record, at) => {
    nextRevision(record, revision);
    return changeRecord(shape, record, values, by(call, at));
  });
}

export async function act(records: Records, kind: string, id: string, action: string, input: Values, call: CallContext) {
  const opened = records.open(kind, call.principal, "read");
  const { right = "act", asks = {} } = records.shape(call.tenant, opened.kind).actions[action] ?? {};
  records.open(kind, call.principal, right);
  await checkLinks(records, asks, call.tenant, input);
  return update(records, opened, id, call, (shape, record, at) => actOnRecord(shape, record, action, input, by(call, at)));
}

export async function assign(records: Records, kind: string, id: string, ownerId: string, call: CallContext) {
  const opened = records.open(kind, call.principal, "assign");
  await checkOwner(records, call.tenant, ownerId);
  return update(records, opened, id, call, (shape, record, at) => assignRecord(shape, record, ownerId, by(call, at)));
}

export async function remove(records: Records, kind: string, id: string, call: CallContext) {
  const done = await update(records, records.open(kind, call.principal, "remove"), id, call, (shape, record, at) =>
    removeRecord(shape, record, by(call, at)),
  );
  await keepHistory(records, call.tenant, kind, done.record);
  return done;
}

export async function restore(records: Records, kind: string, id: string, call: CallContext) {
  const done = await update(records, records.open(kind, call.principal, "remove"), id, call, (shape, record, at) =>
    restoreRecord(shape, record, by(call, at)),
  );
  await keepHistory(records, call.tenant, kind, done.record);
  return done;
}

const by = ({ actor }: CallContext, at: number): By => ({ actor, at });

/** One read and one write, whatever the record; what it may link to is looked at before. */
async function update(
  records: Records,
  { kind, store, rights }: Opened,
  id: string,
  call: CallContext,
  decide: (shape: Shape, record: AnyRecord, at: number) => Decided,
) {
  const shape = records.shape(call.tenant, kind);
  const at = records.now();
  const record = await store.update(call, id, (stored) => decide(shape, visible(rights, stored), at));
  await moveOldChanges(records, kind.name, store, call, record);
  return { shape, record };
}

const historyKey = (kind: string, id: string) => `${kind}/${id}`;

/**
 * The oldest changes of a record that has many go into rows of their own, each under its number: whoever does it again writes the same. Only then they
 * leave the record; what a crash leaves in both is shown once.
 */
async function moveOldChanges({ history }: Records, kind: string, store: RecordStore, call: CallContext, record: AnyRecord): Promise<void> {
  const { length } = record.history;
  const many = length > CHANGES_KEPT;
  if (!many && (length < 2 || Buffer.byteLength(JSON.stringify(record.history)) <= CHANGES_BYTES)) return;
  const old = record.history.slice(0, many ? length - CHANGES_KEPT / 4 : -1);
  const recordKey = historyKey(kind, record.id);
  const { tenant, actor, correlation } = call;
  await inParallel(old, ROWS_AT_ONCE, (change) =>
    history.upsert(tenant, `${recordKey}/${change.n}`, (row) => (row ? undefined : { recordKey, n: change.n, change })),
  );
  const last = old.at(-1)?.n ?? -1;
  const scope = { tenant, actor, correlation, causation: "" };
  await store.update(scope, record.id, (stored) => ({ state: withoutChanges(stored, last), events: [] }));
}

/** What has been moved out is kept for as long as the record. */
async function keepHistory({ history }: Records, tenant: string, kind: string, { id, removedAt }: AnyRecord): Promise<void> {
  const recordKey = historyKey(kind, id);
  let token = "";
  do {
    const page = await history.page(tenant, { recordKey }, { by: "n", direction: -1, size: 200, token });
    for (const { id: rowId } of page.items)
      await history.upsert(tenant, rowId, (row) => {
        if (!row || row.overSince === removedAt) return undefined;
        const { overSince: _, ...rest } = row;
        return { ...rest, ...(removedAt === undefined ? {} : { overSince: removedAt }) };
      });
    token = page.nextToken;
  } while (token !== "");
}

/** Newest first: those in the record, then what was moved out of it. */
export async function historyOf({ history }: Records, tenant: string, kind: string, record: AnyRecord, token: string) {
  const page = await history.page(tenant, { recordKey: historyKey(kind, record.id) }, { by: "n", direction: -1, size: 50, token });
  const inside = new Set(record.history.map(({ n }) => n));
  const moved = page.items.flatMap(({ n, change }) => (inside.has(n) ? [] : [change]));
  return { changes: [...(token === "" ? record.history.toReversed() : []), ...moved], nextToken: page.nextToken };
}

/** Before anything is written: what does not exist is not linked to, not even for a moment. */
async function checkLinks({ targets }: Records, fields: Readonly<Record<string, Field>>, tenant: string, values: Values): Promise<void> {
  const wrong: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const ids = field?.type === "link" ? [value].flat().filter((one) => typeof one === "string" && one !== "") : [];
    for (const id of ids) if (!(await targets[field?.to ?? ""]?.exists(tenant, String(id)))) wrong.push(name);
  }
  if (wrong.length === 0) return;
  throw new DomainError(
    "invalid",
    "record_invalid",
    `look at ${wrong.join(", ")}`,
    Object.fromEntries(wrong.map((name) => [name, "value_unknown"])),
  );
}

async function checkOwner({ targets }: Records, tenant: string, ownerId: string): Promise<void> {
  if (ownerId === "" || (await targets["employee"]?.exists(tenant, ownerId))) return;
  throw new DomainError("rule_violated", "owner_unknown", "there is no such employee, or not any more: choose another owner");
}
