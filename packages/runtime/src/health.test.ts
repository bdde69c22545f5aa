import { connect } from "node:net";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { serveHealth } from "./health.ts";

/** Only setTimeout stands still: the HTTP server needs the rest. */
const HELD = {
  doNotFake: [
    "nextTick",
    "setImmediate",
    "clearImmediate",
    "setInterval",
    "clearInterval",
    "queueMicrotask",
    "Date",
    "performance",
    "hrtime",
  ],
} as const;

async function get(port: number, path: string): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return [response.status, await response.text()];
}

const HERE = { host: "127.0.0.1", port: 0 };

describe("the health server", () => {
  afterEach(() => void jest.useRealTimers());

  it("says that the process lives, whatever its checks say", async () => {
    await using health = await serveHealth(HERE, { database: () => Promise.reject(new Error("away")) });
    expect(await get(health.port, "/healthz")).toEqual([200, "ok\n"]);
  });

  it("is ready while every check passes, and names those that do not", async () => {
    let away = false;
    const check = async () => {
      if (away) throw new Error("secret address");
    };
    const sync = () => {
      if (away) throw new Error("now");
    };
    await using health = await serveHealth(HERE, { database: check, events: sync, clock: () => undefined });
    expect(await get(health.port, "/readyz")).toEqual([200, "ready\n"]);
    away = true;
    expect(await get(health.port, "/readyz")).toEqual([503, "not ready: database, events\n"]);
  });

  it("counts a check that does not answer within two seconds as failed", async () => {
    await using health = await serveHealth(HERE, { database: () => new Promise(() => {}) });
    jest.useFakeTimers(HELD as never);
    const asked = get(health.port, "/readyz");
    while (jest.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    jest.advanceTimersByTime(2_000);
    expect(await asked).toEqual([503, "not ready: database\n"]);
  });

  it("has metrics in the Prometheus text format, and nothing else", async () => {
    await using health = await serveHealth(HERE, {});
    const [status, text] = await get(health.port, "/metrics");
    expect([status, text]).toEqual([200, expect.stringMatching(/^#/)]);
    expect((await get(health.port, "/metricsx"))[0]).toBe(404);
    expect((await get(health.port, "/"))[0]).toBe(404);
  });

  it("says that its port is taken, and is gone when disposed, also with a connection open", async () => {
    const health = await serveHealth(HERE, {});
    await expect(serveHealth({ ...HERE, port: health.port }, {})).rejects.toMatchObject({ code: "EADDRINUSE" });
    const open = connect(health.port, "127.0.0.1");
    await new Promise((resolve) => open.once("connect", resolve));
    const closed = new Promise((resolve) => open.once("close", resolve));
    open.on("error", () => undefined);
    await health[Symbol.asyncDispose]();
    await closed;
    await expect(fetch(`http://127.0.0.1:${health.port}/healthz`)).rejects.toThrow();
  });

  it("answers at the address that it is told, and at no other one of the machine", async () => {
    await using health = await serveHealth({ host: "127.0.0.1", port: 0 }, {});
    expect((await fetch(`http://127.0.0.1:${health.port}/healthz`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.2:${health.port}/healthz`)).rejects.toThrow();
  });
});
