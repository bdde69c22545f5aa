import { setTimeout as sleep } from "node:timers/promises";
import { answeredBy, type Cast, FROM, over, type Scenario, talkOut } from "./record-cast.ts";
import { pausedAgent, queueClosed, queueFull, queueTimeout, secondQueue } from "./record-queues.ts";
import {
  attendedByManager,
  attendedByPhoneWhileRinging,
  attendedGivenBack,
  attendedNotTaken,
  attendedOutside,
  attendedToQueue,
  attendedToQueueGivenBack,
  attendedToQueueWaiting,
  attendedTransfer,
  attendedWhileRinging,
  blindTransfer,
  blindTransferByManager,
  blindTransferUnanswered,
  localMember,
  redirectByManager,
  transferToQueue,
  transferToQueueAbandoned,
} from "./record-transfers.ts";
import type { SipDialog } from "./sip-phone.ts";

const answered: Scenario = {
  members: [1001],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await line.bye();
    await over(agent);
  },
};

const agentHangsUp: Scenario = {
  members: [1001],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.bye();
    await over(line);
  },
};

const abandoned: Scenario = {
  members: [1001],
  play: async ({ caller, phone }) => {
    const line = await caller.call("400", { from: FROM });
    const agent = await phone(1001).ringing();
    await sleep(3000);
    await line.bye();
    await over(agent);
  },
};

/** Gone before anybody could answer: figures leave such calls out. */
const shortAbandon: Scenario = {
  members: [1001],
  play: async ({ caller }) => {
    const line = await caller.call("400", { from: FROM });
    // Answer() takes half a second before the queue begins.
    await sleep(900);
    await line.bye();
  },
};

async function firstThenOther({ caller, phone }: Cast, first: (dialog: SipDialog) => void): Promise<void> {
  const line = await caller.call("400", { from: FROM });
  const one = phone(1001).ringing();
  const two = phone(1002).ringing();
  const [rung, other] = await Promise.race([one.then((dialog) => [dialog, two] as const), two.then((dialog) => [dialog, one] as const)]);
  first(rung);
  const agent = await other;
  await sleep(600);
  agent.answer();
  await talkOut(line, agent);
}

const ringNoAnswer: Scenario = { members: [1001, 1002], play: (cast) => firstThenOther(cast, () => undefined) };
const busy: Scenario = { members: [1001, 1002], play: (cast) => firstThenOther(cast, (dialog) => dialog.reject("486 Busy Here")) };
const declined: Scenario = { members: [1001, 1002], play: (cast) => firstThenOther(cast, (dialog) => dialog.reject("603 Decline")) };

/** Nobody's phone is there: the PBX tries and tries. */
const noPhones: Scenario = {
  members: [1001, 1002],
  phones: [],
  play: async ({ caller }) => {
    const line = await caller.call("400", { from: FROM });
    await sleep(12_000);
    await line.bye();
  },
};

const nobodyServes: Scenario = {
  members: [],
  play: async ({ caller }) => {
    const line = await caller.call("400", { from: FROM });
    await sleep(2000);
    await line.bye();
  },
};

const concurrent: Scenario = {
  members: [1001, 1002, 1003],
  play: async ({ caller, phone }) => {
    const extensions = [1001, 1002, 1003];
    const rings = extensions.map(async (extension) => {
      const dialog = await phone(extension).ringing();
      await sleep(300 + (extension - 1000) * 150);
      dialog.answer();
      return dialog;
    });
    const lines = await Promise.all(
      ["13900000001", "13900000002", "13900000003", "13900000004"].map((from) => caller.call("400", { from })),
    );
    const agents = await Promise.all(rings);
    await sleep(800);
    await lines[3]?.bye();
    await Promise.all(lines.slice(0, 3).map((line) => line.bye()));
    await over(...agents);
  },
};

const hold: Scenario = {
  members: [1001],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    await agent.hold();
    await sleep(1500);
    await agent.unhold();
    await sleep(500);
    await line.bye();
    await over(agent);
  },
};

/** The agent's own call to a colleague: no queue, so no call of ours. */
const internalCall: Scenario = {
  members: [],
  phones: [1002],
  play: async ({ desk, phone }) => {
    const calling = (await desk(1001)).call("1002", { from: "agent1001" });
    const other = await phone(1002).ringing();
    await sleep(300);
    other.answer();
    await (await calling).bye();
  },
};

function calledAs(from: string, options: { readonly name?: string; readonly headers?: readonly string[] }): Scenario {
  return {
    members: [1001],
    play: async ({ caller, phone }) => {
      const calling = caller.call("400", { from, ...options });
      const agent = await phone(1001).ringing();
      await sleep(300);
      agent.answer();
      const line = await calling;
      await sleep(300);
      await line.bye();
      await over(agent);
    },
  };
}

/** The PBX calls the customer for us and then sends the call to the queue. */
const originatedCaller: Scenario = {
  members: [1001],
  play: async ({ caller, phone, recording }) => {
    const customer = caller.ringing();
    void recording.act({
      Action: "Originate",
      Channel: "PJSIP/13700137000@trunk",
      Context: "incoming",
      Exten: "400",
      Priority: "1",
      CallerID: "13700137000",
      Async: "true",
    });
    const line = await customer;
    await sleep(300);
    line.answer();
    const agent = await phone(1001).ringing();
    await sleep(300);
    agent.answer();
    await talkOut(line, agent);
  },
};

/** The queue's caller is half of a Local channel, which the PBX replaces by the customer's real one once an agent answers. */
const localCaller: Scenario = {
  members: [1001],
  play: async ({ caller, phone, recording }) => {
    const customer = caller.ringing();
    void recording.act({
      Action: "Originate",
      Channel: "Local/400@incoming",
      Context: "internal",
      Exten: "13700137000",
      Priority: "1",
      CallerID: "13700137000",
      Async: "true",
    });
    const line = await customer;
    await sleep(300);
    line.answer();
    const agent = await phone(1001).ringing();
    await sleep(300);
    agent.answer();
    await sleep(2000);
    await line.bye();
    await over(agent);
  },
};

/** A call waits, one talks, and the lists are asked for, as after a reconnect. */
const lists: Scenario = {
  members: [1001],
  play: async (cast) => {
    const { line, agent } = await answeredBy(cast, 1001);
    const second = await cast.caller.call("400", { from: "13900000002" });
    await sleep(1500);
    await cast.recording.act({ Action: "CoreShowChannels" });
    await cast.recording.seen("CoreShowChannelsComplete");
    await cast.recording.act({ Action: "QueueStatus" });
    await cast.recording.seen("QueueStatusComplete");
    await cast.recording.act({ Action: "Ping" });
    await cast.recording.act({ Action: "CoreStatus" });
    await second.bye();
    await line.bye();
    await over(agent);
    await cast.recording.act({ Action: "Command", Command: "core show version" });
    await cast.recording.act({ Action: "Nonsense" });
    await cast.recording.act({ Action: "Logoff" });
  },
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  answered,
  "agent-hangs-up": agentHangsUp,
  abandoned,
  "short-abandon": shortAbandon,
  "ring-no-answer": ringNoAnswer,
  busy,
  declined,
  "no-phones": noPhones,
  "nobody-serves": nobodyServes,
  concurrent,
  hold,
  "blind-transfer": blindTransfer,
  "blind-transfer-unanswered": blindTransferUnanswered,
  "blind-transfer-by-manager": blindTransferByManager,
  "redirect-by-manager": redirectByManager,
  "transfer-to-queue": transferToQueue,
  "attended-transfer": attendedTransfer,
  "attended-by-manager": attendedByManager,
  "attended-while-ringing": attendedWhileRinging,
  "attended-not-taken": attendedNotTaken,
  "attended-by-phone-while-ringing": attendedByPhoneWhileRinging,
  "attended-given-back": attendedGivenBack,
  "attended-outside": attendedOutside,
  "attended-to-queue": attendedToQueue,
  "attended-to-queue-waiting": attendedToQueueWaiting,
  "attended-to-queue-given-back": attendedToQueueGivenBack,
  "transfer-to-queue-abandoned": transferToQueueAbandoned,
  "second-queue": secondQueue(true),
  "second-queue-abandoned": secondQueue(false),
  "local-member": localMember,
  "internal-call": internalCall,
  "caller-anonymous": calledAs("anonymous", { name: "Anonymous" }),
  "caller-private": calledAs("13800138000", {
    headers: ["P-Asserted-Identity: <sip:13800138000@127.0.0.1>", "Privacy: id"],
  }),
  "caller-garbage": calledAs("%00'%3Cscript%3E;x=1", { name: 'Zhāng Wěi 张伟 \\"VIP\\" \u0001' }),
  "caller-200-characters": calledAs("9".repeat(200), { name: "N".repeat(200) }),
  "paused-agent": pausedAgent,
  "queue-timeout": queueTimeout,
  "queue-full": queueFull,
  "queue-closed": queueClosed,
  "originated-caller": originatedCaller,
  "local-caller": localCaller,
  lists,
};
