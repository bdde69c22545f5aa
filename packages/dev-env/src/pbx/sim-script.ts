import type { PlaceCall, SimCall } from "./sim-call.ts";
import { statusOf, type World } from "./sim-world.ts";

/** A whole call by timers; all times in ms, default 0. */
export type ScriptedCall = PlaceCall & {
  /** Who is rung; left out: nobody. */
  readonly answerBy?: string;
  /** From joining the queue to ringing. */
  readonly waitMs?: number;
  /** From ringing to what comes next. */
  readonly ringMs?: number;
  readonly talkMs?: number;
  readonly outcome: "answered" | "agent_hangs_up" | "abandoned" | "no_answer" | "timeout" | "transferred";
  /** For "transferred": who answers, after `ringMs` more, and talks for `talkMs` more. */
  readonly transferTo?: string;
};

export type Sleep = (ms: number) => Promise<void>;

function agentOf(script: ScriptedCall): string {
  if (script.answerBy === undefined) throw new Error(`outcome ${script.outcome} needs answerBy`);
  return script.answerBy;
}

async function talk(call: SimCall, script: ScriptedCall, sleep: Sleep): Promise<void> {
  const { ringMs = 0, talkMs = 0, outcome, transferTo } = script;
  call.answer(agentOf(script));
  await sleep(talkMs);
  if (outcome === "transferred") {
    if (transferTo === undefined) throw new Error("outcome transferred needs transferTo");
    call.transfer(transferTo);
    await sleep(ringMs);
    call.answer(transferTo);
    await sleep(talkMs);
  }
  call.hangup(outcome === "agent_hangs_up" ? "agent" : "caller");
}

export async function playCall(place: (call: PlaceCall) => SimCall, script: ScriptedCall, sleep: Sleep): Promise<SimCall> {
  const { answerBy, waitMs = 0, ringMs = 0, outcome } = script;
  const call = place(script);
  await sleep(waitMs);
  if (answerBy !== undefined) {
    call.ring(answerBy);
    await sleep(ringMs);
  }
  if (outcome === "abandoned") call.hangup("caller");
  else if (outcome === "timeout") call.timeout();
  else if (outcome === "no_answer") {
    call.ringNoAnswer(agentOf(script));
    call.hangup("caller");
  } else await talk(call, script, sleep);
  return call;
}

export type AutoRing = {
  /** How long a phone rings before the next one is tried, ms; default 15,000. */
  readonly ringMs?: number;
  /** Phones answer by themselves after this, ms; left out: they do not. */
  readonly answerMs?: number;
};

/** Rings free members for the head of each queue, as the real PBX does: in turn, one phone at a time. */
export function autoRing(
  world: World,
  calls: ReadonlyMap<string, SimCall>,
  { ringMs = 15_000, answerMs }: AutoRing,
  sleep: Sleep,
): () => void {
  const turns = new Map<string, number>();

  function nextMember(queueName: string): string | undefined {
    const queue = world.queues.find((one) => one.name === queueName);
    if (queue === undefined) return undefined;
    const turn = turns.get(queueName) ?? 0;
    for (let i = 0; i < queue.members.length; i++) {
      const at = (turn + i) % queue.members.length;
      const member = queue.members[at];
      if (member === undefined || member.paused || statusOf(world, member) !== 1) continue;
      turns.set(queueName, at + 1);
      return member.extension;
    }
    return undefined;
  }

  async function offer(call: SimCall, extension: string): Promise<void> {
    call.ring(extension);
    const answers = answerMs !== undefined && answerMs <= ringMs;
    await sleep(answers ? answerMs : ringMs);
    if (!call.ringing().includes(extension)) return;
    if (answers) call.answer(extension);
    else call.ringNoAnswer(extension);
  }

  function distribute(): void {
    for (const queue of world.queues) {
      const head = queue.waiting[0];
      const call = head && calls.get(head.channel.linkedid);
      if (call === undefined || call.phase() !== "waiting" || call.ringing().length > 0) continue;
      const extension = nextMember(queue.name);
      if (extension !== undefined) void offer(call, extension).catch(() => undefined);
    }
  }

  // Later, and once: what changed is still being told.
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      distribute();
    });
  };
}
