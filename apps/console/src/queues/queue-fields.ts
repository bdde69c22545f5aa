import { create } from "@bufbuild/protobuf";
import { type CallQueue, CallQueueSchema } from "@trunkline/proto/telephony";
import type { TextKey } from "../texts/zh-cn.ts";
import type { Pair } from "../ui/rows.tsx";

/** What stands in one line: texts, with times in seconds. */
export type QueueLine =
  | "queueId"
  | "name"
  | "strategy"
  | "target"
  | "offer"
  | "maxWait"
  | "overflow"
  | "calendarId"
  | "priority"
  | "wrapUp"
  | "wrapUpLimit"
  | "defaultDisposition"
  | "autoPause"
  | "keepDays"
  | "preferDays"
  | "callbackFirst"
  | "callbackKey"
  | "callbackAttempts"
  | "callbackGap";

/** skill and level; employee's id and tier; seconds and levels; grade and points; code and name */
export type QueueList = "skills" | "agents" | "relaxations" | "grades" | "dispositions";

/** A queue's settings as the form has them. */
export type QueueFields = Readonly<Record<QueueLine, string>> & Readonly<Record<QueueList, readonly Pair[]>>;

export const NEW_QUEUE: QueueFields = {
  queueId: "",
  name: "",
  strategy: "longest_idle",
  target: "20",
  offer: "20",
  maxWait: "0",
  overflow: "",
  calendarId: "",
  priority: "0",
  skills: [],
  agents: [],
  relaxations: [],
  grades: [],
  wrapUp: "optional",
  wrapUpLimit: "60",
  dispositions: [],
  defaultDisposition: "",
  autoPause: "0",
  keepDays: "0",
  preferDays: "0",
  callbackFirst: "",
  callbackKey: "1",
  callbackAttempts: "3",
  callbackGap: "600",
};

const DAY_MS = 86_400_000;
const seconds = (ms: bigint) => String(Number(ms) / 1000);
const ms = (text: string) => BigInt(Math.round(Number(text) * 1000));

export function toFields(queue: CallQueue): QueueFields {
  const { wrapUp } = queue;
  return {
    queueId: queue.queueId,
    name: queue.name,
    strategy: queue.strategy,
    target: seconds(queue.targetMs),
    offer: seconds(queue.offerMs),
    maxWait: seconds(queue.maxWaitMs),
    overflow: queue.overflow,
    calendarId: queue.calendarId,
    priority: String(queue.priority),
    skills: queue.skills.map(({ skill, level }) => [skill, String(level)]),
    agents: queue.agents.map(({ employeeId, tier }) => [employeeId, String(tier)]),
    relaxations: queue.relaxations.map(({ afterMs, levels }) => [seconds(afterMs), String(levels)]),
    grades: Object.entries(queue.gradePriority).map(([grade, points]) => [grade, String(points)]),
    wrapUp: wrapUp?.mode ?? "optional",
    wrapUpLimit: seconds(wrapUp?.limitMs ?? 60_000n),
    dispositions: (wrapUp?.dispositions ?? []).map(({ code, name }) => [code, name]),
    defaultDisposition: wrapUp?.defaultDisposition ?? "",
    autoPause: String(queue.autoPauseAfter),
    preferDays: String(Number(queue.preferLastAgentMs) / DAY_MS),
    ...callbackFields(queue),
    keepDays: queue.recording?.mode === "all" ? String(queue.recording.keepDays) : "0",
  };
}

export function fromFields(fields: QueueFields): CallQueue {
  return create(CallQueueSchema, {
    queueId: fields.queueId.trim(),
    name: fields.name.trim(),
    strategy: fields.strategy,
    targetMs: ms(fields.target),
    offerMs: ms(fields.offer),
    maxWaitMs: ms(fields.maxWait),
    overflow: fields.overflow,
    calendarId: fields.calendarId,
    priority: Number(fields.priority),
    skills: fields.skills.map(([skill, level]) => ({ skill: skill.trim(), level: Number(level) })),
    agents: fields.agents.map(([employeeId, tier]) => ({ employeeId, tier: Number(tier) })),
    relaxations: fields.relaxations.map(([after, levels]) => ({ afterMs: ms(after), levels: Number(levels) })),
    gradePriority: Object.fromEntries(fields.grades.map(([grade, points]) => [grade.trim(), Number(points)])),
    autoPauseAfter: Number(fields.autoPause),
    preferLastAgentMs: BigInt(Math.round(Number(fields.preferDays) * DAY_MS)),
    ...(fields.callbackFirst === "" ? {} : { callback: callbackOf(fields) }),
    ...(Number(fields.keepDays) > 0 ? { recording: { mode: "all", keepDays: Number(fields.keepDays) } } : {}),
    wrapUp: {
      mode: fields.wrapUp,
      limitMs: ms(fields.wrapUpLimit),
      dispositions: fields.dispositions.map(([code, name]) => ({ code: code.trim(), name: name.trim() })),
      defaultDisposition: defaultOf(fields),
    },
  });
}

/** Without settings nobody keeps a place, and the form shows what is usual. */
function callbackFields({ callback }: CallQueue) {
  if (!callback) return { callbackFirst: "", callbackKey: "1", callbackAttempts: "3", callbackGap: "600" };
  const { first, key, attempts, gapMs } = callback;
  return { callbackFirst: first, callbackKey: key, callbackAttempts: String(attempts), callbackGap: seconds(gapMs) };
}

function callbackOf({ callbackFirst, callbackKey, callbackAttempts, callbackGap }: QueueFields) {
  return { first: callbackFirst, key: callbackKey.trim(), attempts: Number(callbackAttempts), gapMs: ms(callbackGap) };
}

/** The chosen result, or the first when the chosen one is not among them any more. */
export function defaultOf({ dispositions, defaultDisposition }: QueueFields): string {
  const codes = dispositions.map(([code]) => code.trim());
  return codes.includes(defaultDisposition) ? defaultDisposition : (codes[0] ?? defaultDisposition);
}

const whole = (text: string, least: number, most: number) => /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= most;
const named = (text: string, most: number) => text.trim() !== "" && text.trim().length <= most;
const READABLE: Readonly<Record<QueueList, (line: Pair) => boolean>> = {
  skills: ([skill, level]) => named(skill, 50) && whole(level, 1, 5),
  agents: ([, tier]) => whole(tier, 1, 9),
  relaxations: ([after, levels]) => whole(after, 1, 7200) && whole(levels, 1, 5),
  grades: ([grade, points]) => named(grade, 40) && whole(points, 1, 10_000),
  dispositions: ([code, name]) => /^[a-z0-9_]{1,50}$/.test(code.trim()) && named(name, 60),
};

export type Problems = Readonly<Partial<Record<QueueLine | QueueList, TextKey>>>;

/** What cannot be sent as it stands, by field: what no number can be read from, and what contradicts itself. */
export function problemsOf(fields: QueueFields): Problems {
  const found: Partial<Record<QueueLine | QueueList, TextKey>> = {};
  for (const list of Object.keys(READABLE) as QueueList[]) {
    const names = fields[list].map(([name]) => name.trim());
    if (!fields[list].every(READABLE[list])) found[list] = `queues.${list}Invalid`;
    else if (new Set(names).size < names.length) found[list] = "queues.twice";
  }
  const { queueId, callbackKey, relaxations, skills, wrapUp, dispositions, overflow, maxWait, calendarId } = fields;
  if (!/^[0-9A-Za-z_-]*$/.test(queueId.trim())) found.queueId = "queues.idInvalid";
  if (fields.callbackFirst !== "" && !/^[0-9*#]?$/.test(callbackKey.trim())) found.callbackKey = "queues.callbackKeyInvalid";
  const inOrder = relaxations.every(([after, levels], n) => {
    const before = relaxations[n - 1];
    return !before || (Number(after) > Number(before[0]) && Number(levels) > Number(before[1]));
  });
  if (!found.relaxations && !inOrder) found.relaxations = "queues.relaxationsOrder";
  if (!found.relaxations && relaxations.length > 0 && skills.length === 0) found.relaxations = "queues.relaxationsNothing";
  if (!found.dispositions && wrapUp === "mandatory" && dispositions.length === 0) found.dispositions = "queues.dispositionsNeeded";
  if (overflow !== "" && Number(maxWait) === 0 && calendarId === "") found.overflow = "queues.overflowNever";
  return found;
}

const REFUSED_FIELD: Readonly<Record<string, QueueLine | QueueList>> = {
  queue_overflow_circular: "overflow",
  queue_overflow_unknown: "overflow",
  calendar_unknown: "calendarId",
  calendar_not_here: "calendarId",
  agent_unknown: "agents",
};

/** Somebody has saved meanwhile: of a queue that is new here, its id is another one's. */
export const isTaken = (code: string): boolean => code === "stale_revision";

/** Which field a refusal belongs to, by its code. */
export const refusedFields = (isNew: boolean): Readonly<Record<string, QueueLine | QueueList>> =>
  isNew ? { ...REFUSED_FIELD, stale_revision: "queueId" } : REFUSED_FIELD;
