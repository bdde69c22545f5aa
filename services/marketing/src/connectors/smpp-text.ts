import smpp, { type Pdu, type PduFields } from "smpp";
import type { Receipt } from "../domain/message-outcome.ts";
import { decodedText, plainText, readings } from "./smpp-coding.ts";

/** Our own reference on a submit: a vendor parameter (0x1400 to 0x3FFF), which a centre that does not know it skips. */
smpp.addTLV("client_reference", { id: 0x1501, type: smpp.types.tlv.cstring });

const GSM = 0x00;
const UCS2 = 0x08;
const ESCAPE = 0x1b;
/** Septets or UTF-16 units: of a message that is one part, and of each part of a longer one (GSM 03.40 9.2.3.24.1). */
const SIZES = { [GSM]: { alone: 160, part: 153 }, [UCS2]: { alone: 70, part: 67 } } as const;
/** No network takes more. */
const MAX_PARTS = 10;

/** GSM 03.38 where the text allows it, else UCS-2; a text longer than one part travels as message_payload. Undefined: longer than ten parts. */
export function textFields(text: string): Pick<PduFields, "data_coding" | "short_message" | "message_payload"> | undefined {
  const coding = smpp.encodings.ASCII.match(text) ? GSM : UCS2;
  const bytes = coding === GSM ? smpp.encodings.ASCII.encode(text) : Buffer.from(text, "utf16le").swap16();
  const parts = partsOf(coding === GSM ? septets(bytes) : [...text].map((character) => character.length), SIZES[coding]);
  if (parts > MAX_PARTS) return undefined;
  return parts === 1 ? { data_coding: coding, short_message: bytes } : { data_coding: coding, message_payload: bytes };
}

/** How many parts characters of these sizes need: none is cut in two. */
function partsOf(sizes: readonly number[], { alone, part }: { readonly alone: number; readonly part: number }): number {
  if (sizes.reduce((sum, size) => sum + size, 0) <= alone) return 1;
  let [parts, used] = [1, 0];
  for (const size of sizes) {
    if (used + size > part) [parts, used] = [parts + 1, 0];
    used += size;
  }
  return parts;
}

/** An escape and what it leads are one character. */
function septets(bytes: Buffer): number[] {
  const sizes: number[] = [];
  for (let i = 0; i < bytes.length; i += sizes.at(-1) ?? 1) sizes.push(bytes[i] === ESCAPE ? 2 : 1);
  return sizes;
}

/** It travels in one of two places. */
const carried = ({ message_payload, short_message }: PduFields) => (plainText(message_payload) === "" ? short_message : message_payload);

export const textOf = (pdu: PduFields): string => decodedText(carried(pdu), pdu.data_coding ?? 0);

/** As readings. */
export const readingsOf = (pdu: PduFields): readonly string[] => readings(carried(pdu), pdu.data_coding ?? 0);

/** message_state that end a message (SMPP 3.4 5.2.28), and their words in a receipt's text (appendix B) with the spellings met beside them. */
const ENDS: Readonly<Record<string, string>> = { 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD" };
const WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(ENDS).map((word) => [word, word])),
  DELIVERED: "DELIVRD",
  DELIVERD: "DELIVRD",
  EXPIRD: "EXPIRED",
  UNDELIVERABLE: "UNDELIV",
  UNDELIVERED: "UNDELIV",
  UNDELIVRD: "UNDELIV",
  REJECTED: "REJECTD",
};
/** message_state on the way: these, too, go before what the text says. */
const ON_THE_WAY = new Set([1, 6, 7]);

/** esm_class: receipt, intermediate notification. */
const RECEIPT = 0x24;

/** The delivery receipt in a delivery (its parameters, or the text that older centres write); undefined for a person's message. */
export function receiptOf(pdu: Pdu): Receipt | undefined {
  const marked = ((pdu.esm_class ?? 0) & RECEIPT) !== 0;
  if (!marked && pdu.receipted_message_id === undefined && pdu.message_state === undefined) return undefined;
  const [text, state] = [receiptText(pdu), pdu.message_state];
  const providerId = pdu.receipted_message_id || (/\bid:\s*(\S+)/i.exec(text)?.[1] ?? "");
  const word = /\bstat:\s*([A-Z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "";
  const end = state !== undefined && (ENDS[state] || ON_THE_WAY.has(state)) ? ENDS[state] : WORDS[word];
  if (end === undefined) return { providerId, outcome: "pending", reason: "" };
  return end === "DELIVRD"
    ? { providerId, outcome: "delivered", reason: "" }
    : { providerId, outcome: "failed", reason: `receipt_${end.toLowerCase()}` };
}

/** Up to where our own message is quoted. Some centres write it in ASCII and say that it is UCS-2. */
function receiptText(pdu: PduFields): string {
  const plain = plainText(carried(pdu));
  const text = /\b(id|stat):/i.test(plain) ? plain : textOf(pdu);
  return text.replace(/\btext:.*$/is, "");
}
