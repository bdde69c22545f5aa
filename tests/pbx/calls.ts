import { setTimeout as sleep } from "node:timers/promises";
import type { AmiLine } from "../../packages/dev-env/src/pbx/record-ami.ts";

export const CONTEXT = "trunkline-check";
/** Phones that the dial plan itself plays: one that talks for two seconds, one that talks on, one that is never picked up. */
export const AGENTS = { short: "8001", long: "8002", never: "8003", other: "8004", third: "8005" } as const;

export type Queues = { readonly first: string; readonly second: string; readonly app: string };

/** What callers dial, by what happens to them; two queues that nobody else uses. */
function dialPlan({ first, second, app }: Queues): Readonly<Record<string, readonly string[]>> {
  const talks = (seconds: string) => ["Wait,0.4", "Answer", `Wait,${seconds}`, "Hangup"];
  return {
    "7001": ["Answer", `Queue,${first}\\,t`, "Hangup"],
    "7002": ["Answer", `Queue,${first}\\,t\\,\\,\\,2`, `Queue,${second}\\,t`, "Hangup"],
    "7003": [`Queue,${second}\\,t`, "Hangup"],
    "7010": ["Answer", `Stasis,${app}\\,${first}`, "Hangup"],
    [AGENTS.short]: talks("2"),
    [AGENTS.other]: talks("2"),
    [AGENTS.third]: talks("4"),
    [AGENTS.long]: talks("60"),
    [AGENTS.never]: ["Ringing", "Wait,60", "Hangup"],
  };
}

/** @throws when the exchange says no, and what it says */
async function act(control: AmiLine, action: Readonly<Record<string, string>>): Promise<string> {
  const answer = await control.act(action);
  if (!/^Response: Error/m.test(answer)) return answer;
  throw new Error(`the exchange refused ${action["Action"]}: ${/^Message: (.*)$/m.exec(answer)?.[1]?.trim()}`);
}

const command = (control: AmiLine, text: string) => act(control, { Action: "Command", Command: text });

/** Channels of this check. */
async function live(control: AmiLine): Promise<string[]> {
  const list = await command(control, "core show channels concise");
  return [...list.matchAll(/^Output: ([^!\r\n]+)!/gm)].flatMap(([, name = ""]) => (name.includes(`@${CONTEXT}-`) ? [name] : []));
}

/** Makes the dial plan's part in the exchange's memory, and takes it away again. */
export async function setUp(control: AmiLine, queues: Queues): Promise<AsyncDisposable> {
  for (const [extension, steps] of Object.entries(dialPlan(queues)))
    for (const [n, step] of steps.entries())
      await command(control, `dialplan add extension ${extension},${n + 1},${step} into ${CONTEXT} replace`);
  return { [Symbol.asyncDispose]: async () => void (await command(control, `dialplan remove context ${CONTEXT}`)) };
}

const channelOf = async (control: AmiLine, agent: string) =>
  (await live(control)).find((name) => name.startsWith(`Local/${agent}@${CONTEXT}-`) && name.endsWith(";1")) ?? "";

const memberOf = (extension: string) => `Local/${extension}@${CONTEXT}/n`;

export type Play = {
  /** A caller who hangs up by themselves after so many seconds. */
  call(extension: string, seconds: number): Promise<void>;
  serve(queue: string, ...extensions: string[]): Promise<void>;
  /** Who talks there hands the caller on. */
  transfer(agent: string, extension: string): Promise<void>;
  /** Who talks there asks at another extension first, by the exchange's own feature; then they hang up. */
  consult(agent: string, extension: string): Promise<void>;
  hangUp(agent: string): Promise<void>;
  wait(ms: number): Promise<void>;
};

/** Plays one story and waits until its channels are gone. */
export async function play(control: AmiLine, story: (play: Play) => Promise<void>): Promise<void> {
  const served: { Queue: string; Interface: string }[] = [];
  let callers = 0;
  await story({
    async call(extension, seconds) {
      callers += 1;
      await act(control, {
        Action: "Originate",
        Channel: `Local/${extension}@${CONTEXT}/n`,
        Application: "Wait",
        Data: String(seconds),
        CallerID: `"check" <1390000${String(1_000 + callers)}>`,
        Async: "true",
      });
    },
    async serve(Queue, ...extensions) {
      for (const extension of extensions) {
        const member = { Queue, Interface: memberOf(extension) };
        await act(control, { Action: "QueueAdd", ...member, MemberName: `Agent/${extension}` });
        served.push(member);
      }
    },
    async transfer(agent, Exten) {
      await act(control, { Action: "BlindTransfer", Channel: await channelOf(control, agent), Context: CONTEXT, Exten });
    },
    async consult(agent, Exten) {
      await act(control, { Action: "Atxfer", Channel: await channelOf(control, agent), Context: CONTEXT, Exten });
    },
    async hangUp(agent) {
      await act(control, { Action: "Hangup", Channel: await channelOf(control, agent) });
    },
    wait: (ms) => sleep(ms),
  });
  const last = Date.now() + 60_000;
  do await sleep(300);
  while ((await live(control)).length > 0 && Date.now() < last);
  for (const member of served) await act(control, { Action: "QueueRemove", ...member });
}
