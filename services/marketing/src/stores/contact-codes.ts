import { DomainError } from "@trunkline/errors";
import { Channel, Purpose as PurposeCode } from "@trunkline/proto/marketing";
import type { ContactChannel, Purpose, SendChannel } from "../domain/contact.ts";

const CHANNELS: Readonly<Record<ContactChannel, Channel>> = { sms: Channel.SMS, email: Channel.EMAIL, call: Channel.CALL };
const PURPOSES: Readonly<Record<Purpose, PurposeCode>> = {
  marketing: PurposeCode.MARKETING,
  service: PurposeCode.SERVICE,
  survey: PurposeCode.SURVEY,
};

export const toChannel = (channel: ContactChannel): Channel => CHANNELS[channel];
export const toPurpose = (purpose: Purpose): PurposeCode => PURPOSES[purpose];

/** Validation has refused what is not defined. */
export const fromChannel = (code: Channel): ContactChannel => (code === Channel.SMS ? "sms" : code === Channel.EMAIL ? "email" : "call");
export const fromPurpose = (code: PurposeCode): Purpose =>
  code === PurposeCode.MARKETING ? "marketing" : code === PurposeCode.SURVEY ? "survey" : "service";

/** Undefined where the caller names none. */
export const fromNamedPurpose = (code: PurposeCode): Purpose | undefined =>
  code === PurposeCode.UNSPECIFIED ? undefined : fromPurpose(code);

/** @throws DomainError invalid channel_not_sent */
export function fromSendChannel(code: Channel): SendChannel {
  const channel = fromChannel(code);
  if (channel !== "call") return channel;
  throw new DomainError("invalid", "channel_not_sent", "calls are not sent from here: choose SMS or e-mail, and Reserve before a call", {
    field: "channel",
  });
}
