import { DomainError } from "@trunkline/errors";
import type { CallAction, OriginateCall } from "@trunkline/proto/telephony";
import type { Call } from "../domain/call-state.ts";
import type { Line } from "../domain/line.ts";

/** What is to be done with a call, as the contract between instances says it. */
export type LineOrder =
  | { readonly case: "action"; readonly value: Pick<CallAction, "action"> }
  | { readonly case: "originate"; readonly value: Pick<OriginateCall, "extension" | "number"> }
  | { readonly case: "listen"; readonly value: { readonly extension: string } }
  | { readonly case: "record"; readonly value: object };
export type CallOnLine = Pick<Call, "id" | "startedAt" | "linkedid">;

export async function doOnLine(line: Line, call: CallOnLine, order: LineOrder): Promise<void> {
  if (order.case === "originate") {
    const { dialOut, callerNumber } = line;
    return await line.originate({ id: call.id, at: call.startedAt, ...order.value, callerNumber, dialOut });
  }
  if (order.case === "listen") return await line.listen(call, order.value.extension);
  if (order.case === "record") return await line.record(call, call.id);
  const { action } = order.value;
  switch (action.case) {
    case "hold":
      return await line.hold(call);
    case "resume":
      return await line.resume(call);
    case "hangUp":
      return await line.hangUp(call);
    case "transfer": {
      const { to, kind } = action.value;
      if (to.case === "queue") return await line.transferToQueue(call, to.value);
      return await line.transfer(call, { destination: to.value ?? "", kind: kind === "attended" ? "attended" : "blind" });
    }
    case "pauseRecording":
      return await line.pauseRecording(call, call.id);
    case "resumeRecording":
      return await line.resumeRecording(call, call.id);
    case "decline":
      return await line.withdraw(call, action.value.offerId);
    case undefined:
      throw new DomainError("invalid", "field_invalid", "action: say what to do with the call", { field: "action" });
  }
}
