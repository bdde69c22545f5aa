import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { type Running, readRunFile, writeRunFile } from "./run-file.ts";

describe("the run file", () => {
  const dir = mkdtempSync(join(tmpdir(), "trunkline-run-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("tells of a system that runs, its owner only", () => {
    const running = { pid: process.pid, gatewayUrl: "http://127.0.0.1:8080" } as Running;
    writeRunFile(dir, running);
    expect(readRunFile(dir)).toEqual(running);
    expect([readdirSync(dir), statSync(join(dir, "run.json")).mode & 0o777]).toEqual([["run.json"], 0o600]);
  });

  it.each(["", '{"pid":', "null"])("tells of none when it cannot be read: %j", (text) => {
    writeFileSync(join(dir, "run.json"), text);
    expect(readRunFile(dir)).toBeUndefined();
  });
});
