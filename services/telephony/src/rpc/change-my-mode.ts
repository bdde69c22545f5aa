import type { ChangeMyModeRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeMode, type Mode } from "../domain/agent-session.ts";
import { toMessage } from "./agent-session-message.ts";
import { ownExtension } from "./own-phone.ts";

export async function changeMyMode(context: Context, { mode, reason }: ChangeMyModeRequest, call: CallContext) {
  const at = context.now();
  // Without a telephone nobody is there for calls, nor away from them.
  if (mode !== "offline") ownExtension(context.agents, call.tenant, call.principal.id);
  const wanted = { mode: mode as Mode, reason };
  const session = await context.sessions.change(call, call.principal.id, at, (current) => changeMode(current, wanted, at));
  return { session: toMessage(context, call.tenant, session) };
}
