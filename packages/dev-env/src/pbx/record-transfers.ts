import { setTimeout as sleep } from "node:timers/promises";
import { answeredBy, type Cast, over, type Scenario, TALK_MS } from "./record-cast.ts";

export const blindTransfer: Scenario = {
  members: [1001],
  phones: [1001, 1002],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.refer("1002");
    const target = await cast.phone(1002).ringing();
    await sleep(600);
    target.answer();
    await sleep(TALK_MS);
    await line.bye();
    await over(target);
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
    await sleep(TALK_MS);
    await line.bye();
    await over(target);
  },
};

async function transferByManager(cast: Cast, action: (channel: string, agentChannel: string) => Record<string, string>): Promise<void> {
  const { line } = await answeredBy(cast, 1001);
  const list = await cast.control.act({ Action: "Command", Command: "core show channels concise" });
  const channel = /Output: (PJSIP\/trunk-[0-9a-f]+)!/.exec(list)?.[1] ?? "";
  const agentChannel = /Output: (PJSIP\/agent1001-[0-9a-f]+)!/.exec(list)?.[1] ?? "";
  await cast.control.act(action(channel, agentChannel));
  const target = await cast.phone(1002).ringing();
  await sleep(600);
  target.answer();
  await sleep(TALK_MS);
  await line.bye();
  await over(target);
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
    await sleep(TALK_MS);
    await line.bye();
    await over(target);
  },
};
