import { describe, expect, it } from "@jest/globals";
import { smppVerdict } from "./smpp-verdict.ts";

const said = (status: number, command = "submit_sm_resp") => {
  const verdict = smppVerdict(command, status);
  return verdict.about === "message" ? `message ${verdict.retryable ? "later" : "never"}` : verdict.about;
};

describe("an answer to a submit", () => {
  it.each([
    [0x00, "sent"],
    [0x14, "pace"],
    [0x58, "pace"],
    [0x03, "session"],
    [0x04, "session"],
    [0x0e, "session"],
    [0x0d, "session"],
    [0x0b, "recipient"],
    [0x08, "message later"],
    [0x45, "message later"],
    [0x64, "message later"],
    [0xff, "message later"],
    [0x4e7, "message later"],
    [0x0a, "message never"],
    [0x01, "message never"],
    [0x50, "message never"],
    [0xc3, "message never"],
  ])("of %d is about %s", (status, verdict) => expect(said(status)).toBe(verdict));

  it.each([0x00, 0x02, 0x03, 0x08, 0x0b, 0x58])("as generic_nack of %d is about our session", (status) =>
    expect(said(status, "generic_nack")).toBe("session"),
  );
});
