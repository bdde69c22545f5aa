import type { Clock } from "@trunkline/runtime";
import type { BucketStore } from "./stores/bucket-store.ts";
import type { FactStore } from "./stores/fact-store.ts";

export type Context = { readonly facts: FactStore; readonly buckets: BucketStore; readonly now: Clock };
