import { describe, expect, it } from "@jest/globals";
import smpp, { type Pdu } from "smpp";
import { readingsOf, receiptOf, textFields, textOf } from "./smpp-text.ts";

const pdu = (fields: Partial<Pdu>) => fields as Pdu;

const RECEIPT = (state: string) => `id:77 sub:001 dlvrd:001 submit date:2611281900 done date:2611281901 stat:${state} err:000 text:hello`;

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

  it("is counted in parts as they are cut: no character in two", () => {
    expect(textFields(`${"a".repeat(152)}€${"a".repeat(1_375)}`)).toBeDefined();
    expect(textFields(`${"a".repeat(152)}€${"a".repeat(1_376)}`)).toBeUndefined();
    expect(textFields(`${"汉".repeat(66)}😀${"汉".repeat(601)}`)).toBeDefined();
    expect(textFields(`${"汉".repeat(66)}😀${"汉".repeat(602)}`)).toBeUndefined();
    expect(textFields("€".repeat(80))?.short_message).toHaveLength(160);
    expect(textFields("€".repeat(760))).toBeDefined();
    expect(textFields("€".repeat(761))).toBeUndefined();
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
    ["nonsense", { esm_class: 4, short_message: "?" }, { providerId: "", outcome: "pending", reason: "" }],
    ["the way", { esm_class: 4, short_message: RECEIPT("BUFFRED") }, { providerId: "77", outcome: "pending", reason: "" }],
    [
      "its parameter before its text",
      { esm_class: 4, message_state: 2, short_message: RECEIPT("UNDELIV") },
      { providerId: "77", outcome: "delivered", reason: "" },
    ],
    [
      "its text where the parameter is none",
      { esm_class: 4, message_state: 99, short_message: RECEIPT("UNDELIV") },
      { providerId: "77", outcome: "failed", reason: "receipt_undeliv" },
    ],
    [
      "parameters without its class",
      { receipted_message_id: "A1", message_state: 2 },
      { providerId: "A1", outcome: "delivered", reason: "" },
    ],
    [
      "an intermediate notification",
      { esm_class: 0x20, short_message: RECEIPT("ENROUTE") },
      { providerId: "77", outcome: "pending", reason: "" },
    ],
    [
      "its own part of the text",
      { esm_class: 4, short_message: "id:77 err:000 text:id:78 stat:DELIVRD" },
      { providerId: "77", outcome: "pending", reason: "" },
    ],
  ])("that is a receipt is read from %s", (_, fields, receipt) => expect(receiptOf(pdu(fields))).toEqual(receipt));

  it("from a person is no receipt", () => {
    expect(receiptOf(pdu({ esm_class: 0, short_message: "id:E5 stat:DELIVRD" }))).toBeUndefined();
    expect(receiptOf(pdu({ esm_class: 0x40, short_message: "TD" }))).toBeUndefined();
  });
});

/** A deliver_sm as it stands on the wire. */
function onTheWire(esmClass: number, coding: number, text: Buffer, ...parameters: readonly (readonly [number, Buffer])[]): Pdu {
  const head = Buffer.from([0, 1, 1, ...Buffer.from("8613800000000"), 0, 1, 1, ...Buffer.from("10690000"), 0, esmClass, 0, 0, 0, 0, 0, 0]);
  const tlvs = parameters.flatMap(([tag, value]) => [Buffer.from([tag >> 8, tag & 255, value.length >> 8, value.length & 255]), value]);
  const body = Buffer.concat([head, Buffer.from([coding, 0, text.length]), text, ...tlvs]);
  const header = Buffer.alloc(16);
  for (const [i, word] of [16 + body.length, 5, 0, 1].entries()) header.writeUInt32BE(word, 4 * i);
  return new smpp.PDU(Buffer.concat([header, body]));
}
const ucs2 = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("a delivery on the wire", () => {
  it("that is a receipt in ASCII is read though it says UCS-2", () => {
    const receipt = receiptOf(onTheWire(4, 8, Buffer.from(RECEIPT("DELIVRD"))));
    expect(receipt).toEqual({ providerId: "77", outcome: "delivered", reason: "" });
    expect(receiptOf(onTheWire(4, 8, ucs2(RECEIPT("DELIVRD"))))).toEqual(receipt);
  });

  it("whose id has no closing NUL keeps to its length", () => {
    const pdu = onTheWire(4, 0, Buffer.alloc(0), [0x001e, Buffer.from("0123456789")], [0x0427, Buffer.from([2])]);
    expect(receiptOf(pdu)).toEqual({ providerId: "0123456789", outcome: "delivered", reason: "" });
    const closed = onTheWire(4, 0, Buffer.alloc(0), [0x001e, Buffer.from("0123456789\0")], [0x0427, Buffer.from([5])]);
    expect(receiptOf(closed)).toEqual({ providerId: "0123456789", outcome: "failed", reason: "receipt_undeliv" });
  });

  it.each([
    [0x08, ucs2("退订")],
    [0x18, ucs2("退订")],
    [0x19, ucs2("退订")],
    [0x1a, ucs2("退订")],
    [0xe8, ucs2("退订")],
  ])("of data coding %d is read as UCS-2", (coding, bytes) => expect(textOf(onTheWire(0, coding, bytes))).toBe("退订"));

  it.each([0x00, 0x01, 0x03, 0x10, 0x11, 0xc8, 0xf0, 0xf1])("of data coding %d is read in letters", (coding) =>
    expect(textOf(onTheWire(0, coding, Buffer.from("TD")))).toBe("TD"),
  );

  it("with a header is read without it", () => {
    expect(textOf(onTheWire(0x40, 8, Buffer.concat([Buffer.from([5, 0, 3, 1, 1, 1]), ucs2("退订")])))).toBe("退订");
  });

  it.each<[string, number, Buffer]>([
    ["退订", 0x00, ucs2("退订")],
    ["退订", 0x04, ucs2("退订")],
    ["退订", 0x00, Buffer.from("退订")],
    ["TD", 0x08, Buffer.from("TD")],
    ["TD", 0x00, ucs2("TD")],
  ])("that means %s is read so, too, where its coding %d is wrong", (text, coding, bytes) =>
    expect(readingsOf(onTheWire(0, coding, bytes))).toContain(text),
  );
});
