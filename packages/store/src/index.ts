export { requestIdReused } from "./aggregate-document.ts";
export { type Archive, openArchive } from "./archive.ts";
export { type AskedPage, given, inOrder, newestFirst, ownOf } from "./asked.ts";
export { changeOrCreate } from "./change-or-create.ts";
export { changeReader, type Look } from "./change-reader.ts";
export { createId } from "./create-id.ts";
export { itemsOf } from "./items-of.ts";
export { type Changed, keepInMemory } from "./keep-in-memory.ts";
export { type Lease, openLease } from "./lease.ts";
export { type NumberStore, openNumberStore } from "./numbers.ts";
export { removeOld } from "./retention.ts";
export { nextRevision } from "./revision.ts";
export { memoryBackend, type SqliteBackendOptions, sqliteBackend } from "./sqlite/backend.ts";
export { backupFolder, restoreFolder } from "./sqlite/backup.ts";
export { openFileDeadLetters } from "./sqlite/dead-letters.ts";
export { type HeldFolder, holdFolder } from "./sqlite/folder.ts";
export { waitingIn } from "./sqlite/waiting.ts";
export type {
  AggregateSpec,
  AggregateStore,
  Decision,
  DomainEvent,
  Elements,
  EventSource,
  Filter,
  Group,
  Index,
  Indexed,
  Kept,
  OldDocument,
  Page,
  PageOptions,
  RowSpec,
  RowStore,
  State,
  StoreBackend,
  Written,
} from "./store.ts";
