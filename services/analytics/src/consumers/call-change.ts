import type { CallEvent } from "@trunkline/proto/telephony";
import { ABANDONED, ANSWERED, LEFT } from "../domain/call-fact.ts";
import { named, nextVisit, visitOf } from "../domain/call-visit.ts";
import type { Fact, FactChange } from "../domain/fact.ts";
import type { Told } from "./told.ts";

/** What an event of a call tells the figures of the queue in which the call is, or to which it belongs. */
export function callChange({ event: { event }, at }: Told<CallEvent>, before: Fact["memory"]): FactChange {
  const visit = visitOf(before);
  const had = (name: string, of = visit) => before[named(name, of)] ?? 0;
  const keep = (memory: Fact["memory"], of = visit): FactChange => ({
    memory: Object.fromEntries(Object.entries(memory).map(([name, value]) => [named(name, of), value])),
  });
  switch (event.case) {
    case "queued":
      return { queue: event.value.queue, at, memory: { queuedAt: at } };
    case "moved":
      return movedOn(before, { at, talkMs: Number(event.value.talkMs), holdMs: Number(event.value.holdMs) });
    case "answered":
      // A transfer answers again: the queue's answer is the first.
      if (had("outcome") !== 0) return { memory: {} };
      return keep({ outcome: ANSWERED, waitMs: Number(event.value.waitMs), targetMs: Number(event.value.targetMs) });
    case "abandoned":
      return keep({ outcome: ABANDONED, waitMs: Number(event.value.waitMs) });
    case "leftQueue":
      return keep({ outcome: LEFT, waitMs: Number(event.value.waitMs) });
    case "ended":
      return keep(sinceMoved(before, Number(event.value.talkMs), Number(event.value.holdMs)));
    case "wrapUpEnded": {
      const wrapUpMs = Number(event.value.wrapUpMs);
      const of = visitAt(before, at - wrapUpMs);
      return keep({ wrapUpMs: had("wrapUpMs", of) + wrapUpMs }, of);
    }
    case "transferred":
      return keep({ transfers: had("transfers") + 1 });
    case "offerEnded":
      // Telephony says what it counts as, so that an agent's state and the figures agree.
      if (event.value.countsAs === "non_response") return keep({ missedOffers: had("missedOffers") + 1 });
      return event.value.countsAs === "unreachable" ? keep({ unreachable: had("unreachable") + 1 }) : { memory: {} };
    case "popShown":
      return keep({ shown: had("shown") + 1, shownMs: had("shownMs") + Number(event.value.ringToShownMs) });
    default:
      return { memory: {} };
  }
}

/** In which queue the call was when an agent's wrap-up began: it may be in another one by now, and that one's agent wraps up as well. */
function visitAt(before: Fact["memory"], at: number): number {
  let visit = visitOf(before);
  while (visit > 1 && (before[named("queuedAt", visit)] ?? 0) >= at) visit--;
  return visit;
}

/** In this queue the call is over; who was not answered here has left it. */
function movedOn(before: Fact["memory"], { at, talkMs, holdMs }: { at: number; talkMs: number; holdMs: number }): FactChange {
  const [visit, next] = [visitOf(before), nextVisit(before)];
  const left = before[named("outcome", visit)] ? {} : { outcome: LEFT, waitMs: Math.max(0, at - (before[named("queuedAt", visit)] ?? at)) };
  const over = Object.entries({ ...left, ...sinceMoved(before, talkMs, holdMs) }).map(([name, value]) => [named(name, visit), value]);
  return { memory: { ...Object.fromEntries(over), visit: next, [named("queuedAt", next)]: at, talked: talkMs, held: holdMs } };
}

/** Events tell of the whole call: what was before the last move counted there. */
function sinceMoved({ talked = 0, held = 0 }: Fact["memory"], talkMs: number, holdMs: number): Fact["memory"] {
  return { ended: 1, talkMs: Math.max(0, talkMs - talked), holdMs: Math.max(0, holdMs - held) };
}
