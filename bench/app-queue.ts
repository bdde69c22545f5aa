// The peer of bench assign: app_queue of a real Asterisk with as many members, over its manager port. Members are Local channels that ring
// and never answer; a caller joins, the first ring is timed, the caller is hung up.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { inParallel } from "@trunkline/runtime";
import { openLoop } from "./load.ts";
import { nowUs, offer } from "./worker.ts";

const PHONES = "trunkline-bench-phones";
const CALLERS = "trunkline-bench-callers";
const FIRST = 100_000;
const ACTIONS_AT_ONCE = 200;
const RING_MS = 10_000;

type Event = ReadonlyMap<string, string>;
type Manager = { readonly socket: Socket; act(fields: Readonly<Record<string, string>>): Promise<Event> };

/** @param address tcp://user:secret@host:port/queue */
async function openManager(address: string, heard: (event: Event) => void): Promise<Manager> {
  const { hostname, port, username, password } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const waiting = new Map<string, (event: Event) => void>();
  let [text, count] = ["", 0];
  socket.on("data", (chunk) => {
    const frames = (text + chunk.toString()).split("\r\n\r\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const lines = frame.split("\r\n").flatMap((line) => (line.includes(": ") ? [line] : []));
      const event = new Map(lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)] as const));
      if (event.has("Response")) waiting.get(event.get("ActionID") ?? "")?.(event);
      else heard(event);
    }
  });
  const act = (fields: Readonly<Record<string, string>>) => {
    const ActionID = String(++count);
    const lines = Object.entries({ ...fields, ActionID }).map(([key, value]) => `${key}: ${value}\r\n`);
    const { promise, resolve } = Promise.withResolvers<Event>();
    waiting.set(ActionID, resolve);
    socket.write(`${lines.join("")}\r\n`);
    return promise.finally(() => waiting.delete(ActionID));
  };
  const entered = await act({ Action: "Login", Username: decodeURIComponent(username), Secret: decodeURIComponent(password) });
  if (entered.get("Response") !== "Success") throw new Error("the Asterisk of --app-queue refuses the log-in");
  return { socket, act };
}

if (import.meta.main) {
  let manager: Manager;
  let queue = "";
  let members = 0;
  const joined = new Map<string, number>();
  const rung = new Map<string, (latencyMs: number) => void>();
  const heard = (event: Event) => {
    const caller = event.get("Uniqueid") ?? "";
    if (event.get("Event") === "QueueCallerJoin") joined.set(caller, nowUs());
    if (event.get("Event") !== "AgentCalled") return;
    const since = joined.get(caller);
    const name = event.get("CallerIDNum") ?? "";
    if (since === undefined || !joined.delete(caller)) return;
    rung.get(name)?.((nowUs() - since) / 1000);
    void manager.act({ Action: "Hangup", Channel: event.get("Channel") ?? "" });
  };
  const interfaceOf = (n: number) => `Local/${FIRST + n}@${PHONES}/n`;
  offer({
    async open(address: string) {
      queue = new URL(address).pathname.slice(1);
      manager = await openManager(address, heard);
      for (const [Context, Extension, applications] of [
        [
          PHONES,
          "_X.",
          [
            ["Ringing", ""],
            ["Wait", "20"],
          ],
        ],
        [
          CALLERS,
          "_X.",
          [
            ["Answer", ""],
            ["Wait", "20"],
          ],
        ],
      ] as const)
        for (const [n, [Application, ApplicationData]] of applications.entries())
          await manager.act({
            Action: "DialplanExtensionAdd",
            Context,
            Extension,
            Priority: String(n + 1),
            Application,
            ApplicationData,
            Replace: "yes",
          });
    },
    /** So many members from now on. */
    async staff(count: number) {
      await inParallel([...Array(members).keys()], ACTIONS_AT_ONCE, (n) =>
        manager.act({ Action: "QueueRemove", Queue: queue, Interface: interfaceOf(n) }),
      );
      members = count;
      await inParallel([...Array(members).keys()], ACTIONS_AT_ONCE, (n) =>
        manager.act({ Action: "QueueAdd", Queue: queue, Interface: interfaceOf(n) }),
      );
    },
    /** Callers who join; ms from the event that says so to the one that says that a phone rings. */
    async place(perSecond: number, count: number): Promise<Float64Array> {
      const latencies: number[] = [];
      await openLoop(perSecond, count, async (n) => {
        const name = String(500_000 + n);
        const { promise, resolve } = Promise.withResolvers<number>();
        rung.set(name, resolve);
        const late = setTimeout(() => resolve(RING_MS), RING_MS);
        const Channel = `Local/${name}@${CALLERS}/n`;
        await manager.act({ Action: "Originate", Channel, Application: "Queue", Data: `${queue},,,,20`, CallerID: name, Async: "true" });
        latencies.push(await promise);
        clearTimeout(late);
        rung.delete(name);
      });
      return Float64Array.from(latencies);
    },
  });
}
