import smpp, { type Text } from "smpp";

/** What node-smpp decoded, and beside it the bytes: centres and data codings do not always agree. */
const decode = smpp.filters.message.decode;
smpp.filters.message.decode = function (value, skipHeader) {
  const decoded = decode.call(this, value, skipHeader);
  if (!Buffer.isBuffer(value) || typeof decoded === "string" || Buffer.isBuffer(decoded)) return decoded;
  return { ...decoded, raw: decoded.udh === undefined ? value : value.subarray((value[0] ?? 0) + 1) };
};

/** A centre may leave out the closing NUL of this parameter, and node-smpp then reads on into the next one. */
const { cstring } = smpp.types.tlv;
smpp.addTLV("receipted_message_id", {
  id: 0x001e,
  type: { ...cstring, read: (buffer, offset, length) => buffer.toString("latin1", offset, offset + length).replace(/\0.*$/s, "") },
});

type Alphabet = "gsm" | "latin1" | "ucs2" | "iso-8859-5" | "iso-8859-8" | "shift_jis" | "euc-kr";

/** SMPP 3.4 5.2.19. */
const NAMED: Readonly<Record<number, Alphabet>> = { 0: "gsm", 5: "shift_jis", 6: "iso-8859-5", 7: "iso-8859-8", 8: "ucs2", 14: "euc-kr" };

/** From 0x10 on centres pass on the scheme of the mobile network (GSM 03.38 4): classes, indications, compressed or not. */
function alphabetOf(coding: number): Alphabet {
  if (coding < 0x10) return NAMED[coding] ?? "latin1";
  if (coding >= 0xf0) return coding & 0x04 ? "latin1" : "gsm";
  if (coding >= 0xe0) return "ucs2";
  if (coding >= 0xc0) return "gsm";
  return ({ 0: "gsm", 8: "ucs2" } as const)[coding & 0x0c] ?? "latin1";
}

function inAlphabet(bytes: Buffer, alphabet: Alphabet): string {
  if (alphabet === "gsm") return smpp.encodings.ASCII.decode(bytes);
  if (alphabet === "latin1") return bytes.toString("latin1");
  return new TextDecoder(alphabet === "ucs2" ? "utf-16be" : alphabet).decode(bytes);
}

const bytesOf = (text: Text | undefined): Buffer | string => {
  if (text === undefined) return "";
  if (typeof text === "string" || Buffer.isBuffer(text)) return text;
  return text.raw ?? bytesOf(text.message);
};

/** The text by its data coding; what is decoded already stays. */
export function decodedText(text: Text | undefined, coding: number): string {
  const bytes = bytesOf(text);
  return typeof bytes === "string" ? bytes : inAlphabet(bytes, alphabetOf(coding));
}

/** Bytes as characters, whatever the coding says. */
export function plainText(text: Text | undefined): string {
  const bytes = bytesOf(text);
  return typeof bytes === "string" ? bytes : bytes.toString("latin1");
}

/** Every way in which a person's text can be meant, that of its data coding first: a refusal is not to be missed for a wrong coding. */
export function readings(text: Text | undefined, coding: number): readonly string[] {
  const bytes = bytesOf(text);
  if (typeof bytes === "string") return [bytes];
  const utf8 = new TextDecoder().decode(bytes);
  return [...new Set([decodedText(bytes, coding), utf8, inAlphabet(bytes, "ucs2"), bytes.toString("latin1")])];
}
