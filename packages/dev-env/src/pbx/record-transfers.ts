import { setTimeout as sleep } from "node:timers/promises";
import type { AmiLine } from "./record-ami.ts";
import { answeredBy, type Cast, FROM, over, type Scenario, talkOut } from "./record-cast.ts";
import { addExtension } from "./record-queues.ts";

export const blindTransfer: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.refer("1002");
    const target = await cast.phone(1002).ringing();
    await sleep(600);
    target.answer();
    await talkOut(line, target);
  },
};

/** The target does not answer: the caller is lost, which is what blind means. */
export const blindTransferUnanswered: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.refer("1002");
    const target = await cast.phone(1002).ringing();
    await sleep(500);
    target.reject("486 Busy Here");
    await over(line);
  },
};

export const transferToQueue: Scenario = {
  members: [1001, 1002],
  phones: [1001, 1002],
  play: async (cast) => {
    await cast.control.act({ Action: "QueuePause", Interface: "PJSIP/agent1002", Queue: "support", Paused: "true" });
    const { line, agent } = await answeredBy(cast, 1001);
    await cast.control.act({ Action: "Command", Command: "dialplan add extension 401,1,Queue,sales into internal" });
    await agent.refer("401");
    const target = await cast.phone(1002).ringing();
    await sleep(600);
    target.answer();
    await talkOut(line, target);
  },
};

/** The channel that a phone or trunk has now. */
async function channelsOf(control: AmiLine): Promise<(endpoint: string) => string> {
  const list = await control.act({ Action: "Command", Command: "core show channels concise" });
  return (endpoint) => new RegExp(`Output: (PJSIP/${endpoint}-[0-9a-f]+)!`).exec(list)?.[1] ?? "";
}

async function transferByManager(cast: Cast, action: (channel: string, agentChannel: string) => Record<string, string>): Promise<void> {
  const { line } = await answeredBy(cast, 1001);
  const channelOf = await channelsOf(cast.control);
  await cast.control.act(action(channelOf("trunk"), channelOf("agent1001")));
  const target = await cast.phone(1002).ringing();
  await sleep(600);
  target.answer();
  await talkOut(line, target);
}

export const blindTransferByManager: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: (cast) => transferByManager(cast, (_, agent) => ({ Action: "BlindTransfer", Channel: agent, Context: "transfer", Exten: "1002" })),
};

export const redirectByManager: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: (cast) =>
    transferByManager(cast, (channel) => ({ Action: "Redirect", Channel: channel, Context: "transfer", Exten: "1002", Priority: "1" })),
};

export const attendedTransfer: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.hold();
    const desk = await cast.desk(1001);
    const consulting = desk.call("1002", { from: "agent1001" });
    const target = await cast.phone(1002).ringing();
    await sleep(500);
    target.answer();
    const consult = await consulting;
    await sleep(1000);
    await agent.refer("1002", consult);
    await talkOut(line, target);
  },
};

/** The agent consults a colleague by a feature of the PBX, not of the phone: the consultation is another leg of the same dialog. */
async function consultedByManager(cast: Cast, exten = "1002") {
  await addExtension(cast.control, "406", "Queue,support\\,t");
  const talk = await answeredBy(cast, 1001, FROM, "406");
  const Channel = (await channelsOf(cast.control))("agent1001");
  await cast.control.act({ Action: "Atxfer", Channel, Context: "transfer", Exten: exten });
  return talk;
}

async function answeredTarget(cast: Cast) {
  const target = await cast.phone(1002).ringing();
  await sleep(600);
  target.answer();
  await sleep(1000);
  return target;
}

export const attendedByManager: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await consultedByManager(cast);
    const target = await answeredTarget(cast);
    await agent.bye();
    await talkOut(line, target);
  },
};

/** The agent is off before the colleague has answered. */
export const attendedWhileRinging: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await consultedByManager(cast);
    const target = await cast.phone(1002).ringing();
    await sleep(500);
    await agent.bye();
    await sleep(700);
    target.answer();
    await talkOut(line, target);
  },
};

/** The agent is off, and the colleague declines: the PBX rings the agent again. */
export const attendedNotTaken: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await consultedByManager(cast);
    const target = await cast.phone(1002).ringing();
    await sleep(500);
    await agent.bye();
    await sleep(500);
    target.reject("603 Decline");
    const again = await cast.phone(1001).ringing();
    await sleep(600);
    again.answer();
    await talkOut(line, again);
  },
};

/** The agent's phone hands over to a phone that still rings. */
export const attendedByPhoneWhileRinging: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.hold();
    const consult = await (await cast.desk(1001)).ring("1002", { from: "agent1001" });
    const target = await cast.phone(1002).ringing();
    await sleep(500);
    await agent.refer("1002", consult);
    await sleep(700);
    target.answer();
    await talkOut(line, target);
  },
};

export const attendedGivenBack: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await consultedByManager(cast);
    const target = await answeredTarget(cast);
    await target.bye();
    await talkOut(line, agent);
  },
};

/** The colleague is no employee but somebody outside. */
export const attendedOutside: Scenario = {
  members: [1001],
  phones: [1001],
  play: async (cast) => {
    await cast.control.act({
      Action: "Command",
      Command: "dialplan add extension 13700137000,1,Dial,PJSIP/13700137000@trunk into transfer",
    });
    const { line, agent } = await consultedByManager(cast, "13700137000");
    const outside = await cast.caller.ringing();
    await sleep(500);
    outside.answer();
    await sleep(1000);
    await agent.bye();
    await talkOut(line, outside);
  },
};

/** The agent consults a queue: whoever answers there gets the caller. */
async function queueConsulted(cast: Cast) {
  await cast.control.act({ Action: "QueuePause", Interface: "PJSIP/agent1002", Queue: "support", Paused: "true" });
  await cast.control.act({ Action: "Command", Command: "dialplan add extension 401,1,Queue,sales into transfer" });
  return await consultedByManager(cast, "401");
}

export const attendedToQueue: Scenario = {
  members: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await queueConsulted(cast);
    const target = await answeredTarget(cast);
    await agent.bye();
    await talkOut(line, target);
  },
};

/** The agent is off before anybody in the queue has answered: the caller waits there. */
export const attendedToQueueWaiting: Scenario = {
  members: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await queueConsulted(cast);
    const target = await cast.phone(1002).ringing();
    await sleep(500);
    await agent.bye();
    await sleep(700);
    target.answer();
    await talkOut(line, target);
  },
};

/** Who answered in the queue hangs up: the agent has the caller again. */
export const attendedToQueueGivenBack: Scenario = {
  members: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await queueConsulted(cast);
    const target = await answeredTarget(cast);
    await target.bye();
    await talkOut(line, agent);
  },
};

/** Into a second queue where nobody is free; the caller gives up there. */
export const transferToQueueAbandoned: Scenario = {
  members: [1001],
  phones: [1001],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await cast.control.act({ Action: "Command", Command: "dialplan add extension 401,1,Queue,sales into internal" });
    await agent.refer("401");
    await sleep(2500);
    await line.bye();
    await over(agent);
  },
};

/** A member that is a Local channel which the PBX takes out of the way once the two talk. */
export const localMember: Scenario = {
  members: [],
  phones: [1001],
  play: async ({ caller, phone, control }) => {
    const member = { Queue: "support", Interface: "Local/1001@internal" };
    await control.act({ Action: "QueueAdd", ...member, MemberName: "Agent/1001" });
    const calling = caller.call("400", { from: FROM });
    const agent = await phone(1001).ringing();
    await sleep(600);
    agent.answer();
    const line = await calling;
    using _caller = line.speak();
    using _agent = agent.speak();
    await sleep(2000);
    await line.bye();
    await over(agent);
    await control.act({ Action: "QueueRemove", ...member });
  },
};
