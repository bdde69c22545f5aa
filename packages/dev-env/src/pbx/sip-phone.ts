import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo } from "node:dgram";

/**
 * A telephone for a test PBX: SIP over UDP on the loopback interface, no media, no retransmission. Enough to ring, answer, hold, transfer and
 * hang up while the PBX's manager port is being recorded; not a SIP stack.
 */
export type SipPhone = AsyncDisposable & {
  /** Resolves with the next call that rings here. */
  ringing(): Promise<SipDialog>;
  /** Calls out and resolves when it is answered. `from` may be any user part; `headers` are added as they are. */
  call(to: string, options: { readonly from: string; readonly name?: string; readonly headers?: readonly string[] }): Promise<SipDialog>;
};

/** One leg between this phone and the PBX. */
export type SipDialog = {
  readonly id: string;
  answer(): void;
  /** 486 busy, 603 declined and the like. */
  reject(status: string): void;
  hold(): Promise<void>;
  unhold(): Promise<void>;
  /** REFER to an extension, or to the far end of another dialog of the same user (attended). */
  refer(to: string, replaces?: SipDialog): Promise<void>;
  bye(): Promise<void>;
  /** Resolves when this leg is over, by whomever. */
  readonly ended: Promise<void>;
  /** Tags as the PBX sees them, for Replaces. */
  tags(): { readonly toTag: string; readonly fromTag: string };
};

type Message = { readonly start: string; readonly headers: readonly string[]; readonly body: string };

function parse(text: string): Message {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [start = "", ...headers] = head.split("\r\n");
  return { start, headers, body };
}

function header(message: Message, name: string): string {
  const prefix = `${name.toLowerCase()}:`;
  return (
    message.headers
      .find((line) => line.toLowerCase().startsWith(prefix))
      ?.slice(prefix.length)
      .trim() ?? ""
  );
}

function tagOf(value: string): string {
  return /;tag=([^;>\s]+)/.exec(value)?.[1] ?? "";
}

function uriOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(";")[0] ?? "";
}

function sdp(port: number, direction: string): string {
  const lines = ["v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${port} RTP/AVP 0`];
  return `${[...lines, "a=rtpmap:0 PCMU/8000", `a=${direction}`].join("\r\n")}\r\n`;
}

type Leg = {
  readonly callId: string;
  local: string;
  remote: string;
  target: string;
  cseq: number;
  invite: Message | undefined;
  readonly ended: PromiseWithResolvers<void>;
};

/** Opens a phone on `host`:`port`; the PBX must know that address as the phone's. */
export async function openSipPhone(options: {
  readonly port: number;
  readonly host?: string;
  readonly pbxPort: number;
}): Promise<SipPhone> {
  const { port, pbxPort, host = "127.0.0.1" } = options;
  const socket = createSocket("udp4");
  const legs = new Map<string, Leg>();
  const replies = new Map<string, (message: Message) => void>();
  const calls: SipDialog[] = [];
  const waiting: ((dialog: SipDialog) => void)[] = [];
  await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(port, host, resolve));

  const write = (lines: readonly string[], body = "", to: { port: number; address: string } = { port: pbxPort, address: "127.0.0.1" }) => {
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const text = `${[...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`].join("\r\n")}\r\n\r\n${body}`;
    socket.send(text, to.port, to.address);
  };
  const branch = () => `z9hG4bK${randomBytes(8).toString("hex")}`;

  function respond(request: Message, status: string, leg?: Leg, body = "", to?: RemoteInfo): void {
    const vias = request.headers.filter((line) => /^via:/i.test(line));
    const target = header(request, "To");
    const toLine = leg === undefined || tagOf(target) !== "" ? target : `${target};tag=${tagOf(leg.local)}`;
    const lines = [`SIP/2.0 ${status}`, ...vias, `From: ${header(request, "From")}`, `To: ${toLine}`];
    const rest = [`Call-ID: ${header(request, "Call-ID")}`, `CSeq: ${header(request, "CSeq")}`, `Contact: <sip:phone@${host}:${port}>`];
    write([...lines, ...rest], body, to);
  }

  /** Sends a request inside the dialog and waits for its final response; acknowledges it where that is due. */
  async function request(leg: Leg, method: string, extra: readonly string[] = [], body = ""): Promise<Message> {
    const cseq = ++leg.cseq;
    const head = (name: string) => [
      `${name} ${leg.target} SIP/2.0`,
      `Via: SIP/2.0/UDP ${host}:${port};branch=${branch()}`,
      `From: ${leg.local}`,
      `To: ${leg.remote}`,
      `Call-ID: ${leg.callId}`,
      `CSeq: ${cseq} ${name}`,
      `Contact: <sip:phone@${host}:${port}>`,
      "Max-Forwards: 70",
    ];
    const { promise, resolve } = Promise.withResolvers<Message>();
    replies.set(`${leg.callId} ${cseq} ${method}`, resolve);
    write([...head(method), ...extra], body);
    const timer = setTimeout(() => resolve({ start: "SIP/2.0 408 no answer", headers: [], body: "" }), 120_000);
    const reply = await promise;
    clearTimeout(timer);
    if (method === "INVITE") {
      leg.remote = header(reply, "To") || leg.remote;
      leg.target = uriOf(header(reply, "Contact")) || leg.target;
      write(head("ACK"));
    }
    return reply;
  }

  function dialogOf(leg: Leg): SipDialog {
    const media = 20_000 + (port % 10_000);
    const reinvite = async (direction: string) => void (await request(leg, "INVITE", [], sdp(media, direction)));
    return {
      id: leg.callId,
      answer: () => leg.invite && respond(leg.invite, "200 OK", leg, sdp(media, "sendrecv")),
      reject: (status) => {
        if (leg.invite) respond(leg.invite, status, leg);
        leg.ended.resolve();
      },
      hold: () => reinvite("sendonly"),
      unhold: () => reinvite("sendrecv"),
      refer: async (to, replaces) => {
        const { toTag, fromTag } = replaces?.tags() ?? { toTag: "", fromTag: "" };
        const part = replaces ? `?Replaces=${encodeURIComponent(`${replaces.id};to-tag=${toTag};from-tag=${fromTag}`)}` : "";
        await request(leg, "REFER", [`Refer-To: <sip:${to}@127.0.0.1:${pbxPort}${part}>`, `Referred-By: ${leg.local.split(";tag")[0]}`]);
      },
      bye: async () => {
        await request(leg, "BYE");
        leg.ended.resolve();
      },
      ended: leg.ended.promise,
      tags: () => ({ toTag: tagOf(leg.remote), fromTag: tagOf(leg.local) }),
    };
  }

  function incoming(message: Message): void {
    const callId = header(message, "Call-ID");
    const leg: Leg = {
      callId,
      local: `${header(message, "To")};tag=${randomBytes(4).toString("hex")}`,
      remote: header(message, "From"),
      target: uriOf(header(message, "Contact")),
      cseq: 100,
      invite: message,
      ended: Promise.withResolvers<void>(),
    };
    legs.set(callId, leg);
    respond(message, "180 Ringing", leg);
    const dialog = dialogOf(leg);
    const next = waiting.shift();
    if (next) next(dialog);
    else calls.push(dialog);
  }

  socket.on("message", (data, from) => {
    const message = parse(data.toString());
    const [, cseqNumber = "", method = ""] = /^([0-9]+) +(\w+)/.exec(header(message, "CSeq")) ?? [];
    const callId = header(message, "Call-ID");
    const leg = legs.get(callId);
    if (message.start.startsWith("SIP/2.0")) {
      if (message.start.startsWith("SIP/2.0 1")) return;
      const key = `${callId} ${cseqNumber} ${method}`;
      replies.get(key)?.(message);
      replies.delete(key);
    } else if (message.start.startsWith("INVITE")) {
      if (leg === undefined) incoming(message);
      else if (leg.invite && header(leg.invite, "CSeq") !== header(message, "CSeq"))
        respond(message, "200 OK", leg, sdp(20_000 + (port % 10_000), "sendrecv"));
    } else if (message.start.startsWith("CANCEL")) {
      respond(message, "200 OK", leg, "", from);
      if (leg?.invite) respond(leg.invite, "487 Request Terminated", leg);
      leg?.ended.resolve();
    } else if (!message.start.startsWith("ACK")) {
      respond(message, "200 OK", leg, "", from);
      if (message.start.startsWith("BYE")) leg?.ended.resolve();
    }
  });

  return {
    ringing: () => {
      const dialog = calls.shift();
      return dialog ? Promise.resolve(dialog) : new Promise((resolve) => waiting.push(resolve));
    },
    call: async (to, { from, name, headers = [] }) => {
      const leg: Leg = {
        callId: `${randomBytes(8).toString("hex")}@${host}`,
        local: `${name === undefined ? "" : `"${name}" `}<sip:${from}@${host}:${port}>;tag=${randomBytes(4).toString("hex")}`,
        remote: `<sip:${to}@127.0.0.1:${pbxPort}>`,
        target: `sip:${to}@127.0.0.1:${pbxPort}`,
        cseq: 0,
        invite: undefined,
        ended: Promise.withResolvers<void>(),
      };
      legs.set(leg.callId, leg);
      const reply = await request(leg, "INVITE", headers, sdp(20_000 + (port % 10_000), "sendrecv"));
      if (!reply.start.startsWith("SIP/2.0 200")) throw new Error(`call to ${to}: ${reply.start}`);
      return dialogOf(leg);
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
