import type { Recording } from "./call-state.ts";

type At = { readonly at: number };

/** What happened to a call; names as in the contract, nothing that identifies the caller. */
export type CallEvent = At &
  (
    | {
        readonly type: "queued";
        readonly queue: string;
        readonly numberHash: string;
        readonly numberKind: string;
        readonly connectorId: string;
      }
    | { readonly type: "placed"; readonly employeeId: string; readonly numberHash: string; readonly connectorId: string }
    | { readonly type: "identified"; readonly certainty: string; readonly customerId: string; readonly previousCustomerId: string }
    | { readonly type: "offered"; readonly employeeId: string; readonly extension: string; readonly offerId: string }
    | { readonly type: "offer_ended"; readonly employeeId: string; readonly reason: string; readonly offerId: string }
    | { readonly type: "consulted"; readonly employeeId: string; readonly offerId: string }
    | { readonly type: "answered"; readonly employeeId: string; readonly waitMs: number; readonly targetMs?: number }
    | { readonly type: "held" }
    | { readonly type: "resumed" }
    | { readonly type: "transferred"; readonly kind: string; readonly fromEmployeeId: string; readonly toExtension: string }
    | {
        readonly type: "moved";
        readonly fromQueue: string;
        readonly toQueue: string;
        /** Of the call so far. */
        readonly talkMs: number;
        readonly holdMs: number;
      }
    | { readonly type: "abandoned"; readonly waitMs: number }
    | { readonly type: "left_queue"; readonly reason: string; readonly waitMs: number }
    | { readonly type: "ended"; readonly cause: number; readonly talkMs: number; readonly holdMs: number; readonly mos: number }
    | { readonly type: "wrap_up_started"; readonly employeeId: string }
    | { readonly type: "wrap_up_ended"; readonly employeeId: string; readonly wrapUpMs: number; readonly disposition: string }
    | { readonly type: "result_given"; readonly employeeId: string; readonly disposition: string }
    | { readonly type: "recording_changed"; readonly state: Recording["state"] | "listened"; readonly employeeId: string }
    | {
        readonly type: "queue_callback_changed";
        readonly state: string;
        readonly attempts: number;
        readonly callbackCallId: string;
      }
    | { readonly type: "pop_shown"; readonly employeeId: string; readonly ringToShownMs: number }
  );
