import { setTimeout as sleep } from "node:timers/promises";
import type { AriScenario } from "./record-ari.ts";
import { answered, RING_MS, TALK_MS } from "./record-ari-steps.ts";
import { over } from "./record-cast.ts";

export const blindTransfer: AriScenario = async (cast) => {
  const { key, line, agent } = await answered(cast);
  await cast.pbx.transfer(key, { destination: "1002", kind: "blind" });
  const target = await cast.phone(1002).ringing();
  await over(agent);
  await sleep(RING_MS);
  target.answer();
  await cast.told("call_answered");
  await sleep(TALK_MS);
  await line.bye();
  await over(target);
};

export const blindTransferUnanswered: AriScenario = async (cast) => {
  const { key, line } = await answered(cast);
  await cast.pbx.transfer(key, { destination: "1002", kind: "blind" });
  const target = await cast.phone(1002).ringing();
  await sleep(RING_MS);
  target.reject("486 Busy Here");
  await cast.told("agent_offer_ended");
  // The caller waits again; the recording is of a release that let such a caller go by itself.
  await cast.pbx.hangUp(key);
  await over(line);
};

export const blindTransferByPhone: AriScenario = async (cast) => {
  const { line, agent } = await answered(cast);
  await agent.refer("1002");
  const target = await cast.phone(1002).ringing();
  await sleep(RING_MS);
  target.answer();
  await sleep(TALK_MS * 2);
  await line.bye();
  await over(target);
};

export const attendedTransfer: AriScenario = async (cast) => {
  const { key, line, agent } = await answered(cast);
  await cast.pbx.transfer(key, { destination: "1002", kind: "attended" });
  const target = await cast.phone(1002).ringing();
  await sleep(RING_MS);
  target.answer();
  await sleep(TALK_MS);
  await agent.bye();
  await cast.told("call_answered");
  await sleep(TALK_MS);
  await line.bye();
  await over(target);
};

/** The caller comes back to the first agent. */
export const attendedDeclined: AriScenario = async (cast) => {
  const { key, line, agent } = await answered(cast);
  await cast.pbx.transfer(key, { destination: "1002", kind: "attended" });
  const target = await cast.phone(1002).ringing();
  await sleep(RING_MS);
  target.reject("603 Decline");
  await cast.told("call_resumed");
  await sleep(TALK_MS);
  await line.bye();
  await over(agent);
};

/** The first agent does not wait for the second: as good as blind. */
export const attendedUnanswered: AriScenario = async (cast) => {
  const { key, line, agent } = await answered(cast);
  await cast.pbx.transfer(key, { destination: "1002", kind: "attended" });
  const target = await cast.phone(1002).ringing();
  await sleep(RING_MS);
  await agent.bye();
  await sleep(RING_MS);
  target.answer();
  await cast.told("call_answered");
  await sleep(TALK_MS);
  await line.bye();
  await over(target);
};

/** The agent's phone consults over a call of its own, of which the application knows nothing. */
export const attendedTransferByPhone: AriScenario = async (cast) => {
  const { line, agent } = await answered(cast);
  await agent.hold();
  const desk = await cast.desk(1001);
  const consulting = desk.call("1002", { from: "agent1001" });
  const target = await cast.phone(1002).ringing();
  await sleep(RING_MS);
  target.answer();
  const consult = await consulting;
  await sleep(TALK_MS);
  await agent.refer("1002", consult);
  await sleep(TALK_MS * 3);
  await line.bye();
  await over(target);
};
