import type { Call } from "@trunkline/proto/telephony";

type Page = { readonly calls: readonly Call[]; readonly nextPageToken: string };
type Read = (pageToken: string) => Promise<Page>;

/** More than a person reads; whoever needs all of a year asks for the figures. */
export const MOST_ROWS = 10_000;

/**
 * All calls, page by page, as they may be shown to this reader.
 * @returns `cut` when there are more than MOST_ROWS; undefined when it was stopped
 */
export async function allCalls(
  read: Read,
  signal: AbortSignal,
  progress: (rows: number) => void,
): Promise<{ readonly calls: readonly Call[]; readonly cut: boolean } | undefined> {
  const calls: Call[] = [];
  let token = "";
  do {
    const page = await read(token);
    if (signal.aborted) return undefined;
    calls.push(...page.calls);
    progress(Math.min(calls.length, MOST_ROWS));
    token = page.nextPageToken;
  } while (token !== "" && calls.length < MOST_ROWS);
  return { calls: calls.slice(0, MOST_ROWS), cut: token !== "" || calls.length > MOST_ROWS };
}

/** A call as the list has it now; one that has left the list stays as it was. */
export const asRead = (rows: readonly Call[], call: Call): Call => rows.find(({ callId }) => callId === call.callId) ?? call;
