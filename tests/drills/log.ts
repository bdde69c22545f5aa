import { appendFileSync } from "node:fs";
import type { AriWitness } from "@trunkline/dev-env/simulators";

/**
 * What really happened, one JSON line each, and all that the checker trusts beside databases and topics. A load writes its
 * intent before and the answer after each operation; the exchange, the SMS centre and the desktops write what they saw.
 */
export type LogLine =
  | Truth
  | { readonly kind: "open" | "assign" | "customer" | "batch"; readonly op: string; readonly intent: true }
  | { readonly kind: "open" | "assign"; readonly op: string; readonly requestId: string }
  | { readonly kind: "customer"; readonly op: string; readonly customerId: string }
  | { readonly kind: "batch"; readonly op: string; readonly batchId: string; readonly size: number }
  | { readonly kind: "call"; readonly linkedid: string; readonly outcome: "answered" | "abandoned" }
  | { readonly kind: "sms"; readonly messageRef: string }
  | { readonly kind: "rang" | "popped"; readonly extension: string; readonly number: string };

type Told<W> = W extends AriWitness ? Omit<W, "kind"> & { readonly kind: "truth"; readonly what: W["kind"] } : never;
/** What the ARI exchange saw itself. */
export type Truth = Told<AriWitness>;

export type Log = (line: LogLine) => void;

export const logTo =
  (file: string): Log =>
  (line) =>
    appendFileSync(file, `${JSON.stringify(line)}\n`);
