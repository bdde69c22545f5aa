import type { System } from "@trunkline/dev-env";

/** Messages a second that marketing may send while a drill looks. */
export const SMS_RATE = 30;
/** Submits that wait for the centre's answer may come all at once. */
const WINDOW = 10;
const LOOK_MS = 100;
const SECOND_MS = 1_000;

/** Looks how many messages the SMS centre has got, again and again; `tooMany` is the most above the rate in any second or so. */
export function watchRate({ simulators }: System): { tooMany(): number } & Disposable {
  let seen: { readonly at: number; readonly count: number }[] = [];
  let most = 0;
  const look = () => {
    const now = { at: performance.now(), count: simulators.sms().length };
    // The youngest look that lies a second back.
    const from = seen.findLast(({ at }) => now.at - at >= SECOND_MS);
    if (from) most = Math.max(most, now.count - from.count - (SMS_RATE * (now.at - from.at)) / SECOND_MS - WINDOW);
    seen = [...(from ? seen.slice(seen.indexOf(from)) : seen), now];
  };
  const looking = setInterval(look, LOOK_MS);
  return { tooMany: () => Math.ceil(Math.max(0, most)), [Symbol.dispose]: () => clearInterval(looking) };
}
