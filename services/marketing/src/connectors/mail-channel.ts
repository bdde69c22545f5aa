import { withDeadline } from "@trunkline/runtime";
import { createTransport, type SendMailOptions } from "nodemailer";
import type { Outgoing, OutgoingChannel, SubmitOutcome } from "./outgoing-channel.ts";

export type MailChannelOptions = {
  /** `smtp://user:password@host:port`, `smtps:` for TLS from the start. */
  readonly url: string;
  /** Address that messages are from; its domain ends the Message-ID. */
  readonly from: string;
  readonly connections: number;
};

const SUBMIT_MS = 20_000;
/** After a connection failed nothing is tried for this long: attempts are few. */
const DOWN_MS = 2_000;
/** An error in one of these came before the server had the message; CONN is named for any connection that breaks, whenever. */
const BEFORE_DATA = /^(EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO|API)/;
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
  let downUntil = 0;
  return {
    provider: "smtp",
    width: connections,
    ready: () => performance.now() >= downUntil,
    async submit(message) {
      try {
        await withDeadline("the mail server", SUBMIT_MS, transport.sendMail(toMail(message, from, domain)));
        return { kind: "sent", providerId: "" };
      } catch (error) {
        const outcome = toOutcome(error as MailError);
        if (outcome.kind === "failed" && outcome.reason === "not_connected") downUntil = performance.now() + DOWN_MS;
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

/** 4xx is later, 5xx is never; without an answer it depends on whether the server may have had the message. */
function toOutcome({
  responseCode,
  response = "",
  command = "",
  code = "",
  originalCode = "",
  timeoutType = "",
}: MailError): SubmitOutcome {
  if (code === "EAUTH") return { kind: "failed", reason: "not_connected", retryable: true };
  if (responseCode !== undefined && responseCode >= 400) {
    const final = responseCode >= 500;
    return { kind: "failed", reason: `smtp_${responseCode}`, retryable: !final, unreachable: final && /\b5\.1\.\d/.test(response) };
  }
  if (code === "EDNS" || NEVER_CONNECTED.has(originalCode) || NEVER_CONNECTED.has(timeoutType) || BEFORE_DATA.test(command))
    return { kind: "failed", reason: "not_connected", retryable: true };
  return { kind: "in_doubt", reason: "no_answer" };
}
