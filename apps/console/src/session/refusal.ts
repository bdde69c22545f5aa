/** A clock that is wrong by no more than this takes no end for another one. */
export const SOON_MS = 5 * 60_000;

/** over: its time is up, or its token is not good; ended: the server ended it, long before its time. */
export type Refusal = "over" | "ended";

/** What a refused token says of its session. @param left of the session's time, by this machine's clock */
export const refusalOf = (code: string, left: number): Refusal => (code === "session_over" && left > SOON_MS ? "ended" : "over");
