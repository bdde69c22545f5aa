import { channelPairs, memberPairs, type Pair, type SimChannel, type SimMember } from "./sim-frames.ts";
import {
  bridge,
  connectedLine,
  deviceState,
  dialEvent,
  enterApp,
  hangUp,
  leaveBridge,
  mediaFigures,
  newState,
  openChannel,
  queueNamed,
  RINGING,
  type SimQueue,
  seconds,
  setVariables,
  showCaller,
  statusOf,
  UP,
  type World,
} from "./sim-world.ts";

/** A phone that rings for the call, or that talks to the caller. */
export type Leg = {
  readonly extension: string;
  readonly channel: SimChannel;
  readonly since: number;
  /** Undefined: rung by the dial plan after a transfer. */
  readonly queue: SimQueue | undefined;
};

/** The state of one simulated call; the steps below change it and tell what a real PBX tells. */
export type CallModel = {
  readonly world: World;
  readonly caller: SimChannel;
  queue: SimQueue;
  joinedAt: number;
  /** First position in the queue. */
  position: number;
  answeredAt: number;
  readonly ringing: Map<string, Leg>;
  talker: Leg | undefined;
  phase: "waiting" | "talking" | "transferred" | "ended";
  /** A blind transfer left a hangup cause on the caller's channel, which its HangupRequest then shows. */
  handedOver: boolean;
};

const LIMIT = ",,,,120";

export function memberOf(queue: SimQueue, extension: string): SimMember {
  const member = queue.members.find((one) => one.extension === extension);
  if (member === undefined) throw new Error(`extension ${extension} is no member of queue ${queue.name}`);
  return member;
}

function memberLine(queue: SimQueue, member: SimMember): Pair[] {
  return [
    ["Queue", queue.name],
    ["Interface", member.interface],
    ["MemberName", `Agent/${member.extension}`],
  ];
}

/** The call reaches the exchange and is answered by the dial plan, up to the queue. */
export function arrive(world: World, from: string, name: string, exten: string): SimChannel {
  const caller = openChannel(world, "trunk", { state: 4, number: from, callerName: name, context: "incoming", exten });
  setVariables(world, caller, { SIPDOMAIN: "127.0.0.1" });
  enterApp(world, caller, "Answer", "");
  newState(world, caller, UP);
  deviceState(world, caller);
  return caller;
}

export function joinQueue(call: CallModel, queueName: string): void {
  const { world, caller } = call;
  call.queue = queueNamed(world, queueName);
  caller.priority = 2;
  enterApp(world, caller, "Queue", `${queueName}${LIMIT}`);
  setVariables(world, caller, {
    ANSWEREDTIME: "",
    ANSWEREDTIME_MS: "",
    DIALEDTIME: "",
    DIALEDTIME_MS: "",
    QUEUEWAIT: "",
    QUEUEWAIT_MS: "",
  });
  world.event("call", "DeviceStateChange", [
    ["Device", `Queue:${queueName}`],
    ["State", "RINGING"],
  ]);
  call.joinedAt = world.now();
  call.phase = "waiting";
  const count = call.queue.waiting.push({ channel: caller, joinedAt: call.joinedAt });
  call.position = count;
  world.event("agent", "QueueCallerJoin", [...channelPairs(caller), ["Queue", queueName], ["Position", count], ["Count", count]]);
}

export function startRinging(call: CallModel, extension: string, via: "queue" | "transfer"): Leg {
  const { world, caller } = call;
  const queue = via === "queue" ? call.queue : undefined;
  const shown = queue ? caller.exten : extension;
  const channel = openChannel(world, `agent${extension}`, { linkedid: caller.linkedid });
  channel.number = shown;
  if (queue === undefined) channel.exten = extension;
  enterApp(world, channel, queue ? "AppQueue" : "AppDial", "(Outgoing Line)");
  showCaller(world, channel);
  setVariables(world, channel, { DIALEDPEERNUMBER: `agent${extension}` });
  const leg: Leg = { extension, channel, since: world.now(), queue };
  call.ringing.set(extension, leg);
  if (queue) dialEvent(world, "AgentCalled", caller, channel, memberLine(queue, memberOf(queue, extension)), true);
  dialEvent(world, "DialBegin", caller, channel, [["DialString", queue ? `PJSIP/agent${extension}` : `agent${extension}`]]);
  if (caller.connected === "") connectedLine(world, caller, shown);
  channel.connected = caller.number;
  channel.connectedName = caller.callerName;
  channel.exten = shown;
  newState(world, channel, RINGING);
  if (queue) enterApp(world, channel, "AppQueue", "(Outgoing Line)");
  connectedLine(world, channel, caller.number, caller.callerName);
  dialEvent(world, "DialState", caller, channel, [["DialStatus", "RINGING"]]);
  deviceState(world, channel);
  return leg;
}

/** The phone rang until the exchange's limit, was busy, or the agent pressed reject: the exchange says so in its own way. */
export function endRinging(call: CallModel, leg: Leg, how: "no_answer" | "busy" | "rejected"): void {
  const { world, caller } = call;
  const { channel, queue } = leg;
  call.ringing.delete(leg.extension);
  const cause = how === "busy" ? 17 : how === "rejected" ? 21 : 0;
  const ringMs = seconds(world.now() - leg.since) * 1000;
  const noAnswer = () => {
    if (queue)
      dialEvent(
        world,
        "AgentRingNoAnswer",
        caller,
        channel,
        [...memberLine(queue, memberOf(queue, leg.extension)), ["RingTime", ringMs]],
        true,
      );
  };
  if (cause === 0) {
    noAnswer();
    dialEvent(world, "DialEnd", caller, channel, [["DialStatus", "NOANSWER"]]);
    if (queue) dialEvent(world, "DialEnd", caller, channel, [["DialStatus", "CANCEL"]]);
  } else {
    world.event("call", "HangupRequest", [...channelPairs(channel), ["Cause", cause], ["TechCause", cause === 17 ? 486 : 603]]);
    dialEvent(world, "DialEnd", caller, channel, [["DialStatus", queue ? "NOANSWER" : cause === 17 ? "BUSY" : "CONGESTION"]]);
    noAnswer();
  }
  hangUp(world, channel, cause);
}

function leaveQueue(call: CallModel): void {
  const { world, caller, queue } = call;
  const at = queue.waiting.findIndex((one) => one.channel === caller);
  if (at >= 0) queue.waiting.splice(at, 1);
  world.event("call", "DeviceStateChange", [
    ["Device", `Queue:${queue.name}`],
    ["State", queue.waiting.length > 0 ? "RINGING" : "NOT_INUSE"],
  ]);
  const place: Pair[] = [
    ["Queue", queue.name],
    ["Position", Math.max(1, at + 1)],
    ["Count", queue.waiting.length],
  ];
  world.event("agent", "QueueCallerLeave", [...channelPairs(caller), ...place]);
  setVariables(world, caller, { QUEUEPOSITION: call.position });
}

export function answerBy(call: CallModel, leg: Leg): void {
  const { world, caller } = call;
  const { channel, queue } = leg;
  call.ringing.delete(leg.extension);
  newState(world, channel, UP);
  dialEvent(world, "DialEnd", caller, channel, [["DialStatus", "ANSWER"]]);
  const others = [...call.ringing.values()];
  for (const other of others) cancelRinging(call, other);
  call.phase = "talking";
  call.answeredAt = world.now();
  call.talker = { ...leg, since: world.now() };
  if (queue) {
    leaveQueue(call);
    const wait = seconds(world.now() - call.joinedAt);
    setVariables(world, caller, { QUEUEWAIT: wait, QUEUEWAIT_MS: wait * 1000 });
    const member = memberOf(queue, leg.extension);
    const times: Pair[] = [
      ["HoldTime", wait],
      ["RingTime", seconds(world.now() - leg.since)],
    ];
    dialEvent(world, "AgentConnect", caller, channel, [...memberLine(queue, member), ...times], true);
    member.inCall = true;
  }
  deviceState(world, channel);
  bridge(world, channel, caller);
  for (const other of others) hangUp(world, other.channel, 26);
}

function cancelRinging(call: CallModel, leg: Leg): void {
  call.ringing.delete(leg.extension);
  dialEvent(call.world, "DialEnd", call.caller, leg.channel, [["DialStatus", "CANCEL"]]);
  if (leg.queue) dialEvent(call.world, "DialEnd", call.caller, leg.channel, [["DialStatus", "CANCEL"]]);
}

/** The caller waits no more: hung up, or the queue's time is over. Both are told as an abandoned call. */
export function stopWaiting(call: CallModel, how: "abandoned" | "timeout", cause: number): void {
  const { world, caller, queue } = call;
  const legs = [...call.ringing.values()];
  if (how === "abandoned") {
    mediaFigures(world, caller);
    world.event("call", "HangupRequest", channelPairs(caller));
    for (const leg of legs) cancelRinging(call, leg);
  } else {
    for (const leg of legs) {
      call.ringing.delete(leg.extension);
      const rang: Pair[] = [["RingTime", seconds(world.now() - leg.since) * 1000]];
      dialEvent(world, "AgentRingNoAnswer", caller, leg.channel, [...memberLine(queue, memberOf(queue, leg.extension)), ...rang], true);
      for (const status of ["NOANSWER", "CANCEL"]) dialEvent(world, "DialEnd", caller, leg.channel, [["DialStatus", status]]);
    }
  }
  const wait = seconds(world.now() - call.joinedAt);
  setVariables(world, caller, { QUEUEWAIT: wait, QUEUEWAIT_MS: wait * 1000, ABANDONED: "TRUE" });
  const place: Pair[] = [
    ["Queue", queue.name],
    ["Position", queue.waiting.findIndex((one) => one.channel === caller) + 1],
  ];
  world.event("agent", "QueueCallerAbandon", [...channelPairs(caller), ...place, ["OriginalPosition", call.position], ["HoldTime", wait]]);
  leaveQueue(call);
  if (how === "timeout") {
    setVariables(world, caller, { QUEUESTATUS: "TIMEOUT" });
    caller.priority = 3;
    enterApp(world, caller, "Hangup", "");
  }
  world.event("call", "SoftHangupRequest", [...channelPairs(caller), ["Cause", 16]]);
  for (const leg of legs) hangUp(world, leg.channel, 0);
  hangUp(world, caller, how === "timeout" ? 16 : cause);
  call.phase = "ended";
}

/** AgentComplete, for a talk that a queue arranged. */
export function completeAgent(call: CallModel, talker: Leg, reason: "caller" | "agent" | "transfer"): void {
  const { world, caller } = call;
  if (talker.queue === undefined) return;
  const member = memberOf(talker.queue, talker.extension);
  const times: Pair[] = [
    ["HoldTime", seconds(call.answeredAt - call.joinedAt)],
    ["TalkTime", seconds(world.now() - talker.since)],
    ["Reason", reason],
  ];
  dialEvent(world, "AgentComplete", caller, talker.channel, [...memberLine(talker.queue, member), ...times], true);
  member.inCall = false;
  member.callsTaken++;
  member.lastCall = seconds(world.now());
}

export function endTalk(call: CallModel, by: "caller" | "agent", cause: number): void {
  const { world, caller, talker } = call;
  if (talker === undefined) throw new Error("nobody talks on this call");
  mediaFigures(world, caller);
  mediaFigures(world, talker.channel, "BRIDGED");
  const left: Pair[] = by === "caller" && call.handedOver ? [["Cause", 16]] : [];
  world.event("call", "HangupRequest", [...channelPairs(by === "caller" ? caller : talker.channel), ...left]);
  completeAgent(call, talker, by);
  const took = world.now() - call.answeredAt;
  const figures = {
    ANSWEREDTIME: seconds(took),
    ANSWEREDTIME_MS: took,
    DIALEDTIME: seconds(world.now() - call.joinedAt),
    DIALEDTIME_MS: world.now() - call.joinedAt,
  };
  leaveBridge(world, ...(by === "caller" ? [caller, talker.channel] : [talker.channel, caller]));
  if (by === "agent") hangUp(world, talker.channel, cause);
  setVariables(world, caller, figures);
  world.event("call", "SoftHangupRequest", [...channelPairs(caller), ["Cause", 16]]);
  mediaFigures(world, talker.channel);
  hangUp(world, caller, cause);
  if (by === "caller") hangUp(world, talker.channel, cause);
  call.talker = undefined;
  call.phase = "ended";
}

export function pauseMember(world: World, queue: SimQueue, member: SimMember, paused: boolean, reason: string): void {
  member.paused = paused;
  member.pausedReason = paused ? reason : "";
  if (paused) member.lastPause = seconds(world.now());
  world.event("agent", "QueueMemberPause", memberPairs(queue.name, member, statusOf(world, member), false));
  world.changed();
}
