/**
 * Frames of FreeSWITCH's event socket: header lines "Name: value" up to an empty line, then as many bytes of body as Content-Length says.
 * Source: mod_event_socket. After a problem the stream cannot be trusted any more: the connection must be closed.
 */

/** Header names in small letters. */
export type EslFrame = { readonly headers: ReadonlyMap<string, string>; readonly body: string };

export type EslProblem = "head_too_large" | "body_too_large" | "length_unreadable" | "not_a_frame";

export type EslParser = {
  /** Takes the next bytes of the stream, any number of them; calls back for each frame that they complete. Undefined: all is well. */
  push(chunk: Buffer): EslProblem | undefined;
  /** Bytes held back for an unfinished frame. */
  held(): number;
};

export type EslParserOptions = {
  /** Bytes of the header lines together; default 65,536. */
  readonly maxHead?: number;
  /** Bytes of one body; default 32 MiB: a list of all channels is one. */
  readonly maxBody?: number;
  /** Must not throw. */
  readonly onFrame: (frame: EslFrame) => void;
};

const LF = 10;
const LENGTH = /^[0-9]{1,10}$/;

function headersOf(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Where the empty line begins that ends the header lines, -1 if it has not come. */
function headEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) if (bytes[at + 1] === LF) return at;
  return -1;
}

type Unfinished = { readonly headers: Map<string, string>; readonly length: number };

export function eslParser({ maxHead = 65_536, maxBody = 32 * 1024 * 1024, onFrame }: EslParserOptions): EslParser {
  let head: Buffer = Buffer.alloc(0);
  let unfinished: Unfinished | undefined;
  let parts: Buffer[] = [];
  let size = 0;
  let broken: EslProblem | undefined;

  function fail(problem: EslProblem): number {
    broken = problem;
    head = Buffer.alloc(0);
    parts = [];
    size = 0;
    return -1;
  }

  /** @returns where the body begins in `bytes`, -1 when there is no whole head */
  function takeHead(bytes: Buffer, at: number, searched: number): number {
    const end = headEnd(bytes, Math.max(at, searched - 1));
    if (end < 0 ? bytes.length - at > maxHead : end - at > maxHead) return fail("head_too_large");
    if (end < 0) {
      // A copy: the chunk is the socket's.
      head = Buffer.from(bytes.subarray(at));
      return -1;
    }
    head = Buffer.alloc(0);
    const headers = headersOf(bytes.toString("utf8", at, end));
    if (!headers.has("content-type")) return fail("not_a_frame");
    const length = headers.get("content-length") ?? "0";
    if (!LENGTH.test(length)) return fail("length_unreadable");
    if (Number(length) > maxBody) return fail("body_too_large");
    unfinished = { headers, length: Number(length) };
    return end + 2;
  }

  /** @returns where the next frame begins in `bytes`, -1 when the body is not whole */
  function takeBody(bytes: Buffer, at: number, { headers, length }: Unfinished): number {
    const end = Math.min(bytes.length, at + length - size);
    if (end - at + size < length) {
      parts.push(Buffer.from(bytes.subarray(at)));
      size += end - at;
      return -1;
    }
    const last = bytes.subarray(at, end);
    const body = (parts.length === 0 ? last : Buffer.concat([...parts, last])).toString("utf8");
    parts = [];
    size = 0;
    unfinished = undefined;
    onFrame({ headers, body });
    return end;
  }

  return {
    push(chunk) {
      if (broken !== undefined) return broken;
      const searched = head.length;
      const bytes = searched === 0 ? chunk : Buffer.concat([head, chunk]);
      for (let at = 0; at >= 0 && (at < bytes.length || unfinished?.length === 0); ) {
        if (unfinished !== undefined) at = takeBody(bytes, at, unfinished);
        else if (bytes[at] === LF) at += 1;
        else at = takeHead(bytes, at, at === 0 ? searched : 0);
        if (at >= bytes.length && unfinished === undefined) head = Buffer.alloc(0);
      }
      return broken;
    },
    held: () => head.length + size,
  };
}
