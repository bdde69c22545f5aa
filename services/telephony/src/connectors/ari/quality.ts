import { type Logger, type Repeated, repeat } from "@trunkline/runtime";
import { type Measured, tenths } from "../routed/events.ts";
import type { AriHttp } from "./http.ts";

type Watched = {
  readonly http: AriHttp;
  /** Channels of callers who talk just now. */
  readonly talking: () => readonly string[];
  readonly measured: (channel: string, quality: Measured) => void;
  readonly log: Logger;
};

const EVERY_MS = 5_000;
const ASK_MS = 2_000;
const AT_ONCE = 8;
/** A second of speech; of a line that hardly sends nothing can be said. */
const MIN_PACKETS = 50;

/** Asks the PBX how well callers are heard, while they talk; a PBX that does not measure is asked in vain. */
export function watchQuality({ http, talking, measured, log }: Watched): Repeated {
  let told = new Map<string, Measured>();
  const ask = async (channel: string): Promise<[string, Measured][]> => {
    const path = `/channels/${encodeURIComponent(channel)}/rtp_statistics`;
    // The line may be down by now, or be none that is measured.
    const reply = await http.send({ method: "GET", path }, ASK_MS).catch(() => undefined);
    const quality = qualityOf(reply);
    if (!quality) return [];
    const before = told.get(channel);
    if (before?.mos !== quality.mos || before.lossPercent !== quality.lossPercent) measured(channel, quality);
    return [[channel, quality]];
  };
  const work = async () => {
    const channels = talking();
    const found: [string, Measured][] = [];
    for (let n = 0; n < channels.length; n += AT_ONCE) found.push(...(await Promise.all(channels.slice(n, n + AT_ONCE).map(ask))).flat());
    told = new Map(found);
  };
  return repeat({ what: "measuring calls", everyMs: EVERY_MS, work, log, restFirst: true });
}

/** @param reply of GET /channels/{id}/rtp_statistics; its media experience score goes from 0 to 100, and 0 is none yet */
export function qualityOf(reply: unknown): Measured | undefined {
  if (typeof reply !== "object" || reply === null) return undefined;
  const number = (name: string) => {
    const value = (reply as Readonly<Record<string, unknown>>)[name];
    return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
  };
  const scores = [number("txmes"), number("rxmes")].filter((score) => score > 0);
  if (scores.length === 0) return undefined;
  const [lost, received] = [number("rxploss"), number("rxcount")];
  const lossPercent = received < MIN_PACKETS ? 0 : tenths((100 * lost) / (lost + received));
  return { mos: mosOf(Math.min(100, ...scores)), lossPercent };
}

/** ITU-T G.107, annex B: a transmission rating as an opinion score, to a tenth. */
function mosOf(rating: number): number {
  return tenths(Math.min(4.5, Math.max(1, 1 + 0.035 * rating + 0.000007 * rating * (rating - 60) * (100 - rating))));
}
