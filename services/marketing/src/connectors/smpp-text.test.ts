import { describe, expect, it } from "@jest/globals";
import type { Pdu } from "smpp";
import { receiptOf, textFields } from "./smpp-text.ts";

const pdu = (fields: Partial<Pdu>) => fields as Pdu;

describe("a text for SMPP", () => {
  it("goes as GSM where it can and as UCS-2 where it must, in the message while it is one part and in the payload after", () => {
    const shape = (text: string) => {
      const { data_coding, short_message, message_payload } = textFields(text) ?? {};
      return [data_coding, (short_message as Buffer | undefined)?.length, (message_payload as Buffer | undefined)?.length];
    };
    expect(shape("Hello @ €5")).toEqual([0, 11, undefined]);
    expect(shape("a".repeat(160))).toEqual([0, 160, undefined]);
    expect(shape("a".repeat(161))).toEqual([0, undefined, 161]);
    expect(shape("退订".repeat(35))).toEqual([8, 140, undefined]);
    expect(shape(`${"退订".repeat(35)}。`)).toEqual([8, undefined, 142]);
    expect(shape("ç💡")).toEqual([8, 6, undefined]);
  });

  it("of more than ten parts is none", () => {
    expect(textFields("a".repeat(1_530))).toBeDefined();
    expect(textFields("a".repeat(1_531))).toBeUndefined();
    expect(textFields("订".repeat(671))).toBeUndefined();
  });
});

describe("a delivery", () => {
  it.each([
    [
      "its parameters",
      { esm_class: 4, receipted_message_id: "A1", message_state: 2 },
      { providerId: "A1", outcome: "delivered", reason: "" },
    ],
    [
      "its text",
      { esm_class: 4, short_message: { message: "id:B2 sub:001 dlvrd:000 stat:UNDELIV err:011 text:" } },
      { providerId: "B2", outcome: "failed", reason: "receipt_undeliv" },
    ],
    [
      "bytes",
      { esm_class: 0x44, short_message: Buffer.from("id:C3 stat:EXPIRED") },
      { providerId: "C3", outcome: "failed", reason: "receipt_expired" },
    ],
    ["a way station", { esm_class: 4, receipted_message_id: "D4", message_state: 6 }, { providerId: "D4", outcome: "pending", reason: "" }],
    ["nonsense", { esm_class: 4, short_message: "?" }, { providerId: "", outcome: "failed", reason: "receipt_unknown" }],
  ])("that is a receipt is read from %s", (_, fields, receipt) => expect(receiptOf(pdu(fields))).toEqual(receipt));

  it("from a person is no receipt", () => {
    expect(receiptOf(pdu({ esm_class: 0, short_message: "id:E5 stat:DELIVRD" }))).toBeUndefined();
    expect(receiptOf(pdu({ esm_class: 0x40, short_message: "TD" }))).toBeUndefined();
  });
});
