import { setTimeout as sleep } from "node:timers/promises";
import { openAriConnection, type RoutedConnection } from "@trunkline/telephony-service/ari";
import { type AriSimulator, startAriSimulator } from "./ari-sim.ts";
import type { AriCast, AriScenario } from "./record-ari.ts";
import type { SipDialog, SipPhone } from "./sip-phone.ts";

/** The recordings' own scripts, played on the simulator: our connector on one side, the script's phones on the other. */

export const USER = { app: "trunkline", user: "cti", secret: "cti-simulated" };
const silent = () => undefined;

/** What was told and not yet waited for. */
function mailbox<T>() {
  const waiting: T[] = [];
  const asked: ((one: T) => void)[] = [];
  return {
    put: (one: T) => {
      const next = asked.shift();
      if (next === undefined) waiting.push(one);
      else next(one);
    },
    next: async (): Promise<T> => waiting.shift() ?? (await new Promise<T>((resolve) => asked.push(resolve))),
  };
}

type Boxes<T> = (name: string) => ReturnType<typeof mailbox<T>>;

function boxes<T>(): Boxes<T> {
  const all = new Map<string, ReturnType<typeof mailbox<T>>>();
  return (name) => all.get(name) ?? (all.set(name, mailbox<T>()).get(name) as ReturnType<typeof mailbox<T>>);
}

const NOT_PLAYED = () => Promise.reject(new Error("the simulator does not play this"));
const QUIET = () => ({ [Symbol.dispose]: () => undefined });

function phoneOf(sim: AriSimulator, extension: string, rings: Boxes<string>, ends: Boxes<void>): SipPhone {
  const phone = sim.phone(extension);
  return {
    async ringing(): Promise<SipDialog> {
      const id = await rings(extension).next();
      return {
        id,
        answer: phone.answer,
        reject: (status) => (status.startsWith("486") ? phone.busy() : phone.reject()),
        hold: async () => phone.hold(),
        unhold: async () => phone.unhold(),
        speak: QUIET,
        refer: NOT_PLAYED,
        bye: async () => phone.hangUp(),
        ended: ends(id).next(),
        tags: () => ({ toTag: "", fromTag: "" }),
      };
    },
    call: NOT_PLAYED,
    ring: NOT_PLAYED,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function callerOf(sim: AriSimulator, rings: Boxes<string>, ends: Boxes<void>): SipPhone {
  return {
    ...phoneOf(sim, "13700137000", rings, ends),
    async call(to, { from }): Promise<SipDialog> {
      const { id, hangUp, ended } = sim.call(from, ...(to === "501" ? ["support"] : []));
      while (!sim.requests().some(({ path }) => path === `/channels/${id}/answer`)) await sleep(1);
      const line = { answer: silent, reject: silent, hold: NOT_PLAYED, unhold: NOT_PLAYED, speak: QUIET, refer: NOT_PLAYED };
      return { id, ...line, bye: async () => hangUp(), ended, tags: () => ({ toTag: "", fromTag: "" }) };
    },
  };
}

type CallKey = Parameters<RoutedConnection["hangUp"]>[0];

/** @returns the events as the connector took them, one JSON text each */
export async function playOnSimulator(scenario: AriScenario): Promise<string[]> {
  await using open = new AsyncDisposableStack();
  const [rings, ends, facts] = [boxes<string>(), boxes<void>(), boxes<CallKey | undefined>()];
  const sim = open.use(await startAriSimulator({ ...USER, phones: ["1001", "1002", "1019"] }));
  sim.watch((truth) => {
    if (truth.kind === "rings") rings(truth.extension).put(truth.phone);
    if (truth.kind === "phone_gone") ends(truth.phone).put();
    if (truth.kind === "caller_gone") ends(truth.caller).put();
  });
  sim.phone("1019").behave("not_there");
  sim.outside(() => "rings");
  const events: string[] = [];
  const pbx = open.use(
    openAriConnection({
      ...USER,
      url: sim.url,
      endpoint: "PJSIP/agent{extension}",
      now: Date.now,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      timing: { retryMs: 5, maxRetryMs: 10 },
      accept: (_, offerId) => Promise.resolve(!offerId.startsWith("stale")),
      onFacts: (all) => {
        for (const fact of all) facts(fact.kind).put("callKey" in fact ? fact.callKey : undefined);
      },
      onTraffic: (line) => "event" in line && events.push(line.event),
    }),
  );
  await pbx.ready(60_000);
  await scenario(castOf(sim, pbx, { rings, ends, facts }));
  // The last orders are on their way: bridges end when all is over.
  while (JSON.stringify(sim.witness().at(-1)) !== (await later(() => JSON.stringify(sim.witness().at(-1)))));
  return events;
}

async function later<T>(value: () => T): Promise<T> {
  await sleep(50);
  return value();
}

type Told = { readonly rings: Boxes<string>; readonly ends: Boxes<void>; readonly facts: Boxes<CallKey | undefined> };

function castOf(sim: AriSimulator, pbx: RoutedConnection, { rings, ends, facts }: Told): AriCast {
  const caller = callerOf(sim, rings, ends);
  return {
    caller,
    pbx,
    phone: (extension) => phoneOf(sim, String(extension), rings, ends),
    desk: NOT_PLAYED,
    waiting: async () => (await facts("call_queued").next()) as CallKey,
    told: async (kind) => void (await facts(kind).next()),
    cut: () => {
      const mend = sim.cut();
      return async () => {
        mend();
        await sleep(20);
        await pbx.ready(60_000);
      };
    },
    control: {
      act: async ({ Action }: { readonly Action: string }) => {
        const id = sim.witness().findLast((truth) => truth.kind === "came")?.caller ?? "";
        if (Action === "Redirect") sim.takeOut(id, 1_000);
        return "Output: PJSIP/trunk-00000000!";
      },
    } as unknown as AriCast["control"],
  };
}
