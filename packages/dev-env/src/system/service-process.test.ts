import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
});
