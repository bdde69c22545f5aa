import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type SmtpStage, smtpVerdict } from "./smtp-verdict.ts";

const said = (stage: SmtpStage, reply: string) => {
  const { about, retryable } = smtpVerdict(stage, reply);
  return `${about} ${retryable ? "later" : "never"}`;
};

describe("an answer of a mail server", () => {
  it.each<[SmtpStage, string, string]>([
    ["session", "554 5.3.2 no SMTP service here", "session later"],
    ["session", "550 5.7.1 go away", "session later"],
    ["session", "535 5.7.8 Authentication credentials invalid", "session later"],
    ["mail", "530 5.7.0 Authentication required", "session later"],
    ["mail", "530 5.7.0 Must issue a STARTTLS command first", "session later"],
    ["mail", "503 5.5.1 Error: authentication required", "session later"],
    ["mail", "550 5.7.1 Client host rejected", "session later"],
    ["mail", "554 5.7.1 Service unavailable; 10.5.1.1 is blocked", "session later"],
    ["mail", "451 4.3.0 Try again later", "session later"],
    ["recipient", "421 4.3.2 Closing", "session later"],
    ["recipient", "530 5.7.0 Authentication required", "session later"],
    ["recipient", "550 5.7.11 Encryption required", "session later"],
    ["data", "503 5.5.1 Bad sequence", "session later"],
    ["mail", "553 5.1.8 Domain of sender address does not exist", "sender never"],
    ["mail", "553 5.1.7 Bad sender's mailbox address syntax", "sender never"],
    ["mail", "501 Bad address", "sender never"],
    ["recipient", "550 5.1.8 Domain of sender address does not exist", "sender never"],
    ["recipient", "550-5.1.7 Sender\n550 5.1.1 rejected", "sender never"],
    ["recipient", "450 4.1.8 Domain of sender cannot be found now", "sender later"],
    ["recipient", "550 5.1.1 no such mailbox", "recipient never"],
    ["recipient", "550-5.1.1 The account\n550 5.1.1 does not exist", "recipient never"],
    ["recipient", "550 #5.1.1 unknown", "recipient never"],
    ["recipient", "550 5.1.2", "recipient never"],
    ["recipient", "553 5.1.3 Bad syntax", "recipient never"],
    ["recipient", "556 5.1.10 Null MX", "recipient never"],
    ["recipient", "550 5.1.6 moved", "recipient never"],
    ["data", "550 5.1.1 unknown after all", "recipient never"],
    ["recipient", "450 4.1.1 unverified", "message later"],
    ["recipient", "450 5.1.1 of two minds", "message later"],
    ["recipient", "450 4.2.0 Greylisted", "message later"],
    ["recipient", "550 4.1.1 of two minds", "message never"],
    ["recipient", "550 Rejected, 10.5.1.7 is listed", "message never"],
    ["recipient", "550 Rejected 5.1.1", "message never"],
    ["recipient", "550 5.1.10.1 is listed", "message never"],
    ["recipient", "550 5.1.11 no such code", "message never"],
    ["recipient", "550 5.1.5 destination valid", "message never"],
    ["recipient", "550 5.1.0 Address rejected", "message never"],
    ["recipient", "552 5.2.2 over quota", "message never"],
    ["recipient", "550 5.7.1 refused", "message never"],
    ["recipient", "550 User unknown", "message never"],
    ["mail", "552 5.3.4 Message too big", "message never"],
    ["data", "554 5.7.1 spam", "message never"],
    ["data", "452 4.3.1 full", "message later"],
  ])("to %s, %j, is about %s", (stage, reply, verdict) => expect(said(stage, reply)).toBe(verdict));

  it("never condemns a recipient for what its text says", () => {
    const stage = fc.constantFrom<SmtpStage>("session", "mail", "recipient", "data");
    const text = fc.oneof(fc.string(), fc.constantFrom("5.1.1", "10.5.1.1", "(5.1.1)", "x5.1.10"));
    fc.assert(
      fc.property(stage, fc.integer({ min: 400, max: 599 }), fc.array(text), (at, code, words) => {
        expect(smtpVerdict(at, `${code} said: ${words.join(" ")}`).about).not.toBe("recipient");
      }),
    );
  });
});
