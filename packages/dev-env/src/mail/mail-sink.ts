import { SMTPServer } from "smtp-server";
import { parseMail } from "./mail-text.ts";

export type ReceivedMail = {
  /** Without its angle brackets; the part before the @ is Trunkline's message id. Equal ones are one message submitted twice. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Address in List-Unsubscribe; empty: none. */
  readonly unsubscribe: string;
};

export type MailSinkOptions = {
  /** 0 takes a free one. */
  readonly port?: number;
  /** Addresses refused for good (550 5.1.1). */
  readonly failAddresses?: readonly string[];
  /** Addresses whose first try is put off (451). */
  readonly deferAddresses?: readonly string[];
};

export type MailSink = {
  readonly port: number;
  /** For SMTP_URL. */
  readonly url: string;
  /** Everything that was taken, in order. */
  readonly received: readonly ReceivedMail[];
} & AsyncDisposable;

const MAX_BYTES = 1_048_576;
/** What a test or demo may send; more is refused. */
const KEPT = 500_000;

/** A mail server that takes everything, delivers nothing and keeps what it took. */
export async function startMailSink({ port = 0, failAddresses = [], deferAddresses = [] }: MailSinkOptions = {}): Promise<MailSink> {
  const received: ReceivedMail[] = [];
  const deferred = new Set(deferAddresses);
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    size: MAX_BYTES,
    logger: false,
    // Pooled connections stay open: nobody waits for them at the end.
    closeTimeout: 100,
    onRcptTo({ address }, _session, done) {
      if (failAddresses.includes(address)) return done(refusal(550, "5.1.1 no such mailbox"));
      if (deferred.delete(address)) return done(refusal(451, "4.3.0 try again later"));
      done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => void (stream.sizeExceeded || chunks.push(chunk)));
      stream.on("end", () => {
        if (stream.sizeExceeded || received.length >= KEPT) return done(refusal(552, "5.3.4 too much"));
        const to = session.envelope.rcptTo.map(({ address }) => address).join(", ");
        received.push(toMail(Buffer.concat(chunks), to));
        done();
      });
    },
  });
  // A client that goes away in the middle is the test's business.
  server.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return {
    port: bound,
    url: `smtp://127.0.0.1:${bound}`,
    received,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function toMail(raw: Buffer, to: string): ReceivedMail {
  const { header, body } = parseMail(raw);
  return {
    messageId: header("message-id").replace(/^<|>$/g, ""),
    to,
    subject: header("subject"),
    body,
    unsubscribe: header("list-unsubscribe").replace(/^<|>$/g, ""),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
