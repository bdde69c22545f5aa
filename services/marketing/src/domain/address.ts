import { isMobileNumber } from "@trunkline/phone-number";
import type { SendChannel } from "./contact.ts";

/** Where a message on this channel goes; `to` is empty where there is no way, and `reason` says why. */
export function addressFor(
  channel: SendChannel,
  { phone, email }: { readonly phone: string; readonly email: string },
): { readonly to: string; readonly reason: "" | "no_address" | "no_mobile_number" } {
  const to = channel === "sms" ? phone : email;
  if (to === "") return { to, reason: "no_address" };
  return channel === "sms" && !isMobileNumber(to) ? { to: "", reason: "no_mobile_number" } : { to, reason: "" };
}
