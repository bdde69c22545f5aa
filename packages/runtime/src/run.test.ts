import { describe, expect, it } from "@jest/globals";
import { startChild } from "./testing.ts";

/** A service that says when it serves and when it is disposed; `disposal` and `before` are code. */
const service = (disposal: string, { before = "", untilInputEnds = false } = {}) => `
  const log = runtime.createLogger("test");
  setInterval(() => undefined, 1000);
  ${before}
  await runtime.run(log, async () => {
    console.log("serving");
    return { async [Symbol.asyncDispose]() { ${disposal} } };
  }, ${untilInputEnds});
`;

describe("a running service", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("is disposed on %s and ends with code 0", async (name) => {
    const child = startChild(service('console.log("disposing"); await new Promise((r) => setTimeout(r, 50)); console.log("disposed");'));
    await child.says("serving");
    child.signal(name);
    await child.says("disposed");
    const { code, err } = await child.ended;
    expect(code).toBe(0);
    expect(JSON.parse(err)).toMatchObject({ service: "test", msg: "stopping", why: name });
  });

  it("ends with its parent where that holds its input", async () => {
    const child = startChild(service('console.log("disposed");', { untilInputEnds: true }));
    await child.says("serving");
    child.closeInput();
    expect(await child.ended).toMatchObject({ code: 0, err: expect.stringContaining("parent ended") });
  });

  it("ends also when nobody reads its log any more", async () => {
    const child = startChild(service('for (let n = 0; n < 3; n++) log.info({}, "closing");'));
    await child.says("serving");
    child.closeLog();
    child.signal("SIGTERM");
    expect((await child.ended).code).toBe(0);
  });

  it("is disposed as soon as it serves when the signal came before that", async () => {
    const child = startChild(`
      await runtime.run(runtime.createLogger("test"), async () => {
        console.log("starting");
        await new Promise((resolve) => setTimeout(resolve, 200));
        return { async [Symbol.asyncDispose]() { console.log("disposed"); } };
      });
    `);
    await child.says("starting");
    child.signal("SIGTERM");
    await child.says("disposed");
    expect((await child.ended).code).toBe(0);
  });

  it("that could not start says why and ends with code 1", async () => {
    const child = startChild(`
      setInterval(() => undefined, 1000);
      await runtime.run(runtime.createLogger("test"), async () => { throw new Error("port 80 is taken: choose another"); });
    `);
    const { code, err } = await child.ended;
    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ level: 50, msg: "could not start: port 80 is taken: choose another" });
  });

  it("that cannot stop cleanly says why and ends with code 1", async () => {
    const child = startChild(service('throw new Error("the relay is stuck");'));
    await child.says("serving");
    child.signal("SIGTERM");
    expect(await child.ended).toMatchObject({ code: 1, err: expect.stringContaining("the relay is stuck") });
  });

  it("that does not stop in time is ended with code 2", async () => {
    const faster = "const real = setTimeout; globalThis.setTimeout = (work, ms) => real(work, ms / 100);";
    const child = startChild(service("await new Promise(() => {});", { before: faster }));
    await child.says("serving");
    const begun = performance.now();
    child.signal("SIGTERM");
    expect((await child.ended).code).toBe(2);
    expect(performance.now() - begun).toBeGreaterThan(190);
  });

  it("that hangs in its stop is ended by a second signal", async () => {
    const child = startChild(service('console.log("disposing"); await new Promise(() => {});'));
    await child.says("serving");
    child.signal("SIGTERM");
    await child.says("disposing");
    child.signal("SIGTERM");
    expect(await child.ended).toMatchObject({ code: null, signal: "SIGTERM" });
  });
});
