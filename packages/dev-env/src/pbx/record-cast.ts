import { setTimeout as sleep } from "node:timers/promises";
import type { AmiLine } from "./record-ami.ts";
import type { SipDialog, SipPhone } from "./sip-phone.ts";

/** What a scenario plays with: a caller on the trunk, phones of agents, and both manager connections. */
export type Cast = {
  readonly caller: SipPhone;
  readonly phone: (extension: number) => SipPhone;
  /** Opens a phone of an agent at a second address, from which the PBX takes calls as that agent's. */
  readonly desk: (extension: number) => Promise<SipPhone>;
  readonly control: AmiLine;
  readonly recording: AmiLine;
};

export type Scenario = {
  /** Who takes calls; everybody else is paused. */
  readonly members: readonly number[];
  /** Of these, who has a phone; default all. */
  readonly phones?: readonly number[];
  readonly play: (cast: Cast) => Promise<void>;
};

export const FROM = "13800138000";
const TALK_MS = 1200;

export async function answeredBy(
  { caller, phone }: Cast,
  extension: number,
  from = FROM,
  to = "400",
): Promise<{ line: SipDialog; agent: SipDialog }> {
  const calling = caller.call(to, { from });
  const agent = await phone(extension).ringing();
  await sleep(600);
  agent.answer();
  const line = await calling;
  await sleep(TALK_MS);
  return { line, agent };
}

export async function over(...dialogs: readonly SipDialog[]): Promise<void> {
  await Promise.all(dialogs.map((dialog) => dialog.ended));
}

/** The two talk for a while; then the caller hangs up, and whoever had them is off too. */
export async function talkOut(line: SipDialog, other: SipDialog): Promise<void> {
  await sleep(TALK_MS);
  await line.bye();
  await over(other);
}

/** Runs one scenario with only its members taking calls; the recording line opens when the stage is set. */
export async function setTheStage(control: AmiLine, members: readonly number[]): Promise<void> {
  for (let extension = 1001; extension <= 1020; extension++) {
    const paused = String(!members.includes(extension));
    await control.act({ Action: "QueuePause", Interface: `PJSIP/agent${extension}`, Paused: paused });
  }
}

export const CALLER_PORT = 5070;
