import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { wholeProcess } from "./service-process.ts";

const LONGER_THAN_A_START_MS = 3_600_000;

describe("the process of the services", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "trunkline-process-"));
  });
  afterEach(() => {
    jest.useRealTimers();
    rmSync(dir, { recursive: true, force: true });
  });
  const whole = () =>
    wholeProcess({ folder: join(dir, "data"), prefix: "", synchronous: "normal", address: "", services: {} }, dir)("gateway");

  it("has ended when its start hung, so that it can be started again", async () => {
    jest.useFakeTimers();
    await using service = whole();
    const starting = service.start();
    jest.advanceTimersByTime(LONGER_THAN_A_START_MS);
    await expect(starting).rejects.toThrow(/was not ready within/);
    expect(() => process.kill(service.pid() as number, 0)).toThrow(/ESRCH/);
    jest.useRealTimers();
    await service.start();
  });

  it("goes on when its log cannot be written, and the log when it can; of what is long only one older file is kept", async () => {
    const log = join(dir, "trunkline.log");
    // As a full disk does, it refuses every write.
    mkdirSync(log);
    await using service = whole();
    await service.start();
    await service.kill("SIGTERM");
    rmdirSync(log);
    const mebibytes = 1024 * 1024;
    writeFileSync(log, "");
    truncateSync(log, 64 * mebibytes);
    writeFileSync(`${log}.1`, "older");
    await service.start();
    await service.kill("SIGTERM");
    // The pipe may outlive the process by some turns.
    while (!existsSync(log) || !readFileSync(log, "utf8").includes("stopping")) await turn();
    expect(statSync(log).size).toBeLessThan(mebibytes);
    expect(statSync(`${log}.1`).size).toBe(64 * mebibytes);
  });
});
