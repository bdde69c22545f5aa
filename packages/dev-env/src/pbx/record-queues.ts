import { setTimeout as sleep } from "node:timers/promises";
import type { AmiLine } from "./record-ami.ts";
import { answeredBy, FROM, over, type Scenario } from "./record-cast.ts";

export const pausedAgent: Scenario = {
  members: [1001, 1002],
  play: async (cast) => {
    const reason = { Interface: "PJSIP/agent1002", Reason: "Lunch, 午餐" };
    await cast.recording.act({ Action: "QueuePause", Paused: "true", ...reason });
    const { line, agent } = await answeredBy(cast, 1001);
    await line.bye();
    await over(agent);
    await cast.recording.act({ Action: "QueuePause", Paused: "false", Interface: "PJSIP/agent1002" });
    await cast.recording.act({ Action: "QueuePause", Paused: "true", Interface: "PJSIP/nobody" });
  },
};

export async function addExtension(control: AmiLine, extension: string, app: string): Promise<void> {
  await control.act({ Action: "Command", Command: `dialplan add extension ${extension},1,Answer into incoming replace` });
  await control.act({ Action: "Command", Command: `dialplan add extension ${extension},2,${app} into incoming replace` });
  await control.act({ Action: "Command", Command: `dialplan add extension ${extension},3,Hangup into incoming replace` });
}

export const queueTimeout: Scenario = {
  members: [1001],
  play: async ({ caller, control }) => {
    await addExtension(control, "402", "Queue,support\\,\\,\\,\\,3");
    const line = await caller.call("402", { from: FROM });
    await over(line);
  },
};

/** Needs the queue "small" (maxlen = 1) and "closed" (joinempty = no, no members): see the README of the fixtures. */
export const queueFull: Scenario = {
  members: [],
  play: async ({ caller, control }) => {
    await addExtension(control, "403", "Queue,small");
    const first = await caller.call("403", { from: "13900000001" });
    await sleep(300);
    const second = await caller.call("403", { from: "13900000002" });
    await over(second);
    await first.bye();
  },
};

export const queueClosed: Scenario = {
  members: [],
  play: async ({ caller, control }) => {
    await addExtension(control, "404", "Queue,closed");
    await over(await caller.call("404", { from: FROM }));
  },
};

/** The dial plan's next queue, after the first one's time is over. */
export const secondQueue = (answers: boolean): Scenario => ({
  members: answers ? [1001] : [],
  play: async ({ caller, phone, control }) => {
    await control.act({ Action: "Command", Command: "dialplan add extension 405,1,Answer into incoming replace" });
    await control.act({ Action: "Command", Command: "dialplan add extension 405,2,Queue,sales\\,\\,\\,\\,2 into incoming replace" });
    await control.act({ Action: "Command", Command: "dialplan add extension 405,3,Queue,support into incoming replace" });
    const line = await caller.call("405", { from: FROM });
    if (!answers) {
      await sleep(4000);
      return await line.bye();
    }
    const agent = await phone(1001).ringing();
    await sleep(600);
    agent.answer();
    await sleep(1200);
    await line.bye();
    await over(agent);
  },
});
