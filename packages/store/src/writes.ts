import { tally } from "@trunkline/telemetry";

/** What the database is asked to do most of its time: one for each document that a decision wrote. */
export const countWrite = tally("store.writes", "documents written, by collection", "collection");
