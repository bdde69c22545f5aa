import { describe, expect, it } from "@jest/globals";
import { lines, recorded } from "../../../fixtures/replay.ts";

const BEFORE = ["queued support 1 from 13800138000", "offered 1001 via queue", "answered 1001 via queue", "call_held by 1001"];
const HANDED = ["transferred attended 1001 to sales", "released 1001 transferred", "queued sales 1 from 13800138000"];
const AFTER = ["offered 1002 via queue", "answered 1002 via queue", "released 1002 caller_hung_up", "ended 16"];

describe("an agent who consults a queue", () => {
  it.each(["attended-to-queue", "attended-to-queue-waiting"])("hands the caller over to it, answered there or not (%s)", (scenario) => {
    expect(lines(recorded(scenario).facts)).toEqual([...BEFORE, ...HANDED, ...AFTER]);
  });

  it("hands the caller over also where the exchange names its own channel as the target", () => {
    expect(lines(recorded("local-attended-to-queue").facts).filter((line) => !line.startsWith("member"))).toEqual([
      "queued check-a 1 from 13900001001",
      "offered 8002 via queue",
      "answered 8002 via queue",
      "call_held by 8002",
      "transferred attended 8002 to check-b",
      "released 8002 transferred",
      "queued check-b 1 from 13900001001",
      "offered 8005 via queue",
      "answered 8005 via queue",
      "released 8005 agent_hung_up",
      "ended 16",
    ]);
  });

  it("keeps the caller when who answered there hangs up: the queue had no caller", () => {
    expect(lines(recorded("attended-to-queue-given-back").facts)).toEqual([
      ...BEFORE,
      "call_resumed by 1001",
      "released 1001 caller_hung_up",
      "ended 16",
    ]);
  });
});
