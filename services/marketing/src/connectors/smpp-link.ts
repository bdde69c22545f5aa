import { DomainError, toDomainError } from "@trunkline/errors";
import { withDeadline } from "@trunkline/runtime";
import smpp, { type Pdu, type PduFields, type Session } from "smpp";

/** What became of a submit: answered; never written; or written and then no answer came. */
export type Submitted = { readonly kind: "answer"; readonly pdu: Pdu } | { readonly kind: "unsent" } | { readonly kind: "lost" };

/** One bound connection to an SMS centre. */
export type SmppLink = {
  submit(fields: PduFields): Promise<Submitted>;
  /** Settles with the reason when the connection has ended. */
  readonly closed: Promise<string>;
  close(): void;
};

const SMPP_VERSIONS = { "3.3": 0x33, "3.4": 0x34, "5.0": 0x50 } as const;
export type SmppVersion = keyof typeof SMPP_VERSIONS;

export type SmppLinkOptions = {
  /** `smpp://user:password@host:port`, `smpps:` for TLS. */
  readonly url: string;
  /** The protocol that we say we speak: a centre that does not know it may refuse the bind. */
  readonly version: SmppVersion;
  /** Takes a receipt or a person's message; the centre sends it again unless the answer is 0. */
  readonly onDeliver: (pdu: Pdu) => Promise<number>;
};

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
const ENQUIRE_MS = 30_000;
/** Deliveries that may be in work; above it the centre is not read, below the half it is again. */
const MAX_DELIVERIES = 200;

/** @throws DomainError unavailable smpp_not_connected | smpp_bind_refused */
export async function openSmppLink({ url, version, onDeliver }: SmppLinkOptions): Promise<SmppLink> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const tls = protocol === "smpps:";
  const interface_version = SMPP_VERSIONS[version];
  const session = smpp.connect({ host: hostname, port: Number(port || 2775), tls });
  const ended = Promise.withResolvers<string>();
  session.on("error", (error: Error) => {
    ended.resolve((error as NodeJS.ErrnoException).code ?? "protocol_error");
    session.destroy();
  });
  session.on("close", () => ended.resolve("closed"));
  // Before the bind: a centre may put its first deliveries right behind the answer.
  answer(session, onDeliver);
  try {
    await ready(session, tls ? "secureConnect" : "connect", ended.promise);
    await bind(
      session,
      { system_id: decodeURIComponent(username), password: decodeURIComponent(password), interface_version },
      ended.promise,
    );
  } catch (error) {
    session.destroy();
    throw error;
  }
  return bound(session, ended.promise);
}

function ready(session: Session, event: string, ended: Promise<string>): Promise<void> {
  const connected = new Promise<void>((resolve) => session.once(event, resolve));
  return endsWith(ended, withDeadline("connecting to the SMS centre", CONNECT_MS, connected));
}

async function bind(session: Session, login: PduFields, ended: Promise<string>): Promise<void> {
  const answer = new Promise<Pdu>((resolve) => session.bind_transceiver(login, resolve));
  const { command_status } = await endsWith(ended, withDeadline("binding to the SMS centre", ANSWER_MS, answer));
  if (command_status === 0) return;
  throw new DomainError("unavailable", "smpp_bind_refused", "the SMS centre refused the log-in: check SMPP_URL", {
    status: command_status,
  });
}

async function endsWith<T>(ended: Promise<string>, work: Promise<T>): Promise<T> {
  const lost = ended.then((reason): never => {
    throw new DomainError("unavailable", "smpp_not_connected", `the connection to the SMS centre ended: ${reason}`, { reason });
  });
  return Promise.race([work, lost]);
}

/** To these a request gets no answer (SMPP 3.4 4.1.7, 4.12). */
const UNANSWERED = new Set(["alert_notification", "outbind"]);
const INVALID_COMMAND = 0x03;

/** Whatever the centre asks gets an answer: one that waits in vain takes the session for dead. */
function answer(session: Session, onDeliver: SmppLinkOptions["onDeliver"]): void {
  const take = takeDeliveries(session, onDeliver);
  session.on("pdu", (pdu: Pdu) => {
    switch (pdu.command) {
      case "deliver_sm":
      case "data_sm":
        return take(pdu);
      case "enquire_link":
        return void session.send(pdu.response());
      case "unbind":
        session.send(pdu.response());
        return session.close();
      default:
        if (!pdu.isResponse() && !UNANSWERED.has(pdu.command)) session.send(pdu.response({ command_status: INVALID_COMMAND }));
    }
  });
}

function bound(session: Session, closed: Promise<string>): SmppLink {
  const enquire = setInterval(() => {
    const answer = new Promise<void>((resolve) => session.enquire_link(() => resolve()));
    withDeadline("the SMS centre's answer", ANSWER_MS, answer).catch(() => session.destroy());
  }, ENQUIRE_MS);
  enquire.unref();
  void closed.then(() => clearInterval(enquire));
  return {
    closed,
    close: () => session.destroy(),
    submit: async (fields) => {
      const answered = Promise.withResolvers<Pdu>();
      if (!session.submit_sm(fields, answered.resolve)) return { kind: "unsent" };
      try {
        return { kind: "answer", pdu: await endsWith(closed, withDeadline("the SMS centre's answer", ANSWER_MS, answered.promise)) };
      } catch {
        return { kind: "lost" };
      }
    },
  };
}

function takeDeliveries(session: Session, onDeliver: SmppLinkOptions["onDeliver"]): (pdu: Pdu) => void {
  let inWork = 0;
  const take = async (pdu: Pdu) => {
    if (++inWork === MAX_DELIVERIES) session.pause();
    try {
      session.send(pdu.response({ command_status: await onDeliver(pdu) }));
    } finally {
      if (--inWork === MAX_DELIVERIES / 2) session.resume();
    }
  };
  return (pdu) => {
    take(pdu).catch((error: unknown) => session.emit("error", toDomainError(error)));
  };
}
