import { inParallel } from "@trunkline/runtime";
import { unavailable } from "../pbx/errors.ts";
import { NO_CHANNEL, type RoutedChannel } from "../routed/events.ts";
import type { RoutedLists } from "../routed/stream.ts";
import { refOfBridge } from "../routed/values.ts";
import { eslChannel, parseEslEvent } from "./events.ts";
import type { EslSession } from "./session.ts";
import { header, isSafeId } from "./values.ts";

/** Dumps asked for at once; each is a thread of FreeSWITCH for a moment. */
const AT_ONCE = 16;

/** Ids of all lines. @throws DomainError pbx_unavailable */
export function idsOf(list: string): string[] {
  const rows = parseEslEvent(list)?.["rows"];
  if (rows === undefined && /"row_count"\s*:\s*0\b/.test(list)) return [];
  if (!Array.isArray(rows)) throw unavailable("the PBX's list of channels is no list: is this FreeSWITCH's event socket?");
  return rows.flatMap((row: unknown) => {
    const id = typeof row === "object" && row !== null && "uuid" in row ? row.uuid : undefined;
    return typeof id === "string" && isSafeId(id) ? [id] : [];
  });
}

type Line = { readonly channel: RoutedChannel; readonly bridge: string };

/** One line with its variables; undefined when it has gone since it was listed. */
async function dump(session: EslSession, id: string, deadlineMs: number): Promise<Line | undefined> {
  const text = await session.job(`uuid_dump ${id} json`, deadlineMs).catch((error: { code?: string }) => {
    if (error.code === "pbx_action_refused") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const event = parseEslEvent(text);
  if (event === undefined) return { channel: { ...NO_CHANNEL, id }, bridge: "" };
  return { channel: { ...eslChannel(event), id }, bridge: header(event, "variable_trunkline_bridge") };
}

/** What lives on FreeSWITCH: its list of channels has no variables, so each line is asked for them. */
export async function eslLists(session: EslSession, deadlineMs: number): Promise<RoutedLists> {
  const until = performance.now() + deadlineMs;
  const left = () => Math.max(1, until - performance.now());
  const ids = idsOf(await session.job("show channels as json", left()));
  const lines = (await inParallel(ids, AT_ONCE, (id) => dump(session, id, left()))).filter((line) => line !== undefined);
  const joined = Map.groupBy(
    lines.filter(({ bridge }) => refOfBridge(bridge) !== undefined),
    ({ bridge }) => bridge,
  );
  return {
    channels: lines.map(({ channel }) => channel),
    bridges: [...joined].map(([id, members]) => ({ id, channels: members.map(({ channel }) => channel.id) })),
  };
}
