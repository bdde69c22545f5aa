import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Api, type Desktop, EXTENSIONS, logIn, openDesktop, PASSWORD, readTopic, type System, seedDemo } from "@trunkline/dev-env";
import type { StoredLetter } from "@trunkline/events";
import { FAMILIES_HERE, startStory } from "./system.ts";

const TENANT = "huaxing";
const [STAFFED, UNSTAFFED] = [EXTENSIONS[0], EXTENSIONS[5]];
const CALL_TOPIC = "trunkline.telephony.call.v1";
const HOUR_MS = 3_600_000;

/** What an exchange, a caller and a broken producer may send; the calls and events beside it must not notice. */
describe.each(FAMILIES_HERE)("whatever comes in, on engines that are %s", (family) => {
  let system: System;
  let api: Api;
  let desktop: Desktop;
  let offered = 0;
  beforeAll(async () => {
    system = await startStory(`bad-input-${family}`, () => Date.now(), [TENANT], { family });
    await seedDemo({ ...system, tenant: TENANT, index: 4, extensions: EXTENSIONS.slice(0, 2), batchSize: 0 });
    await system.drain();
    const agent = await logIn(system.gatewayUrl, TENANT, `agent${STAFFED}`, PASSWORD);
    api = (await logIn(system.gatewayUrl, TENANT, "supervisor", PASSWORD)).api;
    desktop = await openDesktop(system.desktopUrl, agent.token);
  }, 120_000);
  afterAll(async () => {
    await desktop[Symbol.asyncDispose]();
    await system[Symbol.asyncDispose]();
  });

  const exchange = () => {
    const pbx = system.simulators.pbx.get(TENANT);
    if (!pbx) throw new Error("no exchange");
    return pbx;
  };
  /** A call from this number that rings, is shown and is given up; the number as the desktop shows it. */
  const callFrom = async (from: string) => {
    const before = new Set(desktop.frames.map(({ callId }) => callId));
    const call = exchange().placeCall({ from, queue: "support" });
    call.ring(STAFFED);
    offered += 1;
    const pop = await desktop.next("the pop", ({ type, callId }) => type === "pop" && !before.has(callId));
    call.hangup("caller");
    return pop.caller?.number ?? "";
  };
  const counted = async () => {
    await system.drain();
    const range = { from: new Date(Date.now() - HOUR_MS).toISOString(), to: new Date(Date.now() + HOUR_MS).toISOString() };
    const { figures } = await api.call<{ figures: { name: string; numerator: string }[] }>("analytics.v1.FigureService/GetFigures", range);
    return Object.fromEntries(figures.map(({ name, numerator }) => [name, Number(numerator)]));
  };

  it("a caller's number is shown as what it is, and one that is none is a call all the same", async () => {
    const phone = "13912340001";
    const shown = [];
    for (const from of [phone, "", "anonymous", "<script>'; DROP", "9".repeat(200), "+44 20 7946 0958"]) shown.push(await callFrom(from));
    expect(shown[0]).toBe("+8613912340001");
    expect(shown[5]).toBe("+442079460958");
    for (const number of shown) expect(number.length).toBeLessThanOrEqual(80);
    expect(await counted()).toMatchObject({ calls_offered: offered, calls_abandoned: offered });
    // Nobody can be called back without a number.
    const { callbackTasks } = await api.call<{ callbackTasks: { number: string }[] }>(
      "service_desk.v1.CallbackTaskService/ListCallbackTasks",
      {},
    );
    expect(callbackTasks.map(({ number }) => number).sort()).toEqual(["+442079460958", "+8613912340001"]);
  });

  it("bytes that are no manager protocol are passed over, and the next call is shown", async () => {
    const rubbish = [
      Buffer.from([0, 255, 254, 13, 10, 13, 10]),
      "Event\r\n\r\n",
      "Event: Newchannel\r\nUniqueid\r\n\r\n",
      "Event: QueueCallerJoin\r\nCallerIDNum: 139\r\nAction: Logoff\r\n\r\n",
      `Event: ${"x".repeat(70_000)}\r\n\r\n`,
      "\r\n\r\n\r\n\r\n",
    ];
    for (const bytes of rubbish) exchange().sendRaw(bytes);
    expect(await callFrom("13912340002")).toBe("+8613912340002");
  });

  it("a phone that belongs to no employee rings for nobody, and the call goes on", async () => {
    const call = exchange().placeCall({ from: "13912340003", queue: "support" });
    offered += 1;
    call.ring(UNSTAFFED);
    call.ringNoAnswer(UNSTAFFED);
    const before = desktop.frames.filter(({ type }) => type === "pop").length;
    call.ring(STAFFED);
    const pop = await desktop.next("the pop", ({ type, caller }) => type === "pop" && caller?.number === "+8613912340003");
    expect(pop.caller?.certainty).toBeDefined();
    expect(desktop.frames.filter(({ type, revision }) => type === "pop" && revision === 1).length).toBe(before + 1);
    call.answer(STAFFED);
    call.hangup("caller");
    expect(await counted()).toMatchObject({ calls_offered: offered, calls_answered: 1 });
  });

  it("events that come again, late, in the wrong order or malformed change no figure; what cannot be read is kept with its cause", async () => {
    const before = await counted();
    await using transport = system.family.connect();
    const real = await readTopic(transport, CALL_TOPIC);
    expect(real.length).toBeGreaterThan(offered);
    const [first] = real;
    if (!first) throw new Error("no event");
    // Without a type nobody can pass it unread.
    const { ce_type: _, ...untyped } = first.headers;
    const headers = { ...untyped, sequence: "1" };
    const malformed = [
      { key: `${TENANT}/unreadable`, value: Buffer.from([0xff, 0xff, 0xff]), headers },
      { key: `${TENANT}/unnumbered`, value: first.value, headers: { tenant: TENANT } },
      { key: "nobody", value: first.value, headers },
    ];
    const publisher = transport.publisher();
    const all = [...real.toReversed(), ...malformed, ...real];
    await publisher.send(all.map((message) => ({ topic: CALL_TOPIC, ...message })));
    await publisher.close();
    expect(await counted()).toEqual(before);
    expect(await callFrom("13912340004")).toBe("+8613912340004");
    expect((await counted())["calls_offered"]).toBe((before["calls_offered"] ?? 0) + 1);
    for (const service of ["analytics", "service-desk", "customer"] as const) {
      await using dead = await system.family.deadLetters(service, system.environments.env[service]["MONGO_DATABASE"] ?? "");
      const letters: StoredLetter[] = [];
      for (const { topic, key } of await dead.keys()) letters.push(...(await dead.letters(topic, key)));
      expect(letters.map(({ topic, message: { key }, code }) => [topic, key, code]).sort()).toEqual(
        malformed.map(({ key }) => [CALL_TOPIC, key, "event_malformed"]).sort(),
      );
    }
  });
});
