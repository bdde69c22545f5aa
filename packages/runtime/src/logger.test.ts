import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { createLogger } from "./logger.ts";

/** A logger, and what it wrote. */
function written(level?: string) {
  const lines: string[] = [];
  const log = createLogger("customer", level, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, never> };
}

const CANARY = "canary-5501";

describe("a log line", () => {
  it("is JSON with its level, its service and its fields", () => {
    const { log, lines, last } = written();
    log.info({ callId: "c1", count: 2, at: 17n }, "a call was queued");
    expect(last()).toMatchObject({ level: 30, service: "customer", callId: "c1", count: 2, at: "17", msg: "a call was queued" });
    log.debug({}, "not at this level");
    expect(lines).toHaveLength(1);
  });

  it.each(["name", "phones", "callerNumber", "password", "accessToken", "Authorization", "serviceKey"])(
    "never holds a field %s, however deep",
    (field) => {
      const { log, lines, last } = written();
      log.warn({ [field]: CANARY, a: { [field]: [CANARY] }, b: [{ c: { [field]: { d: CANARY } } }] }, "careless");
      expect(lines.join()).not.toContain(CANARY);
      expect(last()[field]).toBe("***");
    },
  );

  it("masks numbers and addresses inside texts, and leaves ids, offsets and times alone", () => {
    const { log, last } = written();
    log.error({ reason: "550 <li.na@example.com>: no such user; call +8613912345678 or 13912345678" }, "refused");
    expect(last()["reason"]).toBe("550 <***>: no such user; call *** or ***");
    const kept = {
      id: "0193f2a4-7b1c-7c3e-9a55-139123456781",
      offset: "13912345678901",
      at: 1_700_000_000_000,
      text1: "10086",
      traceId: "a13912345678b",
    };
    log.info(kept, "kept");
    expect(last()).toMatchObject(kept);
  });

  it("shows of an error its kind, code, message, stack and causes, and nothing that a driver hung on it", () => {
    const { log, lines, last } = written();
    const duplicate = Object.assign(new Error(`E11000 duplicate key: index: login_1 dup key: { login: "${CANARY}" }`), {
      code: 11000,
      keyValue: { login: CANARY },
      command: { args: [CANARY] },
    });
    const error = new DomainError("already_exists", "employee_exists", "another employee has the same key", { field: "login" }, duplicate);
    log.error({ err: error }, "failed");
    expect(lines.join()).not.toContain(CANARY);
    expect(last()["err"]).toMatchObject({
      type: "DomainError",
      kind: "already_exists",
      code: "employee_exists",
      message: "another employee has the same key",
      details: { field: "login" },
      stack: expect.stringContaining("logger.test.ts"),
      cause: { code: 11000, message: "E11000 duplicate key: index: login_1 dup key: ***" },
    });
  });

  it("is bounded, whatever is put into it", () => {
    const { log, lines } = written();
    const ring: Record<string, unknown> = {
      wide: Array.from({ length: 10_000 }, (_, i) => i),
      long: "x".repeat(100_000),
      bytes: Buffer.alloc(5_000),
    };
    ring["self"] = ring;
    log.info({ ring }, "large");
    expect(lines[0]?.length).toBeLessThan(50_000);
    expect(lines[0]).toContain("5000 bytes");
  });
});
