import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import fc from "fast-check";
import { amiParser } from "./codec.ts";
import { encodeAction } from "./encode.ts";

function codeOf(work: () => unknown): string {
  try {
    work();
    return "no error";
  } catch (error) {
    return error instanceof DomainError ? `${error.kind} ${error.code}` : String(error);
  }
}

describe("the manager protocol, written", () => {
  it("puts Action first and repeats a key for each value of an array", () => {
    const bytes = encodeAction({ Timeout: 30_000, Action: "Originate", Variable: ["A=1", "B=张"] });
    expect(bytes.toString()).toBe("Action: Originate\r\nTimeout: 30000\r\nVariable: A=1\r\nVariable: B=张\r\n\r\n");
  });

  it("refuses whatever would end a line, in keys and in values", () => {
    for (const bad of ["a\r\nAction: Command", "a\nb", "a\rb", "a\0b"]) {
      expect(codeOf(() => encodeAction({ Action: "QueuePause", Reason: bad }))).toBe("invalid pbx_action_line_break");
      expect(codeOf(() => encodeAction({ Action: bad }))).toBe("invalid pbx_action_line_break");
      expect(codeOf(() => encodeAction({ Action: "Originate", Variable: ["ok", bad] }))).toBe("invalid pbx_action_line_break");
      expect(codeOf(() => encodeAction({ Action: "Ping", [bad]: "x" }))).toBe("invalid pbx_action_key_invalid");
    }
    expect(codeOf(() => encodeAction({ Action: "Ping", "Key: x": "y" }))).toBe("invalid pbx_action_key_invalid");
    expect(codeOf(() => encodeAction({ Action: "Ping", Reason: "x".repeat(5000) }))).toBe("invalid pbx_action_too_long");
  });

  it("never lets a value reach beyond its line: what is not refused reads back as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (value) => {
        let bytes: Buffer;
        try {
          bytes = encodeAction({ Action: "X", Reason: value });
        } catch {
          return /[\r\n\0]/.test(value);
        }
        const seen: unknown[] = [];
        amiParser({ onFrame: (frame) => seen.push({ ...frame }) }).push(Buffer.concat([Buffer.from("Response: x\r\n"), bytes]));
        expect(seen).toEqual([{ Response: "x", Action: "X", Reason: value.toWellFormed() }]);
        return true;
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
