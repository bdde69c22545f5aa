import type { SimCall } from "./sim-call.ts";
import { channelPairs, memberPairs, type Pair, type SimMember } from "./sim-frames.ts";
import { failure, type SimAction, type SimReply, success } from "./sim-server.ts";
import { pauseMember } from "./sim-steps.ts";
import { type SimQueue, seconds, statusOf, type World } from "./sim-world.ts";

/** Calls out to a number and, when it is answered, sends it to the extension. @returns false if the extension leads nowhere */
export type Originate = (number: string, exten: string) => boolean;

type Place = { readonly queue: SimQueue; readonly member: SimMember };

const ID: Pair = ["ActionID", ""];

function listOf(message: string, events: readonly (readonly Pair[])[], complete: string): SimReply {
  const end: Pair[] = [["Event", complete], ID, ["EventList", "Complete"], ["ListItems", events.length]];
  return {
    response: [
      ["Response", "Success"],
      ["EventList", "start"],
      ["Message", message],
    ],
    list: [...events, end],
  };
}

function coreShowChannels(world: World): SimReply {
  const clock = (ms: number) => new Date(Math.max(0, ms)).toISOString().slice(11, 19);
  const events = [...world.channels.values()].map((channel): readonly Pair[] => [
    ["Event", "CoreShowChannel"],
    ID,
    ...channelPairs(channel),
    ["Application", channel.app],
    ["ApplicationData", channel.appData],
    ["Duration", clock(world.now() - channel.since)],
    ["BridgeId", channel.bridge],
  ]);
  return listOf("Channels will follow", events, "CoreShowChannelsComplete");
}

function queueEvents(world: World, queue: SimQueue, member: string): (readonly Pair[])[] {
  const params: Pair[] = [
    ["Event", "QueueParams"],
    ["Queue", queue.name],
    ["Max", 0],
    ["Strategy", "rrmemory"],
    ["Calls", queue.waiting.length],
    ["Holdtime", 0],
    ["TalkTime", 0],
    ["Completed", 0],
    ["Abandoned", 0],
    ["ServiceLevel", 0],
    ["ServicelevelPerf", "0.0"],
    ["ServicelevelPerf2", "0.0"],
    ["Weight", 0],
    ID,
  ];
  const members = queue.members
    .filter((one) => member === "" || one.interface === member)
    .map((one): readonly Pair[] => [["Event", "QueueMember"], ...memberPairs(queue.name, one, statusOf(world, one), true), ID]);
  const entries = queue.waiting.map(({ channel, joinedAt }, i): readonly Pair[] => [
    ["Event", "QueueEntry"],
    ["Queue", queue.name],
    ["Position", i + 1],
    ["Channel", channel.name],
    ["Uniqueid", channel.uniqueid],
    ["CallerIDNum", channel.number || "unknown"],
    ["CallerIDName", channel.callerName || "unknown"],
    ["ConnectedLineNum", channel.connected || "unknown"],
    ["ConnectedLineName", channel.connectedName || "unknown"],
    ["Wait", seconds(world.now() - joinedAt)],
    ["Priority", 0],
    ID,
  ]);
  return [params, ...members, ...entries];
}

function placesOf(world: World, action: SimAction): Place[] {
  const name = action.get("queue") ?? "";
  const queues = world.queues.filter((queue) => name === "" || queue.name === name);
  const address = action.get("interface");
  return queues.flatMap((queue) => queue.members.filter((one) => one.interface === address).map((member) => ({ queue, member })));
}

function queuePause(world: World, action: SimAction): SimReply {
  const places = placesOf(world, action);
  if (places.length === 0) return failure("Interface not found");
  const paused = /^(true|1|yes|on)$/i.test(action.get("paused") ?? "");
  const effect = () => {
    for (const { queue, member } of places) pauseMember(world, queue, member, paused, action.get("reason") ?? "");
  };
  return { ...success(paused ? "Interface paused successfully" : "Interface unpaused successfully"), effect };
}

function queueAdd(world: World, action: SimAction): SimReply {
  const queue = world.queues.find((one) => one.name === action.get("queue"));
  const address = action.get("interface") ?? "";
  if (queue === undefined) return failure("Unable to add interface to queue: No such queue");
  if (placesOf(world, action).length > 0) return failure("Unable to add interface: Already there");
  const extension = /[0-9]+$/.exec(action.get("membername") ?? address)?.[0] ?? address;
  const fresh = { paused: action.get("paused") === "true", pausedReason: "", lastPause: 0, lastCall: 0, callsTaken: 0, inCall: false };
  const member: SimMember = { extension, interface: address, dynamic: true, loginTime: seconds(world.now()), ...fresh };
  const effect = () => {
    queue.members.push(member);
    world.event("agent", "QueueMemberAdded", memberPairs(queue.name, member, statusOf(world, member), false));
    world.changed();
  };
  return { ...success("Added interface to queue"), effect };
}

function queueRemove(world: World, action: SimAction): SimReply {
  const [place] = placesOf(world, action);
  if (place === undefined) return failure("Unable to remove interface: Not there");
  if (!place.member.dynamic) return failure("Member not dynamic");
  const effect = () => {
    place.queue.members.splice(place.queue.members.indexOf(place.member), 1);
    world.event("agent", "QueueMemberRemoved", memberPairs(place.queue.name, place.member, 1, false));
  };
  return { ...success("Removed interface from queue"), effect };
}

function coreStatus(world: World): SimReply {
  const [date = "", time = ""] = new Date(world.startedAt).toISOString().slice(0, 19).split("T");
  const start: Pair[] = [
    ["CoreStartupDate", date],
    ["CoreStartupTime", time],
    ["CoreReloadDate", date],
    ["CoreReloadTime", time],
  ];
  const calls = new Set([...world.channels.values()].map((channel) => channel.linkedid)).size;
  return { response: [["Response", "Success"], ...start, ["CoreCurrentCalls", calls], ["CoreProcessedCalls", world.counter]] };
}

function originating(world: World, action: SimAction, originate: Originate): SimReply {
  const number = /^[^/]+\/([^@]+)/.exec(action.get("channel") ?? "")?.[1];
  if (number === undefined) return failure("Channel not specified");
  const exten = action.get("exten") ?? "";
  const id = action.get("actionid") ?? "";
  const effect = () => {
    const done = originate(number, exten);
    world.event("call", "OriginateResponse", [
      ["ActionID", id],
      ["Response", done ? "Success" : "Failure"],
      ["Channel", action.get("channel") ?? ""],
      ["Context", action.get("context") ?? ""],
      ["Exten", exten],
      ["Reason", done ? 4 : 0],
      ["Uniqueid", "<null>"],
      ["CallerIDNum", number],
      ["CallerIDName", "<unknown>"],
    ]);
  };
  return { ...success("Originate successfully queued"), effect };
}

/** Channels are named by their name or their Uniqueid. */
function onCall({ world, calls }: Exchange, action: SimAction, message: string, effect: (call: SimCall, agent: string) => void): SimReply {
  const name = action.get("channel") ?? "";
  const channel = [...world.channels.values()].find((one) => one.uniqueid === name || one.name === name);
  const call = channel && calls.get(channel.linkedid);
  if (!channel || !call) return failure("No such channel");
  const agent = /^PJSIP\/agent([0-9]+)-/.exec(channel.name)?.[1] ?? "";
  return { ...success(message), effect: () => effect(call, agent) };
}

function hangUp(call: SimCall, agent: string): void {
  if (agent === "") call.hangup("caller");
  else if (call.ringing().includes(agent)) call.reject(agent);
  else call.hangup("agent");
}

export type Exchange = { readonly world: World; readonly calls: ReadonlyMap<string, SimCall>; readonly originate: Originate };

/** Answers actions as the real PBX does, in its words. */
export function actionHandler(exchange: Exchange): (action: SimAction) => SimReply {
  const { world, originate } = exchange;
  return (action) => {
    const name = action.get("action") ?? "";
    switch (name.toLowerCase()) {
      case "ping": {
        const stamp = `${(world.now() / 1000).toFixed(3)}000`;
        return {
          response: [
            ["Response", "Success"],
            ["Ping", "Pong"],
            ["Timestamp", stamp],
          ],
        };
      }
      case "coreshowchannels":
        return coreShowChannels(world);
      case "queuestatus": {
        const queues = world.queues.filter((queue) => [undefined, "", queue.name].includes(action.get("queue")));
        const events = queues.flatMap((queue) => queueEvents(world, queue, action.get("member") ?? ""));
        return listOf("Queue status will follow", events, "QueueStatusComplete");
      }
      case "queuepause":
        return queuePause(world, action);
      case "queueadd":
        return queueAdd(world, action);
      case "queueremove":
        return queueRemove(world, action);
      case "corestatus":
        return coreStatus(world);
      case "originate":
        return originating(world, action, originate);
      case "hangup":
        return onCall(exchange, action, "Channel Hungup", hangUp);
      case "blindtransfer":
        return onCall(exchange, action, "Transfer succeeded", (call) => call.transfer(action.get("exten") ?? ""));
      default:
        return failure(`Invalid/unknown command: ${name}. Use Action: ListCommands to show available commands.`);
    }
  };
}
