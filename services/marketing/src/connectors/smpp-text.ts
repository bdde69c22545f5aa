import smpp, { type Pdu, type PduFields, type Text } from "smpp";

/** Our own reference on a submit: a vendor parameter (0x1400 to 0x3FFF), which a centre that does not know it skips. */
smpp.addTLV("client_reference", { id: 0x1501, type: smpp.types.tlv.cstring });

const GSM = 0x00;
const UCS2 = 0x08;
const ONE_PART = { [GSM]: 160, [UCS2]: 140 } as const;
/** Ten parts: no network takes more. */
const MAX_BYTES = { [GSM]: 1_530, [UCS2]: 1_340 } as const;

/** GSM 03.38 where the text allows it, else UCS-2; a text longer than one part travels as message_payload. Undefined: longer than ten parts. */
export function textFields(text: string): Pick<PduFields, "data_coding" | "short_message" | "message_payload"> | undefined {
  const coding = smpp.encodings.ASCII.match(text) ? GSM : UCS2;
  const bytes = coding === GSM ? smpp.encodings.ASCII.encode(text) : Buffer.from(text, "utf16le").swap16();
  if (bytes.length > MAX_BYTES[coding]) return undefined;
  return bytes.length <= ONE_PART[coding] ? { data_coding: coding, short_message: bytes } : { data_coding: coding, message_payload: bytes };
}

export function textOf({ message_payload, short_message }: PduFields): string {
  const plain = (text: Text | undefined): string => {
    if (text === undefined) return "";
    if (typeof text === "string") return text;
    return Buffer.isBuffer(text) ? text.toString("latin1") : plain(text.message);
  };
  return plain(message_payload) || plain(short_message);
}

export type Receipt = {
  readonly providerId: string;
  /** `pending`: the network is still trying. */
  readonly outcome: "delivered" | "failed" | "pending";
  /** Stable code of the failure. */
  readonly reason: string;
};

const STATES = ["SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"] as const;
const PENDING = new Set(["SCHEDULED", "ENROUTE", "ACCEPTD", "BUFFERD"]);

/** The delivery receipt in a deliver_sm (its parameters, or the text that older centres write); undefined for a person's message. */
export function receiptOf(pdu: Pdu): Receipt | undefined {
  if (((pdu.esm_class ?? 0) & 0x3c) !== 0x04) return undefined;
  const text = textOf(pdu);
  const providerId = pdu.receipted_message_id ?? /\bid:\s*(\S+)/i.exec(text)?.[1] ?? "";
  const state =
    (pdu.message_state === undefined ? undefined : STATES[pdu.message_state]) ??
    /\bstat:\s*([A-Z]+)/i.exec(text)?.[1]?.toUpperCase() ??
    "UNKNOWN";
  if (state === "DELIVRD") return { providerId, outcome: "delivered", reason: "" };
  return PENDING.has(state)
    ? { providerId, outcome: "pending", reason: "" }
    : { providerId, outcome: "failed", reason: `receipt_${state.toLowerCase()}` };
}
