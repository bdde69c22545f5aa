import { setTimeout as sleep } from "node:timers/promises";
import type { AriCast, AriScenario } from "./record-ari.ts";
import { answered, arrive, offer, RING_MS, TALK_MS } from "./record-ari-steps.ts";
import {
  attendedDeclined,
  attendedTransfer,
  attendedTransferByPhone,
  attendedUnanswered,
  blindTransfer,
  blindTransferByPhone,
  blindTransferUnanswered,
} from "./record-ari-transfers.ts";
import { FROM, over } from "./record-cast.ts";

const callerHangsUp: AriScenario = async (cast) => {
  const { line, agent } = await answered(cast);
  await line.bye();
  await over(agent);
};

const agentHangsUp: AriScenario = async (cast) => {
  const { line, agent } = await answered(cast);
  await agent.bye();
  await over(line);
};

const weHangUp: AriScenario = async (cast) => {
  const { key, line, agent } = await answered(cast);
  await cast.pbx.hangUp(key);
  await over(line, agent);
};

const abandoned: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  const agent = await offer(cast, key, 1001);
  await sleep(1000);
  await line.bye();
  await over(agent);
};

/** Gone while the first orders are on their way. */
const shortAbandon: AriScenario = async ({ caller }) => (await caller.call("500", { from: FROM })).bye();

async function thenAnswered(cast: AriCast, key: Parameters<typeof offer>[1], line: { bye(): Promise<void> }): Promise<void> {
  const agent = await offer(cast, key, 1002);
  agent.answer();
  await cast.told("call_answered");
  await sleep(TALK_MS);
  await line.bye();
  await over(agent);
}

const ringNoAnswer: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  await over(await offer(cast, key, 1001, { timeoutMs: 800 }));
  await cast.told("agent_offer_ended");
  await thenAnswered(cast, key, line);
};

function refused(status: string): AriScenario {
  return async (cast) => {
    const { key, line } = await arrive(cast);
    (await offer(cast, key, 1001)).reject(status);
    await cast.told("agent_offer_ended");
    await thenAnswered(cast, key, line);
  };
}

/** The endpoint is known, but nobody answers at its address; and then one that the PBX does not know. */
const noPhones: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  await cast.pbx.ring(key, { offerId: "offer-1019", extension: "1019", timeoutMs: 800 });
  await cast.told("agent_offer_ended");
  await cast.pbx.ring(key, { offerId: "offer-4444", extension: "4444", timeoutMs: 800 }).catch(() => undefined);
  await line.bye();
};

const withdrawn: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  const agent = await offer(cast, key, 1001);
  await sleep(300);
  await cast.pbx.withdraw(key, "offer-1001");
  await over(agent);
  await cast.told("agent_offer_ended");
  await line.bye();
};

/** The agent picks up what is not on offer any more. */
const staleOffer: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  const agent = await offer(cast, key, 1001, { offerId: "stale-1001" });
  agent.answer();
  await over(agent);
  await thenAnswered(cast, key, line);
};

/** Two phones ring for one caller; both are picked up. */
const twoPhones: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  const first = await offer(cast, key, 1001);
  const second = await offer(cast, key, 1002);
  first.answer();
  second.answer();
  await over(second);
  await sleep(TALK_MS);
  await line.bye();
  await over(first);
};

const hold: AriScenario = async (cast) => {
  const { line, agent } = await answered(cast);
  await agent.hold();
  await sleep(400);
  await agent.unhold();
  await sleep(TALK_MS);
  await line.bye();
  await over(agent);
};

const holdByUs: AriScenario = async (cast) => {
  const { key, line, agent } = await answered(cast);
  await cast.pbx.hold(key);
  await cast.told("call_held");
  await sleep(400);
  await cast.pbx.resume(key);
  await cast.told("call_resumed");
  await sleep(TALK_MS);
  await line.bye();
  await over(agent);
};

function originated(answer: boolean): AriScenario {
  return async ({ caller, phone, pbx, told }) => {
    const out = { extension: "1001", number: "13700137000", callerNumber: "4001", dialOut: "PJSIP/{number}@trunk" };
    await pbx.originate({ id: "callback-1", at: Date.now(), ...out });
    const agent = await phone(1001).ringing();
    await sleep(RING_MS);
    agent.answer();
    const customer = await caller.ringing();
    await sleep(RING_MS);
    if (!answer) customer.reject("486 Busy Here");
    else {
      customer.answer();
      await told("call_answered");
      await sleep(TALK_MS);
      await agent.bye();
      await over(customer);
    }
    await over(agent);
  };
}

function calledAs(from: string, options: { readonly name?: string }): AriScenario {
  return async (cast) => {
    const { key, line } = await arrive(cast, { from, ...options });
    const agent = await offer(cast, key, 1001);
    agent.answer();
    await cast.told("call_answered");
    await line.bye();
    await over(agent);
  };
}

const concurrent: AriScenario = async (cast) => {
  const first = await arrive(cast, { from: "13900000001" });
  const second = await arrive(cast, { from: "13900000002" });
  const one = await offer(cast, first.key, 1001);
  const two = await offer(cast, second.key, 1002);
  two.answer();
  one.answer();
  await cast.told("call_answered");
  await cast.told("call_answered");
  await first.line.bye();
  await two.bye();
  await over(one, second.line);
};

/** While the wire is cut one caller goes and one phone rings on; in a second cut one agent goes. One call just goes on. */
const reconnect: AriScenario = async (cast) => {
  const stays = await answered(cast, { from: "13900000001" });
  const goes = await arrive(cast, { from: "13900000002" });
  const rings = await arrive(cast, { from: "13900000003" });
  const agent = await offer(cast, rings.key, 1002);
  const mend = cast.cut();
  await goes.line.bye();
  await sleep(300);
  await mend();
  agent.answer();
  await cast.told("call_answered");
  await sleep(TALK_MS);
  const again = cast.cut();
  await agent.bye();
  await sleep(300);
  await again();
  await over(rings.line);
  await stays.line.bye();
  await over(stays.agent);
};

/** An agent picks up while nobody listens: the PBX hangs the phone up, the caller waits on. */
const pickedUpInCut: AriScenario = async (cast) => {
  const { key, line } = await arrive(cast);
  const agent = await offer(cast, key, 1001);
  const mend = cast.cut();
  agent.answer();
  await over(agent);
  await mend();
  await cast.told("agent_offer_ended");
  await thenAnswered(cast, key, line);
};

async function addExtension({ control }: AriCast, extension: string, app: string): Promise<void> {
  await control.act({ Action: "Command", Command: `dialplan add extension ${extension},1,${app} into incoming replace` });
  await control.act({ Action: "Command", Command: `dialplan add extension ${extension},2,Hangup into incoming replace` });
}

/** The application's first argument is the queue; then somebody else on the PBX takes the waiting caller away. */
const takenOut: AriScenario = async (cast) => {
  await addExtension(cast, "501", "Stasis,trunkline\\,support");
  await addExtension(cast, "502", "Wait,1");
  const { key, line } = await arrive(cast, { to: "501" });
  const agent = await offer(cast, key, 1001);
  const list = await cast.control.act({ Action: "Command", Command: "core show channels concise" });
  const channel = /Output: (PJSIP\/trunk-[0-9a-f]+)!/.exec(list)?.[1] ?? "";
  await cast.control.act({ Action: "Redirect", Channel: channel, Context: "incoming", Exten: "502", Priority: "1" });
  await over(agent, line);
};

/** The caller is half of a Local channel. */
const localCaller: AriScenario = async (cast) => {
  const customer = cast.caller.ringing();
  const ends = { Channel: "Local/500@incoming", Context: "internal", Exten: "13700137000", Priority: "1", CallerID: "13700137000" };
  void cast.control.act({ Action: "Originate", ...ends, Async: "true" });
  const line = await customer;
  line.answer();
  const agent = await offer(cast, await cast.waiting(), 1001);
  agent.answer();
  await cast.told("call_answered");
  await sleep(2000);
  await line.bye();
  await over(agent);
};

export const ARI_SCENARIOS: Readonly<Record<string, AriScenario>> = {
  answered: callerHangsUp,
  "agent-hangs-up": agentHangsUp,
  "we-hang-up": weHangUp,
  abandoned,
  "short-abandon": shortAbandon,
  "ring-no-answer": ringNoAnswer,
  busy: refused("486 Busy Here"),
  declined: refused("603 Decline"),
  "no-phones": noPhones,
  withdrawn,
  "stale-offer": staleOffer,
  "two-phones": twoPhones,
  hold,
  "hold-by-us": holdByUs,
  "blind-transfer": blindTransfer,
  "blind-transfer-unanswered": blindTransferUnanswered,
  "blind-transfer-by-phone": blindTransferByPhone,
  "attended-transfer": attendedTransfer,
  "attended-declined": attendedDeclined,
  "attended-unanswered": attendedUnanswered,
  "attended-transfer-by-phone": attendedTransferByPhone,
  originated: originated(true),
  "originated-busy": originated(false),
  "caller-anonymous": calledAs("anonymous", { name: "Anonymous" }),
  "caller-garbage": calledAs("%00'%3Cscript%3E;x=1", { name: 'Zhāng Wěi 张伟 \\"VIP\\" \u0001' }),
  concurrent,
  reconnect,
  "picked-up-in-cut": pickedUpInCut,
  "taken-out": takenOut,
  "local-caller": localCaller,
};
