import { bridgePairs, channelPairs, type Pair, type SimChannel } from "./sim-frames.ts";
import { type CallModel, completeAgent, joinQueue, type Leg, startRinging } from "./sim-steps.ts";
import {
  bridge,
  connectedLine,
  deviceState,
  dialEvent,
  enterApp,
  hangUp,
  leaveBridge,
  newState,
  openChannel,
  setVariables,
  showCaller,
  UP,
} from "./sim-world.ts";

function talkerOf(call: CallModel): Leg {
  if (call.talker === undefined) throw new Error("nobody talks on this call: nobody can transfer it");
  return call.talker;
}

/** The agent hands over without asking: to an extension, which then rings, or to the number of a queue. */
export function blindTransfer(call: CallModel, to: string): void {
  const { world, caller } = call;
  const talker = talkerOf(call);
  const { channel } = talker;
  world.event("call", "Unhold", channelPairs(channel));
  setVariables(world, channel, { BLINDTRANSFER: caller.name });
  setVariables(world, caller, { BLINDTRANSFER: channel.name, SIPTRANSFER: "yes" });
  const target: Pair[] = [
    ["IsExternal", "Yes"],
    ["Context", "internal"],
    ["Extension", to],
  ];
  world.event("call", "BlindTransfer", [
    ["Result", "Success"],
    ...channelPairs(channel, "Transferer"),
    ...channelPairs(caller, "Transferee"),
    ...bridgePairs(channel.bridge, 2, "native_rtp"),
    ...target,
  ]);
  completeAgent(call, talker, "transfer");
  leaveBridge(world, channel, caller);
  hangUp(world, channel, 16);
  call.talker = undefined;
  call.phase = "transferred";
  call.handedOver = true;
  caller.context = "internal";
  caller.exten = to;
  caller.priority = 1;
  const queue = world.queues.find((one) => one.exten === to);
  if (queue) joinQueue(call, queue.name);
  else {
    enterApp(world, caller, "Dial", `PJSIP/agent${to},20`);
    startRinging(call, to, "transfer");
  }
}

/** The agent calls a colleague on a second line, who answers, then puts caller and colleague together. */
export function attendedTransfer(call: CallModel, to: string): void {
  const { world, caller } = call;
  const talker = talkerOf(call);
  const first = talker.channel;
  world.event("call", "Hold", [...channelPairs(first), ["MusicClass", "default"]]);
  const second = openChannel(world, `agent${talker.extension}`, { state: 4, number: `agent${talker.extension}`, exten: to });
  enterApp(world, second, "Dial", `PJSIP/agent${to},20`);
  const target = openChannel(world, `agent${to}`, { linkedid: second.linkedid, number: to, exten: to, connected: second.number });
  showCaller(world, target);
  dialEvent(world, "DialBegin", second, target, [["DialString", `agent${to}`]]);
  newState(world, target, UP);
  dialEvent(world, "DialEnd", second, target, [["DialStatus", "ANSWER"]]);
  newState(world, second, UP);
  deviceState(world, target);
  bridge(world, target, second);
  for (const channel of [first, second]) world.event("call", "Unhold", channelPairs(channel));
  const consultBridge = second.bridge;
  const callBridge = caller.bridge;
  moveInto(call, target, first, consultBridge, callBridge);
  world.event("call", "AttendedTransfer", [
    ["Result", "Success"],
    ...channelPairs(first, "OrigTransferer"),
    ...bridgePairs(callBridge, 2, "native_rtp", "Orig"),
    ...channelPairs(second, "SecondTransferer"),
    ...bridgePairs(consultBridge, 2, "native_rtp", "Second"),
    ...channelPairs(caller, "Transferee"),
    ...channelPairs(target, "TransferTarget"),
    ["IsExternal", "No"],
    ["DestType", "Bridge"],
    ["DestBridgeUniqueid", callBridge],
  ]);
  completeAgent(call, talker, "transfer");
  connectedLine(world, caller, to);
  leaveBridge(world, second);
  target.linkedid = caller.linkedid;
  hangUp(world, first, 16);
  hangUp(world, second, 16);
  call.talker = { extension: to, channel: target, since: world.now(), queue: undefined };
  call.phase = "talking";
}

/** The target changes from the consultation's bridge to the caller's, in the transferer's place. */
function moveInto(call: CallModel, target: SimChannel, transferer: SimChannel, from: string, into: string): void {
  const { world } = call;
  world.event("call", "BridgeLeave", [...bridgePairs(from, 1, "native_rtp"), ...channelPairs(target)]);
  world.event("call", "BridgeLeave", [...bridgePairs(into, 1, "native_rtp"), ...channelPairs(transferer)]);
  transferer.bridge = "";
  target.bridge = into;
  world.event("call", "BridgeEnter", [...bridgePairs(into, 2, "native_rtp"), ...channelPairs(target)]);
}
