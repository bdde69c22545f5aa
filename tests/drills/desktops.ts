// Agents' desktops in a process of their own: they resume by themselves after a cut, and keep count of what their sockets tell them.
import { setTimeout as delay } from "node:timers/promises";
import { type Desktop, type DesktopFrame, type DesktopMessage, openDesktop } from "@trunkline/dev-env";
import { nowUs, offer } from "../../bench/worker.ts";

export type Agent = { readonly extension: string; readonly token: string };
export type Told = {
  /** Frames whose place says that one before them never came, that came after a later one, and that came twice on one socket. */
  readonly missed: number;
  readonly outOfOrder: number;
  readonly doubled: number;
  readonly frames: number;
  readonly pops: readonly { readonly extension: string; readonly number: string }[];
};
/** `resumed` and `anew` since the last fault; `longestMs`: the last one back. */
export type Back = { readonly away: number; readonly resumed: number; readonly anew: number; readonly longestMs: number };

/** A caller's number, and when it was first heard of; microseconds of the machine's monotonic clock. */
export type Heard = readonly [number: string, at: number];
/** Since it was asked for last. */
export type News = { readonly shown: readonly Heard[]; readonly talking: readonly Heard[]; readonly over: readonly Heard[] };

const OPEN_AT_ONCE = 20;
/** As the console's client: at most so long before the first try, then twice that and so on. */
const FIRST_TRY_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

type Counts = { outOfOrder: number; doubled: number; frames: number };

/**
 * Judges frames by their place: an agent's frames are numbered without gaps as long as the mailbox's epoch lasts. What a snapshot brings, which
 * each desktop gets when the mailboxes answered too late for a while, is not missed.
 */
function placeJudge(counts: Counts): { hear(message: DesktopMessage): void; readonly missed: () => number } {
  /** Unknown until the next frame, when the mailboxes were away as the desktop came. */
  let newest: number | undefined = 0;
  let [missed, missedSince] = [0, 0];
  let heard = new Set<number>();
  return {
    missed: () => missed + missedSince,
    hear({ type, id, epoch, resumed }) {
      if (type === "snapshot") missedSince = 0;
      if (type === "welcome") {
        heard = new Set();
        [missed, missedSince] = [missed + missedSince, 0];
        // What comes after a resume goes on where the desktop was; a snapshot begins anew.
        if (!resumed) newest = epoch === "" ? undefined : Number(id);
      }
      if (type !== "frame") return;
      const place = Number(id);
      counts.frames += 1;
      if (heard.has(place)) counts.doubled += 1;
      else if (heard.size > 0 && place < Math.max(...heard)) counts.outOfOrder += 1;
      heard.add(place);
      if (heard.size > 64) heard.delete(Math.min(...heard));
      missedSince += Math.max(0, place - (newest ?? place) - 1);
      newest = Math.max(newest ?? place, place);
    },
  };
}

/** Which calls were shown, and which the agent's desktop was told to be talked in and to be over: each once. */
function newsDesk(): { hear(message: DesktopMessage): void; take(): News } {
  const numbers = new Map<string, string>();
  const states = new Map<string, string>();
  const none = () => ({ shown: [] as Heard[], talking: [] as Heard[], over: [] as Heard[] });
  let news = none();
  const hear = (frame: DesktopFrame) => {
    if (frame.type === "pop" && !numbers.has(frame.callId)) {
      numbers.set(frame.callId, frame.caller?.number ?? "");
      news.shown.push([numbers.get(frame.callId) ?? "", nowUs()]);
    }
    const number = numbers.get(frame.callId ?? "");
    if (frame.type !== "call" || number === undefined || states.get(number) === frame.state) return;
    states.set(number, frame.state ?? "");
    if (frame.state === "talking") news.talking.push([number, nowUs()]);
    if (frame.state === "wrap_up") news.over.push([number, nowUs()]);
  };
  return {
    hear: ({ frame, frames }) => [...(frame ? [frame] : []), ...(frames ?? [])].forEach(hear),
    take() {
      const taken = news;
      news = none();
      return taken;
    },
  };
}

if (import.meta.main) {
  const desk = newsDesk();
  const desktops = new Map<string, Desktop>();
  const counts: Counts = { outOfOrder: 0, doubled: 0, frames: 0 };
  const judges: ReturnType<typeof placeJudge>[] = [];
  let urls: readonly string[] = [];
  let [away, resumed, anew, longestMs, brokenAt] = [0, 0, 0, 0, 0];

  const comeBack = async (extension: string) => {
    away += 1;
    for (let attempt = 0; ; attempt++) {
      await delay(Math.min(LONGEST_PAUSE_MS, FIRST_TRY_MS * 2 ** attempt) * (0.5 + Math.random() / 2));
      try {
        await desktops.get(extension)?.reconnect(urls[(attempt + Number(extension)) % urls.length]);
        break;
      } catch {
        // The instance is away, or closed it again: the next one.
      }
    }
    away -= 1;
    longestMs = Math.max(longestMs, performance.now() - brokenAt);
  };
  const connect = async ({ extension, token }: Agent) => {
    const judge = placeJudge(counts);
    judges.push(judge);
    let open = false;
    const heard = (message: DesktopMessage) => {
      if (message.type === "welcome") {
        if (open === false && message.resumed) resumed += 1;
        else if (open === false) anew += 1;
        open = true;
      }
      judge.hear(message);
      desk.hear(message);
    };
    const gone = () => {
      // A try that failed is tried again by the one who made it.
      if (open) void comeBack(extension);
      open = false;
    };
    desktops.set(extension, await openDesktop(urls[0] ?? "", token, { heard, gone }));
  };
  offer({
    async open(agents: readonly Agent[], at: readonly string[]) {
      urls = at;
      for (let from = 0; from < agents.length; from += OPEN_AT_ONCE)
        await Promise.all(agents.slice(from, from + OPEN_AT_ONCE).map(connect));
    },
    /** From now on counts who comes back; `cut`: breaks every socket itself. */
    breaks(cut: boolean) {
      [resumed, anew, longestMs, brokenAt] = [0, 0, 0, performance.now()];
      if (cut) for (const desktop of desktops.values()) desktop.cut();
    },
    back: (): Back => ({ away, resumed, anew, longestMs }),
    news: desk.take,
    told: (): Told => ({
      ...counts,
      missed: judges.reduce((sum, { missed }) => sum + missed(), 0),
      pops: [...desktops].flatMap(([extension, { frames }]) => {
        // A ring that was in hand when a snapshot came is in it with a later revision.
        const pops = new Map(frames.flatMap((frame) => (frame.type === "pop" ? [[frame.key, frame]] : [])));
        return [...pops.values()].map(({ caller }) => ({ extension, number: caller?.number ?? "" }));
      }),
    }),
  });
}
