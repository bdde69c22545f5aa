import { createHmac, timingSafeEqual } from "node:crypto";
import { DomainError } from "@trunkline/errors";
import type { ContactChannel, Purpose } from "./domain/contact.ts";

/** Whom a link lets stop what; it holds ids only. */
export type OptOutTicket = {
  readonly tenant: string;
  readonly customerId: string;
  readonly channel: ContactChannel;
  readonly purpose: Purpose;
};

export type Links = {
  optOutUrl(ticket: OptOutTicket): string;
  /** @throws DomainError invalid link_invalid */
  readOptOut(token: string): OptOutTicket;
};

/** Links that work without a log-in because they are signed; they stay valid as long as the secret. */
export function signedLinks(publicUrl: string, secret: string): Links {
  const base = publicUrl.replace(/\/$/, "");
  const sign = (payload: string) => createHmac("sha256", secret).update(`opt-out:${payload}`).digest();
  return {
    optOutUrl({ tenant, customerId, channel, purpose }) {
      const payload = Buffer.from(JSON.stringify([tenant, customerId, channel, purpose])).toString("base64url");
      return `${base}/unsubscribe/${payload}.${sign(payload).toString("base64url")}`;
    },
    readOptOut(token) {
      const [payload = "", signature = ""] = token.split(".");
      const [given, wanted] = [Buffer.from(signature, "base64url"), sign(payload)];
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        throw new DomainError("invalid", "link_invalid", "this link is not valid: use the one from the message");
      const [tenant, customerId, channel, purpose] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as [
        string,
        string,
        ContactChannel,
        Purpose,
      ];
      return { tenant, customerId, channel, purpose };
    },
  };
}
