import { currentSession } from "../session/session.ts";

const READ_MS = 120_000;

/** The sound of a call. @throws Error when there is none (any more), or this user may not listen */
export async function soundOf(callId: string): Promise<Blob> {
  const headers = { authorization: `Bearer ${currentSession()?.token ?? ""}` };
  const reply = await fetch(`/recordings/${encodeURIComponent(callId)}`, { headers, signal: AbortSignal.timeout(READ_MS) });
  if (!reply.ok) throw new Error(`recording: HTTP ${reply.status}`);
  return await reply.blob();
}
