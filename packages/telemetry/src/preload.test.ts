import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";

const run = promisify(execFile);
const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const preload = new URL("./preload.ts", import.meta.url).href;

/** Runs a script in a process of its own, as a service runs: with the preload before everything else. */
function script(code: string, ...flags: string[]) {
  return run(process.execPath, [...flags, "--input-type=module", "-e", code], { cwd: new URL(".", import.meta.url), timeout: 30_000 });
}

const LOG_IN_A_SPAN = `
  import { trace } from "@opentelemetry/api";
  import { createLogger } from ${url("../../runtime/src/index.ts")};
  trace.getTracer("test").startActiveSpan("work", (span) => {
    createLogger("test").info({ traceId: span.spanContext().traceId }, "inside");
    span.end();
  });
  setTimeout(() => process.exit(0), 50);
`;

describe("the telemetry preload", () => {
  it("gives every log line the trace that it was written in, also where nothing is exported", async () => {
    const { stderr } = await script(LOG_IN_A_SPAN, "--import", preload);
    const line = JSON.parse(stderr.split("\n").find((each) => each.startsWith("{")) ?? "null") as Record<string, string>;
    expect(line["msg"]).toBe("inside");
    expect(line["trace_id"]).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(line["trace_id"]).toBe(line["traceId"]);
  });

  it("is not needed: without it there are no traces, and nothing breaks", async () => {
    const { stderr } = await script(LOG_IN_A_SPAN);
    expect(JSON.parse(stderr)).toMatchObject({ msg: "inside", traceId: "0".repeat(32) });
  });

  it("serves what is measured in the Prometheus text format", async () => {
    const { stdout } = await script(
      `
      import { metrics } from "@opentelemetry/api";
      import { serveHealth } from ${url("../../runtime/src/index.ts")};
      metrics.getMeter("test").createCounter("calls.offered").add(3, { queue: "service" });
      const health = await serveHealth({ host: "127.0.0.1", port: 0 }, {});
      console.log(await (await fetch("http://127.0.0.1:" + health.port + "/metrics")).text());
      process.exit(0);
      `,
      "--import",
      preload,
    );
    expect(stdout).toMatch(/calls_offered_total\{[^}]*queue="service"[^}]*\} 3/);
  });
});
