export { inOne, openForWriting, primaryCode, type Synchronous } from "./sqlite.ts";
