import { create } from "@bufbuild/protobuf";
import { type CallQueue, CallQueueSchema } from "@trunkline/proto/telephony";

/** A queue's settings as the form has them: texts, with times in seconds. */
export type QueueFields = Readonly<
  Record<
    | "queueId"
    | "name"
    | "strategy"
    | "target"
    | "offer"
    | "maxWait"
    | "overflow"
    | "calendarId"
    | "priority"
    | "skills"
    | "agents"
    | "relaxations"
    | "grades"
    | "wrapUp"
    | "wrapUpLimit"
    | "dispositions"
    | "defaultDisposition"
    | "autoPause"
    | "keepDays"
    | "preferDays"
    | "callbackFirst"
    | "callbackKey"
    | "callbackAttempts"
    | "callbackGap",
    string
  >
>;

/** Employees' ids by their extensions. */
export type Staff = ReadonlyMap<string, string>;

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
  skills: "",
  agents: "",
  relaxations: "",
  grades: "",
  wrapUp: "optional",
  wrapUpLimit: "60",
  dispositions: "",
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

const joined = (pairs: readonly (readonly [string, number])[]) => pairs.map(([name, number]) => `${name}:${number}`).join(", ");

export function toFields(queue: CallQueue, staff: Staff): QueueFields {
  const { wrapUp } = queue;
  const extensions = new Map([...staff].map(([extension, employeeId]) => [employeeId, extension]));
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
    skills: joined(queue.skills.map(({ skill, level }) => [skill, level])),
    // Who has left keeps the id, so that nothing is lost by saving.
    agents: joined(queue.agents.map(({ employeeId, tier }) => [extensions.get(employeeId) ?? employeeId, tier])),
    relaxations: joined(queue.relaxations.map(({ afterMs, levels }) => [seconds(afterMs), levels])),
    grades: joined(Object.entries(queue.gradePriority)),
    wrapUp: wrapUp?.mode ?? "optional",
    wrapUpLimit: seconds(wrapUp?.limitMs ?? 60_000n),
    dispositions: (wrapUp?.dispositions ?? []).map(({ code, name }) => `${code} ${name}`).join("\n"),
    defaultDisposition: wrapUp?.defaultDisposition ?? "",
    autoPause: String(queue.autoPauseAfter),
    preferDays: String(Number(queue.preferLastAgentMs) / DAY_MS),
    ...callbackFields(queue),
    keepDays: queue.recording?.mode === "all" ? String(queue.recording.keepDays) : "0",
  };
}

export function fromFields(fields: QueueFields, staff: Staff): CallQueue {
  return create(CallQueueSchema, {
    queueId: fields.queueId.trim(),
    name: fields.name.trim(),
    strategy: fields.strategy,
    targetMs: ms(fields.target),
    offerMs: ms(fields.offer),
    maxWaitMs: ms(fields.maxWait),
    overflow: fields.overflow,
    calendarId: fields.calendarId.trim(),
    priority: Number(fields.priority),
    skills: (pairsOf(fields.skills, 5) ?? []).map(([skill, level]) => ({ skill, level })),
    agents: (agentsOf(fields.agents, staff) ?? []).map(([employeeId, tier]) => ({ employeeId, tier })),
    relaxations: (pairsOf(fields.relaxations, 5, SECONDS) ?? []).map(([after, levels]) => ({ afterMs: ms(after), levels })),
    gradePriority: Object.fromEntries(pairsOf(fields.grades, 10_000) ?? []),
    autoPauseAfter: Number(fields.autoPause),
    preferLastAgentMs: BigInt(Math.round(Number(fields.preferDays) * DAY_MS)),
    ...(fields.callbackFirst === "" ? {} : { callback: callbackOf(fields) }),
    ...(Number(fields.keepDays) > 0 ? { recording: { mode: "all", keepDays: Number(fields.keepDays) } } : {}),
    wrapUp: {
      mode: fields.wrapUp,
      limitMs: ms(fields.wrapUpLimit),
      dispositions: dispositionsOf(fields.dispositions) ?? [],
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
  const codes = (dispositionsOf(dispositions) ?? []).map(({ code }) => code);
  return codes.includes(defaultDisposition) ? defaultDisposition : (codes[0] ?? defaultDisposition);
}

const SECONDS = /^\d{1,4}$/;
const ANY = /^.{1,50}$/;

/** name:number, separated by commas, Chinese ones too. @returns undefined when it cannot be read */
export function pairsOf(text: string, most: number, names: RegExp = ANY): (readonly [string, number])[] | undefined {
  const parts = text.split(/[,，]/).map((part) => part.trim());
  const read = parts.filter((part) => part !== "").map((part) => /^(.+?)\s*[:：]\s*(\d{1,5})$/.exec(part));
  const pairs = read.map((found) => [found?.[1] ?? "", Number(found?.[2] ?? 0)] as const);
  return pairs.every(([name, number]) => names.test(name) && number >= 1 && number <= most) ? pairs : undefined;
}

/** @returns undefined when it cannot be read, or names an extension that nobody has */
export function agentsOf(text: string, staff: Staff): (readonly [string, number])[] | undefined {
  const ids = new Set(staff.values());
  const pairs = pairsOf(text, 9)?.map(([name, tier]) => [staff.get(name) ?? name, tier] as const);
  return pairs?.every(([id]) => ids.has(id) || id.length > 20) ? pairs : undefined;
}

/** What cannot be read, by field. */
export function unreadable(
  fields: QueueFields,
  staff: Staff,
): readonly ("skills" | "agents" | "relaxations" | "grades" | "dispositions")[] {
  const read = {
    skills: pairsOf(fields.skills, 5),
    agents: agentsOf(fields.agents, staff),
    relaxations: pairsOf(fields.relaxations, 5, SECONDS),
    grades: pairsOf(fields.grades, 10_000),
    dispositions: dispositionsOf(fields.dispositions),
  } as const;
  return (Object.keys(read) as (keyof typeof read)[]).filter((field) => read[field] === undefined);
}

/** @returns undefined when it cannot be read */
export function dispositionsOf(text: string): { code: string; name: string }[] | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const read = lines.map((line) => /^([a-z0-9_]{1,50})\s+(\S.{0,59})$/.exec(line));
  return read.every((found) => found !== null) ? read.map(([, code = "", name = ""]) => ({ code, name })) : undefined;
}
