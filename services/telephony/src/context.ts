import type { Clock, Logger } from "@trunkline/runtime";
import type { CallerLookup } from "./clients/caller-lookup.ts";
import type { ContactGate } from "./clients/contact-gate.ts";
import type { CustomerDirectory } from "./clients/customer-directory.ts";
import type { LineOwners } from "./clients/line-owners.ts";
import type { ConnectorConfig } from "./connector-config.ts";
import type { Line } from "./domain/line.ts";
import type { Recordings } from "./domain/recording.ts";
import type { Pops } from "./realtime/pops.ts";
import type { Stores } from "./stores/open-stores.ts";

export type Context = Stores &
  LineOwners & {
    readonly connectors: readonly ConnectorConfig[];
    /** The connections that this instance owns, by connector. */
    readonly lines: Map<string, Line>;
    readonly recordings: Recordings;
    readonly callers: CallerLookup;
    readonly customers: CustomerDirectory;
    readonly mayCall: ContactGate;
    readonly pops: Pops;
    /** Keyed hash by which events name a number. */
    readonly hashNumber: (e164: string) => string;
    readonly now: Clock;
    readonly log: Logger;
  };
