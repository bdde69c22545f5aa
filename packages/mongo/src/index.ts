export { requestIdReused } from "./aggregate-document.ts";
export { type Archive, openArchive } from "./archive.ts";
export { changeOrCreate } from "./change-or-create.ts";
export { connectMongo, type Mongo } from "./connect.ts";
export { createId } from "./create-id.ts";
export { given } from "./given.ts";
export { itemsOf } from "./items-of.ts";
export { type Lease, openLease } from "./lease.ts";
export { memoryBackend } from "./memory-backend.ts";
export { type MongoBackendOptions, mongoBackend, openDeadLetters } from "./mongo-backend.ts";
export { removeOld } from "./retention.ts";
export { nextRevision } from "./revision.ts";
export type {
  AggregateSpec,
  AggregateStore,
  Decision,
  DomainEvent,
  EventSource,
  Filter,
  Kept,
  OldDocument,
  Page,
  PageOptions,
  RowSpec,
  RowStore,
  StoreBackend,
  Written,
} from "./store.ts";
