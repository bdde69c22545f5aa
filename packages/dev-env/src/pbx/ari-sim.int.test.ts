import { once } from "node:events";
import { afterEach, describe, expect, it } from "@jest/globals";
import { WebSocket } from "ws";
import { type AriSimulator, type AriSimulatorOptions, startAriSimulator } from "./ari-sim.ts";
import { USER } from "./ari-sim-cast.test-support.ts";

let open = new AsyncDisposableStack();
afterEach(async () => {
  await open[Symbol.asyncDispose]();
  open = new AsyncDisposableStack();
});

const headers = { authorization: `Basic ${Buffer.from(`${USER.user}:${USER.secret}`).toString("base64")}` };

async function simulator(options: Partial<AriSimulatorOptions> = {}): Promise<AriSimulator> {
  return open.use(await startAriSimulator({ ...USER, phones: ["1001", "1002"], ...options }));
}

type Told = { readonly type: string; readonly channel?: { readonly id: string }; readonly args?: readonly string[] };

/** A client as plain as can be, with nothing of the product in it. */
async function listener({ url }: AriSimulator, auth = headers) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/events?app=${USER.app}`, { headers: auth });
  const told: Told[] = [];
  const watchers = new Set<() => void>();
  socket.on("message", (data) => {
    told.push(JSON.parse(String(data)) as Told);
    for (const look of [...watchers]) look();
  });
  open.defer(() => socket.terminate());
  await once(socket, "open");
  const until = async (type: string): Promise<Told> => {
    const find = () => told.find((event) => event.type === type);
    const { promise, resolve } = Promise.withResolvers<void>();
    watchers.add(() => find() && resolve());
    if (find() === undefined) await promise;
    return find() as Told;
  };
  return { socket, told, until };
}

async function order({ url }: AriSimulator, method: string, path: string, body?: object) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const reply = await fetch(`${url}${path}`, { method, headers, ...sent });
  const text = await reply.text();
  return { status: reply.status, body: (text === "" ? undefined : JSON.parse(text)) as unknown };
}

const dialling = (extension: string) => ({
  endpoint: `PJSIP/agent${extension}`,
  appArgs: "agent",
  callerId: '"" <13800138000>',
  timeout: 5,
});

describe("the simulated ARI exchange", () => {
  it("lets nobody in without user and secret, and turns callers away while nobody listens", async () => {
    const sim = await simulator();
    expect((await fetch(`${sim.url}/channels`)).status).toBe(401);
    await expect(listener(sim, { authorization: "Basic eDp5" })).rejects.toThrow(/401/);
    expect(sim.call("13800138000", "support").id).toBe("");
    expect(sim.witness()).toMatchObject([{ kind: "turned_away", number: "13800138000" }]);
  });

  it("talks to the newest client of the application, and tells the one before that it was replaced", async () => {
    const sim = await simulator();
    const first = await listener(sim);
    sim.call("13800138001", "support");
    expect((await first.until("StasisStart")).args).toEqual(["support"]);
    const second = await listener(sim);
    await first.until("ApplicationReplaced");
    const { id } = sim.call("13800138002", "support");
    expect((await second.until("StasisStart")).channel?.id).toBe(id);
    expect(first.told.map(({ type }) => type)).toEqual(["StasisStart", "ApplicationReplaced"]);
    first.socket.close();
    await once(first.socket, "close");
    expect(sim.listening()).toBe(true);
  });

  it("keeps what truly happened: who rang, who talked to whom, who hung up", async () => {
    let clock = 1_000;
    const sim = await simulator({ now: () => ++clock });
    const { until } = await listener(sim);
    const caller = sim.call("13800138000", "support");
    sim.phone("1002").behave({ rejectMs: 0 });
    await order(sim, "POST", "/channels/leg-2", dialling("1002"));
    await until("ChannelDestroyed");
    await order(sim, "POST", "/channels/leg-1", dialling("1001"));
    sim.phone("1001").answer();
    await order(sim, "POST", "/bridges/b", { type: "mixing", name: "x" });
    expect((await order(sim, "POST", "/bridges/b/addChannel", { channel: [caller.id, "leg-1"] })).status).toBe(204);
    caller.hangUp();
    await caller.ended;
    await order(sim, "DELETE", "/channels/leg-1?reason=normal");
    const [number, extension] = ["13800138000", "1001"];
    expect(sim.witness().map(({ at, ...truth }) => truth)).toEqual([
      { kind: "came", caller: caller.id, number, args: ["support"] },
      { kind: "rings", phone: "leg-2", extension: "1002", number },
      { kind: "silent", phone: "leg-2", extension: "1002", answered: false },
      { kind: "phone_gone", phone: "leg-2", extension: "1002", by: "party" },
      { kind: "rings", phone: "leg-1", extension, number },
      { kind: "silent", phone: "leg-1", extension, answered: true },
      { kind: "met", caller: caller.id, phone: "leg-1", extension },
      { kind: "parted", caller: caller.id, phone: "leg-1", extension },
      { kind: "caller_gone", caller: caller.id, by: "party" },
      { kind: "phone_gone", phone: "leg-1", extension, by: "order" },
    ]);
    expect(sim.witness().map(({ at }) => at)).toEqual(
      sim
        .witness()
        .map(({ at }) => at)
        .toSorted((one, two) => one - two),
    );
  });

  it("says no to what cannot be, as the real one does", async () => {
    const sim = await simulator();
    await listener(sim);
    const { id } = sim.call("13800138000");
    const replies = [
      await order(sim, "POST", "/channels/leg", dialling("4444")),
      await order(sim, "POST", `/channels/${id}`, dialling("1001")),
      await order(sim, "DELETE", "/channels/nobody"),
      await order(sim, "POST", "/bridges/none/addChannel", { channel: [id] }),
      await order(sim, "POST", "/bridges/b", {}),
      await order(sim, "POST", "/bridges/b", {}),
      await order(sim, "POST", "/bridges/b/addChannel", { channel: ["nobody"] }),
      await order(sim, "POST", "/applications/trunkline/subscription", { eventSource: "channel:nobody" }),
      await order(sim, "GET", "/sounds"),
    ];
    expect(replies.map(({ status }) => status)).toEqual([500, 409, 404, 404, 200, 409, 400, 422, 404]);
  });
});
