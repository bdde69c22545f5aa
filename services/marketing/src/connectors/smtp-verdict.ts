/** How far the conversation had come when the server said no. */
export type SmtpStage = "session" | "mail" | "recipient" | "data";

/** Whom a refusal is about: our connection and account, the sender, the recipient's address, or this message alone. */
export type SmtpVerdict = {
  readonly about: "session" | "sender" | "recipient" | "message";
  /** The same message may be taken another time. */
  readonly retryable: boolean;
};

/**
 * Answers that are about our access, whenever they come: closing (RFC 5321 3.8), authentication and encryption (RFC 4954 6, RFC 3207 4),
 * and what only a confused session gets (unknown command, bad sequence, no greeting).
 */
const OF_SESSION = new Set([421, 500, 502, 503, 504, 521, 523, 524, 525, 530, 534, 535, 538]);
/** The same said by the detail of class 7 (RFC 3463 3.8, RFC 4954 6, RFC 5248 3, RFC 7372 3.3): no access before this is put right. */
const OF_ACCESS = new Set(["7.0", "7.8", "7.9", "7.10", "7.11", "7.12", "7.13", "7.14", "7.25"]);
/** The sender's address or domain (RFC 3463 3.2, RFC 7505 4.2). */
const OF_SENDER = new Set(["1.7", "1.8", "7.27"]);
/** The recipient's address leads nowhere and will not (RFC 3463 3.2, RFC 7505 4.1). All else of 5yz may be another time, another text or another sender. */
const NOWHERE = new Set(["1.1", "1.2", "1.3", "1.4", "1.6", "1.10"]);
/** The message is too large (RFC 1870 6.1, RFC 3463 3.3 and 3.4). */
const TOO_LARGE = new Set(["2.3", "3.4"]);

/** The reply code, and the enhanced code where it stands right behind (RFC 2034 4); the rest is text for people. */
const REPLY = /^([45])(\d\d)(?:[ -]#?\1\.(\d{1,3}\.\d{1,3})(?![\d.]))?/;

/** @param reply as the server wrote it, all lines */
export function smtpVerdict(stage: SmtpStage, reply: string): SmtpVerdict {
  const [, kind = "", rest = "", detail = ""] = REPLY.exec(reply) ?? [];
  const [code, final] = [Number(kind + rest), kind === "5"];
  if (stage === "session" || kind === "") return { about: "session", retryable: true };
  if (OF_SENDER.has(detail)) return { about: "sender", retryable: !final };
  const ofAccess = OF_ACCESS.has(detail) && (stage === "mail" || detail !== "7.0");
  if (OF_SESSION.has(code) || (final && ofAccess)) return { about: "session", retryable: true };
  if (stage === "mail") return ofMail(code, detail, final);
  return { about: final && NOWHERE.has(detail) ? "recipient" : "message", retryable: !final };
}

/** Nobody has named a recipient yet, and the sender is always the same: what is neither of the two is no access for us. */
function ofMail(code: number, detail: string, final: boolean): SmtpVerdict {
  if (final && (code === 552 || TOO_LARGE.has(detail))) return { about: "message", retryable: false };
  if (final && (code === 501 || code === 553 || code === 555 || detail.startsWith("1."))) return { about: "sender", retryable: false };
  return { about: "session", retryable: true };
}
