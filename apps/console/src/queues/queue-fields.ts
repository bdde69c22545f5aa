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
    | "wrapUp"
    | "wrapUpLimit"
    | "dispositions"
    | "defaultDisposition"
    | "autoPause",
    string
  >
>;

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
  wrapUp: "optional",
  wrapUpLimit: "60",
  dispositions: "",
  defaultDisposition: "",
  autoPause: "0",
};

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
    skills: queue.skills.map(({ skill, level }) => `${skill}:${level}`).join(", "),
    wrapUp: wrapUp?.mode ?? "optional",
    wrapUpLimit: seconds(wrapUp?.limitMs ?? 60_000n),
    dispositions: (wrapUp?.dispositions ?? []).map(({ code, name }) => `${code} ${name}`).join("\n"),
    defaultDisposition: wrapUp?.defaultDisposition ?? "",
    autoPause: String(queue.autoPauseAfter),
  };
}

/** `base` keeps what the form does not show: agents and tiers, relaxations, points by grade. */
export function fromFields(fields: QueueFields, base: CallQueue | undefined): CallQueue {
  return create(CallQueueSchema, {
    ...(base ? { agents: base.agents, relaxations: base.relaxations, gradePriority: base.gradePriority } : {}),
    queueId: fields.queueId.trim(),
    name: fields.name.trim(),
    strategy: fields.strategy,
    targetMs: ms(fields.target),
    offerMs: ms(fields.offer),
    maxWaitMs: ms(fields.maxWait),
    overflow: fields.overflow,
    calendarId: fields.calendarId.trim(),
    priority: Number(fields.priority),
    skills: skillsOf(fields.skills) ?? [],
    autoPauseAfter: Number(fields.autoPause),
    wrapUp: {
      mode: fields.wrapUp,
      limitMs: ms(fields.wrapUpLimit),
      dispositions: dispositionsOf(fields.dispositions) ?? [],
      defaultDisposition: defaultOf(fields),
    },
  });
}

/** The chosen result, or the first when the chosen one is not among them any more. */
export function defaultOf({ dispositions, defaultDisposition }: QueueFields): string {
  const codes = (dispositionsOf(dispositions) ?? []).map(({ code }) => code);
  return codes.includes(defaultDisposition) ? defaultDisposition : (codes[0] ?? defaultDisposition);
}

/** @returns undefined when it cannot be read */
export function skillsOf(text: string): { skill: string; level: number }[] | undefined {
  const parts = text
    .split(/[,，]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const read = parts.map((part) => /^(.{1,50})[:：]\s*([1-5])$/.exec(part));
  return read.every((found) => found !== null)
    ? read.map(([, skill = "", level]) => ({ skill: skill.trim(), level: Number(level) }))
    : undefined;
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
