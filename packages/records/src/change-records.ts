import { CONTACT_DETAILS } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { authorize, type CallContext } from "@trunkline/rpc";
import { contentId, newId } from "@trunkline/runtime";
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

type Opened = OpenKind & { readonly rights: Rights };

/** More changes than these, or longer ones, are moved out of the document. */
const CHANGES_KEPT = 20;
const CHANGES_BYTES = 8 * 1024;

/** @throws not_found record_not_found, also for what is not the reader's to see */
export async function readRecord({ store, rights }: Opened, tenant: string, id: string): Promise<AnyRecord> {
  const record = await store.get(tenant, id);
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
  await checkLinks(records, shape, tenant, decided.state, Object.keys(values));
  const record = await opened.store.create(call, id, decided);
  records.number();
  return { shape, record };
}

export async function change(records: Records, kind: string, id: string, values: Values, revision: number | undefined, call: CallContext) {
  const opened = records.open(kind, call.principal, "write");
  const { fields } = records.shape(call.tenant, opened.kind);
  // Who sees them masked would put what is masked in their place.
  if (Object.keys(values).some((name) => MASKED.has(fields[name]?.type ?? ""))) authorize(call.principal, CONTACT_DETAILS);
  return update(records, opened, id, call, Object.keys(values), (shape, record, at) => {
    nextRevision(record, revision);
    return changeRecord(shape, record, values, by(call, at));
  });
}

export async function act(records: Records, kind: string, id: string, action: string, input: Values, call: CallContext) {
  const opened = records.open(kind, call.principal, "read");
  const { right = "act" } = records.shape(call.tenant, opened.kind).actions[action] ?? {};
  records.open(kind, call.principal, right);
  return update(records, opened, id, call, Object.keys(input), (shape, record, at) =>
    actOnRecord(shape, record, action, input, by(call, at)),
  );
}

export async function assign(records: Records, kind: string, id: string, ownerId: string, call: CallContext) {
  const opened = records.open(kind, call.principal, "assign");
  await checkOwner(records, call.tenant, ownerId);
  return update(records, opened, id, call, [], (shape, record, at) => assignRecord(shape, record, ownerId, by(call, at)));
}

export async function remove(records: Records, kind: string, id: string, call: CallContext) {
  const done = await update(records, records.open(kind, call.principal, "remove"), id, call, [], (shape, record, at) =>
    removeRecord(shape, record, by(call, at)),
  );
  await keepHistory(records, call.tenant, kind, done.record);
  return done;
}

export async function restore(records: Records, kind: string, id: string, call: CallContext) {
  const done = await update(records, records.open(kind, call.principal, "remove"), id, call, [], (shape, record, at) =>
    restoreRecord(shape, record, by(call, at)),
  );
  await keepHistory(records, call.tenant, kind, done.record);
  return done;
}

const by = ({ actor }: CallContext, at: number): By => ({ actor, at });

async function update(
  records: Records,
  opened: Opened,
  id: string,
  call: CallContext,
  changed: readonly string[],
  decide: (shape: Shape, record: AnyRecord, at: number) => Decided,
) {
  const { tenant } = call;
  const shape = records.shape(tenant, opened.kind);
  const found = await readRecord(opened, tenant, id);
  const moved = await moveOldChanges(records, opened.kind.name, tenant, found);
  const at = records.now();
  // Before it is written: what does not exist is not linked to, not even for a moment.
  await checkLinks(records, shape, tenant, decide(shape, found, at).state, changed);
  const record = await opened.store.update(call, id, (stored) => {
    const { state, events } = decide(shape, stored, at);
    return { state: state === stored ? state : withoutChanges(state, moved), events };
  });
  return { shape, record };
}

const historyKey = (kind: string, id: string) => `${kind}/${id}`;

/**
 * The oldest changes of a record that has many go into a row of their own, under an id that says which: whoever does it twice writes the same. The
 * record's next write leaves them out. @returns up to which
 */
async function moveOldChanges({ history }: Records, kind: string, tenant: string, record: AnyRecord): Promise<number> {
  const { length } = record.history;
  if (length <= CHANGES_KEPT && Buffer.byteLength(JSON.stringify(record.history)) <= CHANGES_BYTES) return -1;
  const old = record.history.slice(0, Math.max(1, length - CHANGES_KEPT / 4));
  const n = old.at(-1)?.n ?? -1;
  const recordKey = historyKey(kind, record.id);
  await history.upsert(tenant, `${recordKey}/${n}`, (row) => (row ? undefined : { recordKey, n, changes: old }));
  return n;
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
  const page = await history.page(tenant, { recordKey: historyKey(kind, record.id) }, { by: "n", direction: -1, size: 5, token });
  const inside = new Set(record.history.map(({ n }) => n));
  const moved = page.items.flatMap(({ changes }) => changes.filter(({ n }) => !inside.has(n)).toReversed());
  return { changes: [...(token === "" ? record.history.toReversed() : []), ...moved], nextToken: page.nextToken };
}

async function checkLinks(
  { targets }: Records,
  shape: Shape,
  tenant: string,
  record: AnyRecord,
  changed: readonly string[],
): Promise<void> {
  const wrong: string[] = [];
  for (const name of changed) {
    const field: Field | undefined = shape.fields[name];
    if (field?.type !== "link") continue;
    const ids = [shape.own.has(name) ? record.attributes[name] : record[name]].flat().filter((one) => typeof one === "string");
    for (const id of ids) if (!(await targets[field.to ?? ""]?.exists(tenant, id))) wrong.push(name);
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
