export type { AggregateSpec, AggregateStore, Decision, DomainEvent, EventSource, Filter, Page, PageOptions, RowSpec, RowStore, StoreBackend } from "./store.ts";
export { createId } from "./create-id.ts";
export { memoryBackend } from "./memory-backend.ts";
export { mongoBackend, type MongoBackendOptions } from "./mongo-backend.ts";
export { connectMongo, type Mongo } from "./connect.ts";
