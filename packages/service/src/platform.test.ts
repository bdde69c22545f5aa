import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { generateKeys } from "@trunkline/auth";
import { loadConfig } from "@trunkline/config";
import { openEventLog } from "@trunkline/events";
import { createLogger } from "@trunkline/runtime";
import { type Lease, openLease } from "@trunkline/store";
import { z } from "zod";
import { openPlatform } from "./platform.ts";
import { platformConfig } from "./platform-config.ts";

describe("a service on embedded engines", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-platform-"));
  const log = createLogger("test", "silent");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("goes on at once with what the process before it had when it was killed", async () => {
    const { privateKeys, trusted } = await generateKeys(["telephony"]);
    const config = loadConfig(z.object(platformConfig), {
      DATA_DIR: folder,
      SERVICE_KEY: JSON.stringify(privateKeys["telephony"]),
      TRUSTED_KEYS: JSON.stringify(trusted),
      WORKFORCE_ADDRESS: "127.0.0.1:1",
    });
    await using transport = openEventLog({ file: ":memory:", prefix: "", now: () => 1_000, log });
    const open = async () => {
      let lease: Lease | undefined;
      const running = await openPlatform(
        "telephony",
        [],
        config,
        { now: () => 1_000, log, transport },
        async ({ backend, instance, now }) => {
          lease = await openLease(backend, { service: "telephony", name: "timers", owner: instance, now });
        },
      );
      return { holds: await lease?.hold(), [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
    };
    await using killed = await open();
    await using next = await open();
    expect([killed.holds, next.holds]).toEqual([true, true]);
  });
});
