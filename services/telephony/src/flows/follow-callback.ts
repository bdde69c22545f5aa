import { unless } from "@trunkline/errors";
import type { CallEvent } from "@trunkline/proto/telephony";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import type { Call } from "../domain/call-state.ts";
import { dropCallback, settleCallback } from "../domain/queue-callback.ts";

/** What a call's event means for callers who keep their place. */
export async function followCallback(
  context: Context,
  { event: { event }, scope, at }: { readonly event: Pick<CallEvent, "event">; readonly scope: CallScope; readonly at: number },
  read: () => Promise<Call>,
): Promise<void> {
  const { calls, queues, now } = context;
  if (event.case === "leftQueue" && event.value.reason === "place_kept") await letGo(context, await read());
  if (event.case === "ended") {
    const call = await read();
    if (call.callbackOf === undefined) return;
    await calls.update(scope, call.callbackOf, (place) => settleCallback(place, call, queues.of(scope.tenant, place.queue), now()));
  }
  // Who has called again and is answered need not be called back; a place that they kept only afterwards stands.
  if (event.case === "answered" && queues.all(scope.tenant).some(({ callback }) => callback !== undefined)) {
    const { direction, numberHash } = await read();
    if (direction !== "inbound" || numberHash === "") return;
    for (const { id } of await calls.waitingOf(scope.tenant, numberHash))
      await calls.update(scope, id, (state) => dropCallback(state, at, now()));
  }
}

/** The caller keeps the place, not the line; one who hung up by themselves has done so before us. */
async function letGo({ orderLine }: Context, call: Call): Promise<void> {
  if (call.endedAt !== undefined) return;
  const hangUp = { $typeName: "trunkline.telephony.v1.HangUpCall" } as const;
  const order = orderLine(call.connectorId, call, { case: "action", value: { action: { case: "hangUp", value: hangUp } } });
  await order.catch(unless("pbx_call_gone"));
}
