import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { type PbxSimulator, type PbxSimulatorOptions, startPbxSimulator } from "./simulator.ts";

/** For tests of the simulator: a manager client as plain as can be, with nothing of the product in it, and the recordings beside it. */

export type Frame = { readonly name: string; readonly keys: readonly string[]; readonly values: ReadonlyMap<string, string> };

let open = new AsyncDisposableStack();

export async function closeAll(): Promise<void> {
  const last = open;
  open = new AsyncDisposableStack();
  await last[Symbol.asyncDispose]();
}

export const USER = { user: "cti", secret: "s3cret" };
const MEMBERS = ["1001", "1002", "1003"];

export async function simulator(options: Partial<PbxSimulatorOptions> = {}): Promise<PbxSimulator> {
  const queues = [
    { name: "support", members: MEMBERS },
    { name: "sales", members: ["1002"] },
  ];
  return open.use(await startPbxSimulator({ users: [USER], queues, ...options }));
}

function toFrame(text: string): Frame {
  const pairs = text.split("\r\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
  return { name: pairs[0]?.[1] ?? "", keys: pairs.map(([key]) => key), values: new Map(pairs) };
}

function framesOf(text: string): Frame[] {
  return text
    .slice(text.indexOf("\r\n") + 2)
    .split("\r\n\r\n")
    .filter((part) => part !== "")
    .map(toFrame);
}

/** A client as plain as can be, with nothing of the product in it. */
export async function client(port: number) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  const watchers = new Set<() => void>();
  socket.on("data", (chunk) => {
    text += chunk.toString();
    for (const look of [...watchers]) look();
  });
  open.defer(async () => void socket.destroy());
  await once(socket, "connect");
  const until = (part: string, times = 1): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => text.split(part).length > times && resolve();
    watchers.add(look);
    look();
    return promise.finally(() => watchers.delete(look));
  };
  let count = 0;
  const send = async (action: string): Promise<Frame> => {
    const id = `c${++count}`;
    socket.write(`${action.split("|").join("\r\n")}\r\nActionID: ${id}\r\n\r\n`);
    await until(`ActionID: ${id}\r\n`);
    await until("\r\n\r\n");
    return framesOf(text).find((frame) => frame.values.get("ActionID") === id) as Frame;
  };
  return { socket, send, until, frames: () => framesOf(text), text: () => text };
}

export async function loggedIn(port: number, events = "on") {
  const one = await client(port);
  await one.send(`Action: Login|Username: ${USER.user}|Secret: ${USER.secret}|Events: ${events}`);
  return one;
}

export function recording(scenario: string): Frame[] {
  return framesOf(readFileSync(new URL(`../../../../services/telephony/fixtures/ami/${scenario}.ami`, import.meta.url), "utf8"));
}

/** A call that agent 1001 has answered. */
export const answer = (pbx: PbxSimulator) => {
  const call = pbx.placeCall({ from: "13800138000", queue: "support" });
  call.ring("1001");
  call.answer("1001");
  return call;
};
