import { channelPairs } from "./sim-frames.ts";
import {
  answerBy,
  arrive,
  type CallModel,
  endRinging,
  endTalk,
  joinQueue,
  type Leg,
  memberOf,
  startRinging,
  stopWaiting,
} from "./sim-steps.ts";
import { attendedTransfer, blindTransfer } from "./sim-transfer.ts";
import { hangUp, queueNamed, type World } from "./sim-world.ts";

export type PlaceCall = {
  /** The caller's number as the trunk gives it: "" or "anonymous" when withheld, or any rubbish (cut at 79 characters, as the PBX does). */
  readonly from: string;
  readonly queue: string;
  /** Default: the number of the queue. */
  readonly dialed?: string;
  readonly fromName?: string;
};

/** One call on the simulated PBX; each command happens at once and is told to every client. A command that makes no sense throws. */
export type SimCall = {
  readonly linkedid: string;
  readonly phase: () => "waiting" | "talking" | "transferred" | "ended";
  readonly ringing: () => readonly string[];
  /** Resolves when the caller's line is down. */
  readonly ended: Promise<void>;
  ring(extension: string): void;
  /** It rang until the PBX's limit. */
  ringNoAnswer(extension: string): void;
  busy(extension: string): void;
  reject(extension: string): void;
  answer(extension: string): void;
  hold(): void;
  unhold(): void;
  /** Blind: to an extension, which then rings (answer, busy, ... apply), or to a queue's number. Attended: the extension has answered. */
  transfer(to: string, type?: "blind" | "attended"): void;
  /** The queue's time is over: the PBX sends the caller away. */
  timeout(): void;
  /** `by` the caller at any time, by the agent while talking. Default cause: what the real PBX gives. */
  hangup(by: "caller" | "agent", causeCode?: number): void;
};

const LONGEST_CALLER_ID = 79;

function legOf(call: CallModel, extension: string): Leg {
  const leg = call.ringing.get(extension);
  if (leg === undefined) throw new Error(`extension ${extension} does not ring for call ${call.caller.linkedid}`);
  return leg;
}

/** A transferred call whose target did not answer goes on in the dial plan, which hangs up. */
function afterTransfer(call: CallModel, cause: number): void {
  if (call.phase !== "transferred" || call.ringing.size > 0) return;
  call.world.event("call", "SoftHangupRequest", [...channelPairs(call.caller), ["Cause", 16]]);
  hangUp(call.world, call.caller, cause);
  call.phase = "ended";
}

function hangupCall(call: CallModel, by: "caller" | "agent", cause: number | undefined): void {
  if (call.phase === "ended") throw new Error(`call ${call.caller.linkedid} is over`);
  if (call.phase !== "talking" && by === "agent") throw new Error("an agent can only hang up while talking: use reject or ringNoAnswer");
  if (call.phase === "talking") endTalk(call, by, cause ?? 16);
  else if (call.phase === "waiting") stopWaiting(call, "abandoned", cause ?? 0);
  else {
    for (const leg of [...call.ringing.values()]) {
      call.ringing.delete(leg.extension);
      hangUp(call.world, leg.channel, cause ?? 0);
    }
    afterTransfer(call, cause ?? 0);
  }
}

export function placeCall(world: World, { from, queue, dialed, fromName = "" }: PlaceCall): SimCall {
  const exten = dialed ?? queueNamed(world, queue).exten;
  const caller = arrive(world, from.slice(0, LONGEST_CALLER_ID), fromName.slice(0, LONGEST_CALLER_ID), exten);
  const model: CallModel = {
    world,
    caller,
    queue: queueNamed(world, queue),
    joinedAt: 0,
    position: 0,
    answeredAt: 0,
    ringing: new Map(),
    talker: undefined,
    phase: "waiting",
    handedOver: false,
  };
  joinQueue(model, queue);
  const ended = Promise.withResolvers<void>();
  const done = () => {
    if (model.phase === "ended") ended.resolve();
    world.changed();
  };
  world.changed();
  return {
    linkedid: caller.linkedid,
    phase: () => model.phase,
    ringing: () => [...model.ringing.keys()],
    ended: ended.promise,
    ...commands(model, done),
  };
}

function commands(model: CallModel, done: () => void): Omit<SimCall, "linkedid" | "phase" | "ringing" | "ended"> {
  const { world } = model;
  const stopRinging = (how: "no_answer" | "busy" | "rejected", cause: number) => (extension: string) => {
    endRinging(model, legOf(model, extension), how);
    afterTransfer(model, cause);
    done();
  };
  const agentLine = () => {
    if (model.talker === undefined) throw new Error("nobody talks on this call");
    return model.talker.channel;
  };
  return {
    ring: (extension) => {
      if (model.phase !== "waiting") throw new Error(`call ${model.caller.linkedid} does not wait in a queue`);
      memberOf(model.queue, extension);
      if (model.ringing.has(extension)) throw new Error(`extension ${extension} rings already`);
      startRinging(model, extension, "queue");
    },
    ringNoAnswer: stopRinging("no_answer", 19),
    busy: stopRinging("busy", 17),
    reject: stopRinging("rejected", 21),
    answer: (extension) => answerBy(model, legOf(model, extension)),
    hold: () => world.event("call", "Hold", [...channelPairs(agentLine()), ["MusicClass", "default"]]),
    unhold: () => world.event("call", "Unhold", channelPairs(agentLine())),
    transfer: (to, type = "blind") => {
      if (type === "blind") blindTransfer(model, to);
      else attendedTransfer(model, to);
      done();
    },
    timeout: () => {
      if (model.phase !== "waiting") throw new Error(`call ${model.caller.linkedid} does not wait in a queue`);
      stopWaiting(model, "timeout", 16);
      done();
    },
    hangup: (by, causeCode) => {
      hangupCall(model, by, causeCode);
      done();
    },
  };
}
