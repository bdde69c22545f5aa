import smpp, { type Pdu, type PduFields, type Text } from "smpp";

smpp.addTLV("client_reference", { id: 0x1501, type: smpp.types.tlv.cstring });

export function clientReferenceOf(pdu: Pdu): string {
  return pdu.client_reference ?? "";
}

/** The text of a message, wherever it travels; node-smpp has decoded it by its data coding. */
export function textOf({ message_payload, short_message }: PduFields): string {
  const plain = (text: Text | undefined): string => {
    if (text === undefined) return "";
    if (typeof text === "string") return text;
    return Buffer.isBuffer(text) ? text.toString("latin1") : plain(text.message);
  };
  return plain(message_payload) || plain(short_message);
}
