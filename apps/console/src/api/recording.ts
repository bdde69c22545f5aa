import { currentSession } from "../session/session.ts";
import { renewSession } from "./clients.ts";

const READ_MS = 120_000;

/** The sound of a call. @throws Error when there is none (any more), or this user may not listen */
export async function soundOf(callId: string): Promise<Blob> {
  const get = () => {
    const headers = { authorization: `Bearer ${currentSession()?.token ?? ""}` };
    return fetch(`/recordings/${encodeURIComponent(callId)}`, { headers, signal: AbortSignal.timeout(READ_MS) });
  };
  const first = await get();
  const reply = first.status === 401 && (await renewSession()) ? await get() : first;
  if (!reply.ok) throw new Error(`recording: HTTP ${reply.status}`);
  return await reply.blob();
}
