export { type MongoBackendOptions, mongoBackend, openDeadLetters } from "./backend.ts";
export { connectMongo, type Mongo } from "./connect.ts";
export { takeOverFile } from "./take-over.ts";
