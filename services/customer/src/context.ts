import type { Clock } from "@trunkline/runtime";
import type { Stores } from "./stores/open-stores.ts";

export type Context = Stores & { readonly now: Clock };
