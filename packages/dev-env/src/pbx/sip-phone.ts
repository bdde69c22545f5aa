import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

/**
 * A telephone for a test PBX: SIP over UDP on the loopback interface, silence as its only media, no retransmission. Enough to ring, answer,
 * hold, transfer and hang up while the PBX's manager port is being recorded; not a SIP stack.
 */
export type SipPhone = AsyncDisposable & {
  /** Resolves with the next call that rings here. */
  ringing(): Promise<SipDialog>;
  /** Calls out and resolves when it is answered. `from` may be any user part; `headers` are added as they are. */
  call(to: string, options: Calling): Promise<SipDialog>;
  /** As call, but resolves when it rings there. */
  ring(to: string, options: Calling): Promise<SipDialog>;
};

type Calling = { readonly from: string; readonly name?: string; readonly headers?: readonly string[] };

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
  /** Sends silence until disposed: some of what a PBX does with a call it does only when sound flows. */
  speak(): Disposable;
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

function hearsAt({ body }: Message): Leg["hears"] {
  const port = Number(/^m=audio ([0-9]+)/m.exec(body)?.[1] ?? 0);
  return port === 0 ? undefined : { host: /^c=IN IP4 ([0-9.]+)/m.exec(body)?.[1] ?? "127.0.0.1", port };
}

/** 20 ms of mu-law silence a packet, as RTP. */
function speak({ hears }: Leg): Disposable {
  const socket = createSocket("udp4");
  const packet = Buffer.alloc(172, 0xff);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt32BE(1, 8);
  let n = 0;
  const timer = setInterval(() => {
    packet.writeUInt16BE(n & 0xffff, 2);
    packet.writeUInt32BE((n * 160) >>> 0, 4);
    n += 1;
    if (hears) socket.send(packet, hears.port, hears.host);
  }, 20);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}

type Leg = {
  readonly callId: string;
  local: string;
  remote: string;
  target: string;
  cseq: number;
  invite: Message | undefined;
  /** Where the PBX hears this leg. */
  hears: { readonly host: string; readonly port: number } | undefined;
  readonly rings: PromiseWithResolvers<void>;
  readonly ended: PromiseWithResolvers<void>;
};

type Phone = {
  readonly socket: Socket;
  readonly host: string;
  readonly port: number;
  readonly pbxPort: number;
  readonly legs: Map<string, Leg>;
  readonly replies: Map<string, (message: Message) => void>;
  readonly calls: SipDialog[];
  readonly waiting: ((dialog: SipDialog) => void)[];
};

const REPLY_MS = 120_000;

function write(phone: Phone, lines: readonly string[], body = "", to?: RemoteInfo): void {
  const type = body === "" ? [] : ["Content-Type: application/sdp"];
  const text = `${[...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`].join("\r\n")}\r\n\r\n${body}`;
  phone.socket.send(text, to?.port ?? phone.pbxPort, to?.address ?? "127.0.0.1");
}

function media(phone: Phone, direction = "sendrecv"): string {
  return sdp(20_000 + (phone.port % 10_000), direction);
}

function respond(phone: Phone, request: Message, status: string, leg?: Leg, body = "", to?: RemoteInfo): void {
  const target = header(request, "To");
  write(
    phone,
    [
      `SIP/2.0 ${status}`,
      ...request.headers.filter((line) => /^via:/i.test(line)),
      `From: ${header(request, "From")}`,
      `To: ${leg === undefined || tagOf(target) !== "" ? target : `${target};tag=${tagOf(leg.local)}`}`,
      `Call-ID: ${header(request, "Call-ID")}`,
      `CSeq: ${header(request, "CSeq")}`,
      `Contact: <sip:phone@${phone.host}:${phone.port}>`,
    ],
    body,
    to,
  );
}

/** Sends a request inside the dialog and waits for its final response; acknowledges it where that is due. */
async function request(phone: Phone, leg: Leg, method: string, extra: readonly string[] = [], body = ""): Promise<Message> {
  const cseq = ++leg.cseq;
  const head = (name: string) => [
    `${name} ${leg.target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${phone.host}:${phone.port};branch=z9hG4bK${randomBytes(8).toString("hex")}`,
    `From: ${leg.local}`,
    `To: ${leg.remote}`,
    `Call-ID: ${leg.callId}`,
    `CSeq: ${cseq} ${name}`,
    `Contact: <sip:phone@${phone.host}:${phone.port}>`,
    "Max-Forwards: 70",
  ];
  const { promise, resolve } = Promise.withResolvers<Message>();
  phone.replies.set(`${leg.callId} ${cseq} ${method}`, resolve);
  write(phone, [...head(method), ...extra], body);
  const timer = setTimeout(() => resolve({ start: "SIP/2.0 408 no answer", headers: [], body: "" }), REPLY_MS);
  const reply = await promise;
  clearTimeout(timer);
  if (method === "INVITE") {
    leg.remote = header(reply, "To") || leg.remote;
    leg.hears = hearsAt(reply) ?? leg.hears;
    leg.target = uriOf(header(reply, "Contact")) || leg.target;
    write(phone, head("ACK"));
  }
  return reply;
}

async function refer(phone: Phone, leg: Leg, to: string, replaces: SipDialog | undefined): Promise<void> {
  const { toTag, fromTag } = replaces?.tags() ?? { toTag: "", fromTag: "" };
  const part = replaces ? `?Replaces=${encodeURIComponent(`${replaces.id};to-tag=${toTag};from-tag=${fromTag}`)}` : "";
  const target = `Refer-To: <sip:${to}@127.0.0.1:${phone.pbxPort}${part}>`;
  await request(phone, leg, "REFER", [target, `Referred-By: ${leg.local.split(";tag")[0]}`]);
}

function dialogOf(phone: Phone, leg: Leg): SipDialog {
  const reinvite = async (direction: string) => void (await request(phone, leg, "INVITE", [], media(phone, direction)));
  return {
    id: leg.callId,
    answer: () => leg.invite && respond(phone, leg.invite, "200 OK", leg, media(phone)),
    reject: (status) => {
      if (leg.invite) respond(phone, leg.invite, status, leg);
      leg.ended.resolve();
    },
    hold: () => reinvite("sendonly"),
    unhold: () => reinvite("sendrecv"),
    refer: (to, replaces) => refer(phone, leg, to, replaces),
    bye: async () => {
      await request(phone, leg, "BYE");
      leg.ended.resolve();
    },
    speak: () => speak(leg),
    ended: leg.ended.promise,
    tags: () => ({ toTag: tagOf(leg.remote), fromTag: tagOf(leg.local) }),
  };
}

function ring(phone: Phone, invite: Message): void {
  const leg: Leg = {
    callId: header(invite, "Call-ID"),
    local: `${header(invite, "To")};tag=${randomBytes(4).toString("hex")}`,
    remote: header(invite, "From"),
    target: uriOf(header(invite, "Contact")),
    cseq: 100,
    invite,
    hears: hearsAt(invite),
    rings: Promise.withResolvers<void>(),
    ended: Promise.withResolvers<void>(),
  };
  phone.legs.set(leg.callId, leg);
  respond(phone, invite, "180 Ringing", leg);
  const dialog = dialogOf(phone, leg);
  const next = phone.waiting.shift();
  if (next) next(dialog);
  else phone.calls.push(dialog);
}

function receive(phone: Phone, message: Message, from: RemoteInfo): void {
  const [, cseq = "", method = ""] = /^([0-9]+) +(\w+)/.exec(header(message, "CSeq")) ?? [];
  const callId = header(message, "Call-ID");
  const leg = phone.legs.get(callId);
  const { start } = message;
  if (start.startsWith("SIP/2.0 18")) {
    if (leg) leg.remote = header(message, "To");
    leg?.rings.resolve();
  }
  if (start.startsWith("SIP/2.0 1")) return;
  if (start.startsWith("SIP/2.0")) {
    const key = `${callId} ${cseq} ${method}`;
    phone.replies.get(key)?.(message);
    phone.replies.delete(key);
  } else if (start.startsWith("INVITE")) {
    if (leg === undefined) ring(phone, message);
    // The PBX changes the media of a call; a repetition of the first INVITE was answered before.
    else if (leg.invite && header(leg.invite, "CSeq") !== header(message, "CSeq")) respond(phone, message, "200 OK", leg, media(phone));
  } else if (start.startsWith("CANCEL")) {
    respond(phone, message, "200 OK", leg, "", from);
    if (leg?.invite) respond(phone, leg.invite, "487 Request Terminated", leg);
    leg?.ended.resolve();
  } else if (!start.startsWith("ACK")) {
    respond(phone, message, "200 OK", leg, "", from);
    if (start.startsWith("BYE")) leg?.ended.resolve();
  }
}

function callOut(
  phone: Phone,
  to: string,
  options: Calling,
): { readonly rings: Promise<SipDialog>; readonly answered: Promise<SipDialog> } {
  const { from, name, headers = [] } = options;
  const { host, port, pbxPort } = phone;
  const leg: Leg = {
    callId: `${randomBytes(8).toString("hex")}@${host}`,
    local: `${name === undefined ? "" : `"${name}" `}<sip:${from}@${host}:${port}>;tag=${randomBytes(4).toString("hex")}`,
    remote: `<sip:${to}@127.0.0.1:${pbxPort}>`,
    target: `sip:${to}@127.0.0.1:${pbxPort}`,
    cseq: 0,
    invite: undefined,
    hears: undefined,
    rings: Promise.withResolvers<void>(),
    ended: Promise.withResolvers<void>(),
  };
  phone.legs.set(leg.callId, leg);
  const answered = request(phone, leg, "INVITE", headers, media(phone)).then((reply) => {
    if (!reply.start.startsWith("SIP/2.0 200")) throw new Error(`call to ${to}: ${reply.start}`);
    return dialogOf(phone, leg);
  });
  return { rings: leg.rings.promise.then(() => dialogOf(phone, leg)), answered };
}

/** Opens a phone on `host`:`port`; the PBX must know that address as the phone's. */
export async function openSipPhone(options: {
  readonly port: number;
  readonly host?: string;
  readonly pbxPort: number;
}): Promise<SipPhone> {
  const { port, pbxPort, host = "127.0.0.1" } = options;
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(port, host, resolve));
  const phone: Phone = { socket, host, port, pbxPort, legs: new Map(), replies: new Map(), calls: [], waiting: [] };
  socket.on("message", (data, from) => receive(phone, parse(data.toString()), from));
  return {
    ringing: () => {
      const dialog = phone.calls.shift();
      return dialog ? Promise.resolve(dialog) : new Promise((resolve) => phone.waiting.push(resolve));
    },
    call: (to, call) => callOut(phone, to, call).answered,
    ring: (to, call) => {
      const { rings, answered } = callOut(phone, to, call);
      // Its end is of no interest: the call is handed on.
      answered.catch(() => undefined);
      return rings;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
