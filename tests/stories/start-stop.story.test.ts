import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "@jest/globals";
import { type Api, logIn } from "@trunkline/dev-env";
import { holdFolder } from "@trunkline/store";
import { claimPorts } from "../../packages/dev-env/src/engines/ports.ts";

/** Command lines of living processes that name this folder or were started by this system. */
function leftOver(dataDir: string, pids: readonly number[]): string[] {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(dataDir) || pids.includes(Number.parseInt(line, 10)));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** What a start says that is refused. */
async function refused(env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, ["bootstrap.mjs", "start"], { env, stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (data) => {
    text += String(data);
  });
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(1);
  return text;
}

type Seen = { readonly outcome: string; readonly disposition: string; readonly state: string; readonly recording?: object };

/** As Shanghai counts days. */
async function callsOfDay(api: Api, daysAgo: number): Promise<readonly Seen[]> {
  const [day, zone] = [86_400_000, 8 * 3_600_000];
  const midnight = Math.floor((Date.now() + zone) / day) * day - zone;
  const [from, to] = [midnight - daysAgo * day, midnight - (daysAgo - 1) * day].map((at) => new Date(at).toISOString());
  return (await api.call<{ calls: Seen[] }>("telephony.v1.CallService/ListCalls", { from, to, pageSize: 100 })).calls;
}

/** `npm start` until it is up. */
async function started(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ["bootstrap.mjs", "start"], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", (line) => lines.push(line));
  const exited = once(child, "exit") as Promise<[number]>;
  const up = () => lines.some((line) => line.includes("Trunkline is up"));
  while (!up() && child.exitCode === null) await Promise.race([once(child.stdout, "data"), exited]);
  expect(lines.join("\n")).toContain("Trunkline is up");
  return {
    pid: child.pid as number,
    [Symbol.dispose]: () => {
      if (child.exitCode === null) process.kill(-(child.pid as number), "SIGKILL");
    },
    /** What a terminal does at Ctrl-C: the whole foreground group gets it. */
    stop: async () => {
      process.kill(-(child.pid as number), "SIGINT");
      return (await exited)[0];
    },
  };
}

describe("npm start", () => {
  it("comes up with nothing but Node, and Ctrl-C leaves no process, port or lock; then all is as it was left", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "trunkline-start-"));
    const [http, desktop] = (await claimPorts([
      { wanted: undefined, forWhat: "http" },
      { wanted: undefined, forWhat: "desktop" },
    ])) as [number, number];
    const env = {
      ...process.env,
      NODE_OPTIONS: "",
      KAFKA_BROKERS: "",
      MONGO_URL: "",
      REDIS_URL: "",
      TRUNKLINE_DATA: dataDir,
      HTTP_PORT: String(http),
      DESKTOP_PORT: String(desktop),
      DEMO_BATCH: "20",
    };
    // What a kill leaves; its number is another process' now.
    writeFileSync(join(dataDir, "run.json"), JSON.stringify({ pid: process.pid, gatewayUrl: "http://gone" }));
    const url = `http://127.0.0.1:${http}`;
    using running = await started(env);
    expect(await answers(http)).toBe(true);
    expect(JSON.parse(readFileSync(join(dataDir, "run.json"), "utf8"))).toMatchObject({ gatewayUrl: url });
    expect(await refused(env)).toContain(`open ${url}, or stop that process`);
    const { pid } = JSON.parse(readFileSync(join(dataDir, "run.json"), "utf8")) as { pid: number };
    // Who wants the data alone, as a restore does, is told of the same process.
    expect(() => holdFolder(join(dataDir, "data"))).toThrow(`in use by process ${pid}: open ${url}`);
    const { api } = await logIn(url, "huaxing", "supervisor", "demo-password");
    const yesterday = await callsOfDay(api, 1);
    expect(yesterday.length).toBeGreaterThan(8);
    expect(new Set(yesterday.map(({ outcome }) => outcome))).toEqual(new Set(["answered", "abandoned"]));
    expect(new Set(yesterday.flatMap(({ disposition }) => (disposition === "" ? [] : [disposition]))).size).toBeGreaterThan(1);
    expect(yesterday.every(({ state, recording }) => state === "ended" && recording === undefined)).toBe(true);
    const children = execFileSync("ps", ["-o", "pid=", "-g", String(running.pid)], { encoding: "utf8" })
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
    // npm's own, the one that plays the world, and all services in one.
    expect(children.length).toBe(3);
    const { api: admin } = await logIn(url, "huaxing", "admin", "trunkline-demo");
    const queues = "service_desk.v1.RequestQueueService";
    const repair = async (by: Api) => {
      const found = await by.call<{ queues: { queueId: string; name: string }[] }>(`${queues}/ListRequestQueues`, {});
      return found.queues.find(({ queueId }) => queueId === "repair");
    };
    await admin.call(`${queues}/PutRequestQueue`, { queue: { ...(await repair(admin)), name: "上门维修" } });
    await admin.call("workforce.v1.SessionService/ChangePassword", { oldPassword: "trunkline-demo", newPassword: "only-mine-now" });
    expect(await running.stop()).toBe(0);
    expect(leftOver(dataDir, children)).toEqual([]);
    expect([await answers(http), await answers(desktop)]).toEqual([false, false]);
    expect(existsSync(join(dataDir, "run.json"))).toBe(false);

    using again = await started(env);
    const { api: left } = await logIn(url, "huaxing", "admin", "only-mine-now");
    expect(await repair(left)).toMatchObject({ name: "上门维修" });
    expect(await again.stop()).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  }, 180_000);

  it("says in one line which port is taken and what to do", async () => {
    const { createServer } = await import("node:net");
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const port = (holder.address() as { port: number }).port;
    const dataDir = mkdtempSync(join(tmpdir(), "trunkline-start-"));
    const text = await refused({ ...process.env, NODE_OPTIONS: "", TRUNKLINE_DATA: dataDir, HTTP_PORT: String(port) });
    holder.close();
    expect(text).toMatch(new RegExp(`HTTP_PORT.*port ${port} is taken.*stop that process or choose another port`));
    rmSync(dataDir, { recursive: true, force: true });
  });
});
