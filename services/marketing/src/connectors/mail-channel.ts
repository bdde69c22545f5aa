import { withDeadline } from "@trunkline/runtime";
import { createTransport, type SendMailOptions } from "nodemailer";
import { createOutage } from "./outage.ts";
import type { Outgoing, OutgoingChannel, SubmitOutcome } from "./outgoing-channel.ts";
import { type SmtpStage, smtpVerdict } from "./smtp-verdict.ts";

export type MailChannelOptions = {
  /** `smtp://user:password@host:port`, `smtps:` for TLS from the start. */
  readonly url: string;
  /** Address that messages are from; its domain ends the Message-ID. */
  readonly from: string;
  readonly connections: number;
};

const SUBMIT_MS = 20_000;
/** The next message after this pause finds out whether the server is back. */
const OUTAGE = { first: 1_000, most: 10_000 } as const;
/** The part of the conversation that nodemailer names; CONN is named for any connection that breaks, whenever. */
const STAGES: readonly (readonly [RegExp, SmtpStage])[] = [
  [/^MAIL FROM/, "mail"],
  [/^RCPT TO/, "recipient"],
  [/^DATA/, "data"],
];
/** An error in one of these came before the server had the message. */
const BEFORE_DATA = /^(EHLO|HELO|LHLO|STARTTLS|AUTH|RSET|MAIL FROM|RCPT TO|API)/;
const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CONNECT_TIMEOUT",
  "GREETING_TIMEOUT",
  "UPGRADE_TIMEOUT",
]);

/** Sends over pooled SMTP connections. The Message-ID is made of the message's id: a second submit of one message can be told. */
export function openMailChannel({ url, from, connections }: MailChannelOptions): OutgoingChannel {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  const transport = createTransport({
    pool: true,
    host: hostname,
    port: Number(port || (secure ? 465 : 587)),
    secure,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    // Its own second try would be one that the ledger does not know of.
    maxRequeues: 0,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf("@") + 1).replace(/>$/, "");
  const outage = createOutage(OUTAGE);
  return {
    provider: "smtp",
    width: connections,
    ready: outage.over,
    async submit(message) {
      try {
        await withDeadline("the mail server", SUBMIT_MS, transport.sendMail(toMail(message, from, domain)));
        outage.end();
        return { kind: "sent", providerId: "" };
      } catch (error) {
        const outcome = toOutcome(error as MailError);
        if (outcome.kind === "failed" && outcome.ofSession) outage.begin();
        else if (outcome.kind === "failed") outage.end();
        return outcome;
      }
    },
    [Symbol.asyncDispose]: async () => transport.close(),
  };
}

function toMail({ messageId, to, subject, body, unsubscribeUrl }: Outgoing, from: string, domain: string): SendMailOptions {
  return {
    from,
    to: { name: "", address: to },
    subject,
    html: body,
    messageId: `<${messageId}@${domain}>`,
    ...(unsubscribeUrl
      ? { headers: { "List-Unsubscribe": `<${unsubscribeUrl}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } }
      : {}),
  };
}

type MailError = {
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly timeoutType?: string;
};

const NOT_CONNECTED = { kind: "failed", reason: "not_connected", retryable: true, ofSession: true } as const;

/** What the server answered says whom it is about; without an answer it depends on whether it may have had the message. */
function toOutcome({
  responseCode,
  response = "",
  command = "",
  code = "",
  originalCode = "",
  timeoutType = "",
}: MailError): SubmitOutcome {
  if (code === "EAUTH") return NOT_CONNECTED;
  if (responseCode !== undefined && responseCode >= 400) {
    const stage = STAGES.find(([pattern]) => pattern.test(command))?.[1] ?? "session";
    const { about, retryable } = smtpVerdict(stage, response);
    const reason = `smtp_${responseCode}`;
    return { kind: "failed", reason, retryable, unreachable: about === "recipient", ofSession: about === "session" };
  }
  // Refused before anything was said to the server: an address that cannot be one, or a size beyond what the server announced.
  if (code === "EENVELOPE" && command === "API") return { kind: "failed", reason: "invalid_destination", retryable: false };
  if (code === "EMESSAGE") return { kind: "failed", reason: "message_too_long", retryable: false };
  if (code === "EDNS" || NEVER_CONNECTED.has(originalCode) || NEVER_CONNECTED.has(timeoutType) || BEFORE_DATA.test(command))
    return NOT_CONNECTED;
  return { kind: "in_doubt", reason: "no_answer" };
}
