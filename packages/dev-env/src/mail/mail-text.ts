export type ParsedMail = { readonly header: (name: string) => string; readonly body: string };

/** Headers unfolded and decoded (RFC 2047), and the body of a message in one part; several parts stay as they are. */
export function parseMail(raw: Buffer): ParsedMail {
  const text = raw.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [head, body] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 4)];
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return {
    header: (name) => decodeWords(headers.get(name.toLowerCase()) ?? ""),
    body: decodeBody(body, headers.get("content-transfer-encoding") ?? ""),
  };
}

function decodeWords(value: string): string {
  const joined = value.replace(/\?=\s+=\?/g, "?==?");
  return joined.replace(/(?:=\?[^?]+\?[BbQq]\?[^?]*\?=)+/g, (run) => {
    const parts = [...run.matchAll(/=\?[^?]+\?([BbQq])\?([^?]*)\?=/g)];
    // Characters may be cut between two words: the bytes are put together first.
    const bytes = parts.map(([, how = "", text = ""]) =>
      how.toUpperCase() === "B" ? Buffer.from(text, "base64") : quotedPrintable(text.replaceAll("_", " ")),
    );
    return Buffer.concat(bytes).toString("utf8");
  });
}

function decodeBody(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, "base64").toString("utf8");
  if (/quoted-printable/i.test(encoding)) return quotedPrintable(body.replace(/=\r\n/g, "")).toString("utf8");
  return Buffer.from(body, "latin1").toString("utf8");
}

function quotedPrintable(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}
