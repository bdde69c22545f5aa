import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type FreeSwitchSimulator, startFreeSwitchSimulator } from "./esl-sim.ts";

let open = new AsyncDisposableStack();
afterEach(async () => {
  await open[Symbol.asyncDispose]();
  open = new AsyncDisposableStack();
});

const SECRET = "simulated";

async function simulator(): Promise<FreeSwitchSimulator> {
  return open.use(await startFreeSwitchSimulator({ secret: SECRET, phones: ["1001", "1002"] }));
}

type Told = Readonly<Record<string, string>>;

/** A client as plain as can be, with nothing of the product in it. */
async function client({ port }: FreeSwitchSimulator, secret = SECRET) {
  const socket = connect(port, "127.0.0.1");
  open.defer(() => void socket.destroy());
  socket.setEncoding("utf8");
  const watchers = new Set<() => void>();
  let text = "";
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (const look of [...watchers]) look();
  });
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => find() !== undefined && resolve();
    watchers.add(look);
    look();
    await promise;
    watchers.delete(look);
    return find() as T;
  };
  const said = (wanted: RegExp) => until(() => wanted.exec(text)?.[0]);
  const events = (): Told[] => [...text.matchAll(/\{"Event-Name".*?\}(?=Content-|$)/gs)].map(([json]) => JSON.parse(json) as Told);
  const event = (name: string, fits: (one: Told) => boolean = () => true) =>
    until(() => events().find((one) => one["Event-Name"] === name && fits(one)));
  await said(/auth\/request/);
  socket.write(`auth ${secret}\n\n`);
  await said(/Reply-Text: .*\n/);
  return { socket, said, event, events, text: () => text, send: (command: string) => socket.write(`${command}\n\n`) };
}

/** A client that gets everything, and one command's result at a time. */
async function listener(sim: FreeSwitchSimulator) {
  const one = await client(sim);
  one.send("event json BACKGROUND_JOB CHANNEL_PARK CHANNEL_PROGRESS CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HANGUP_COMPLETE");
  await one.said(/event listener enabled/);
  let jobs = 0;
  const run = async (command: string): Promise<string> => {
    const job = `job-${++jobs}`;
    one.send(`bgapi ${command}\nJob-UUID: ${job}`);
    return (await one.event("BACKGROUND_JOB", (event) => event["Job-UUID"] === job))["_body"]?.trim() ?? "";
  };
  return { ...one, run };
}

const dialling = (uuid: string, extension: string) =>
  `originate {origination_uuid=${uuid},origination_caller_id_number=138,park_after_bridge=true}user/${extension} &park()`;

describe("the simulated FreeSWITCH", () => {
  it("lets nobody in without the password, and says so before it closes", async () => {
    const sim = await simulator();
    const one = await client(sim, "wrong");
    expect(one.text()).toContain("Reply-Text: -ERR invalid");
    await once(one.socket, "close");
    expect(sim.listening()).toBe(false);
  });

  it("parks callers for a queue, rings phones, joins and parts, and keeps what truly happened", async () => {
    const sim = await simulator();
    const { run, event } = await listener(sim);
    const { id, hangUp, ended } = sim.call("13800138000", "support");
    expect(await event("CHANNEL_PARK")).toMatchObject({ "Unique-ID": id, variable_trunkline_queue: "support" });
    expect(JSON.parse(await run("show channels as json"))).toMatchObject({ row_count: 1, rows: [{ uuid: id }] });
    expect(await run(`uuid_answer ${id}`)).toBe("+OK");
    sim.phone("1001").behave({ answerMs: 0 });
    expect(await run(dialling("leg-1", "1001"))).toBe("+OK leg-1");
    expect(await run(`uuid_bridge ${id} leg-1`)).toBe("+OK leg-1");
    expect(await event("CHANNEL_BRIDGE")).toMatchObject({ "Bridge-A-Unique-ID": id, "Bridge-B-Unique-ID": "leg-1" });
    hangUp();
    await ended;
    expect(await event("CHANNEL_HANGUP_COMPLETE")).toMatchObject({ "Hangup-Cause": "NORMAL_CLEARING", variable_hangup_cause_q850: "16" });
    expect(await run("uuid_kill leg-1 NORMAL_CLEARING")).toBe("+OK");
    const [number, extension] = ["138", "1001"];
    expect(sim.witness().map(({ at, ...truth }) => truth)).toEqual([
      { kind: "came", caller: id, number: "13800138000", args: ["support"] },
      { kind: "rings", phone: "leg-1", extension, number },
      { kind: "silent", phone: "leg-1", extension, answered: true },
      { kind: "met", caller: id, phone: "leg-1", extension },
      { kind: "parted", caller: id, phone: "leg-1", extension },
      { kind: "caller_gone", caller: id, by: "party" },
      { kind: "phone_gone", phone: "leg-1", extension, by: "order" },
    ]);
  });

  it("says no to what cannot be", async () => {
    const sim = await simulator();
    const { run, send, said } = await listener(sim);
    sim.phone("1002").behave("not_there");
    const replies = [
      await run("uuid_kill nobody"),
      await run(dialling("leg-1", "4444")),
      await run(dialling("leg-2", "1002")),
      await run("shutdown"),
      await run("show channels as json"),
    ];
    expect(replies).toEqual([
      "-ERR No such channel!",
      "-ERR SUBSCRIBER_ABSENT",
      "-ERR USER_NOT_REGISTERED",
      "-ERR shutdown Command not found!",
      '{"row_count":0}',
    ]);
    send("nonsense");
    await said(/-ERR command not found/);
  });
});
