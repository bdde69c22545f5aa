export type CloseReason =
  | "bad_message"
  | "token_invalid"
  | "token_expired"
  | "token_stale"
  | "session_over"
  | "permission_denied"
  | "hello_missing"
  | "too_many_desktops"
  | "slow_reader"
  | "too_many_messages"
  | "restarting"
  | "network";

/** retry: it connects again by itself; log_in: it waits for renew() with another token (only session_over and token_invalid need a new session); stop: nothing helps but another program or user. */
export type Disposition = "retry" | "log_in" | "stop";

const CODES: Readonly<Record<number, readonly [CloseReason, Disposition]>> = {
  4400: ["bad_message", "stop"],
  4401: ["token_invalid", "log_in"],
  4403: ["permission_denied", "stop"],
  4408: ["hello_missing", "retry"],
  // Another one took its place: two that took turns would do so for ever.
  4409: ["too_many_desktops", "stop"],
  4429: ["slow_reader", "retry"],
  4503: ["restarting", "retry"],
};

/** Why a token is no longer good: the reason that is sent with the code says which. */
const TOKEN = ["token_expired", "token_stale", "session_over"] as const;

/** What a close code means and what is to be done; a code that is not ours is the network's. */
export function closeReason(code: number, text = ""): { readonly reason: CloseReason; readonly then: Disposition } {
  const [reason, then] = CODES[code] ?? (["network", "retry"] as const);
  if (then === "log_in") return { reason: TOKEN.find((each) => each === text) ?? reason, then };
  return { reason: reason === "slow_reader" && text === "too_many_messages" ? text : reason, then };
}
