import { createHmac, timingSafeEqual } from "node:crypto";
import { DomainError } from "@trunkline/errors";
import type { SignedRequest } from "../../domain/line.ts";

const SKEW_S = 300;
const SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/;
const MAX_SIGNATURES = 8;

export function signature(key: Buffer, { id, timestamp, body }: Omit<SignedRequest, "signature">): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

/**
 * Lets through what one of the keys has signed within five minutes of now: while keys are changed both sides have two.
 * @throws DomainError unauthenticated webhook_signature_invalid, webhook_timestamp_invalid
 */
export function checkSignature(request: SignedRequest, keys: readonly Buffer[], now: number): void {
  const given = request.signature.split(" ", MAX_SIGNATURES).filter((one) => SIGNATURE.test(one));
  const wanted = keys.map((key) => Buffer.from(signature(key, request)));
  const fits = given.some((one) => wanted.some((other) => timingSafeEqual(Buffer.from(one), other)));
  if (!/^[\w.-]{1,64}$/.test(request.id) || !fits)
    throw new DomainError(
      "unauthenticated",
      "webhook_signature_invalid",
      "no connection of this name has signed this: sign webhook-id.webhook-timestamp.body with its secret",
    );
  if (!/^\d{1,12}$/.test(request.timestamp) || Math.abs(now / 1000 - Number(request.timestamp)) > SKEW_S)
    throw new DomainError(
      "unauthenticated",
      "webhook_timestamp_invalid",
      "signed more than five minutes from now: set the clock and sign again",
    );
}
