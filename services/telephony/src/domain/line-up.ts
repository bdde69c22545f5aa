import { type CallQueue, needsAt, type SkillNeed } from "./call-queue.ts";
import { type Candidate, couldTake, type Seeking, standing } from "./distribution.ts";
import { type InOrder, inOrder, type Key } from "./in-order.ts";

/** Those who could take a call of a queue that has come to one step of its relaxations, the best first. */
type Lane = { readonly queue: CallQueue; readonly needs: readonly SkillNeed[]; readonly agents: InOrder<Candidate> };
type Standing = { readonly candidate: Candidate; readonly places: { readonly lane: Lane; readonly key: Key }[] };

/** The agents of a tenant who are ready, kept in the order in which each queue asks them. */
export type LineUp = {
  /** Only for who is ready. */
  put(candidate: Candidate): void;
  remove(employeeId: string): void;
  /** Unless something newer is known of the agent than this. */
  forget(candidate: Candidate): void;
  /** How many could take a call of this queue at this step. */
  count(queue: CallQueue, step: number): number;
  /**
   * Enough of those who could take the call to decide as if all had been asked: the best, whoever of them has let it pass, and the
   * preferred agent; if they are few, also some who could not, for the reason to say why. Empty when nobody could.
   * @param held not asked: something is under way for them that is not written yet
   */
  shortlist(queue: CallQueue, step: number, seeking: Seeking, held: { has(employeeId: string): boolean }): readonly Candidate[];
  all(): readonly Candidate[];
};

/** The winner, and who would have been next: what is kept as the reason. */
const SHORT = 10;

/** A queue's settings are compared by identity: equal ones are to be the same object. */
export function lineUp(): LineUp {
  const known = new Map<string, Standing>();
  const lanes = new Map<string, Map<number, Lane>>();
  const enter = (lane: Lane, { candidate, places }: Standing) => {
    if (!couldTake(lane.queue, lane.needs, candidate)) return;
    const key = { by: standing(lane.queue, candidate), id: candidate.session.id };
    lane.agents.put(key, candidate);
    places.push({ lane, key });
  };
  const laneOf = (queue: CallQueue, step: number): Lane => {
    const found = lanes.get(queue.id)?.get(step);
    if (found?.queue === queue) return found;
    const lane: Lane = { queue, needs: needsAt(queue, step), agents: inOrder() };
    // Of other settings nothing is of use any more.
    const steps = found ? new Map<number, Lane>() : (lanes.get(queue.id) ?? new Map<number, Lane>());
    lanes.set(queue.id, steps.set(step, lane));
    for (const one of known.values()) enter(lane, one);
    return lane;
  };
  const remove = (employeeId: string) => {
    for (const { lane, key } of known.get(employeeId)?.places ?? []) lane.agents.remove(key);
    known.delete(employeeId);
  };
  return {
    put(candidate) {
      remove(candidate.session.id);
      const one: Standing = { candidate, places: [] };
      known.set(candidate.session.id, one);
      for (const steps of lanes.values()) for (const lane of steps.values()) enter(lane, one);
    },
    remove,
    forget: (candidate) => {
      if (known.get(candidate.session.id)?.candidate === candidate) remove(candidate.session.id);
    },
    count: (queue, step) => laneOf(queue, step).agents.size,
    shortlist(queue, step, { preferred, passedBy }, held) {
      const lane = laneOf(queue, step);
      const short: Candidate[] = [];
      let eligible = 0;
      for (const candidate of lane.agents) {
        if (held.has(candidate.session.id)) continue;
        short.push(candidate);
        if (!passedBy.includes(candidate.session.id)) eligible += 1;
        if (eligible === SHORT) break;
      }
      const wanted = held.has(preferred) ? undefined : known.get(preferred);
      if (wanted?.places.some((place) => place.lane === lane) && !short.includes(wanted.candidate)) short.push(wanted.candidate);
      if (short.length === 0) return short;
      for (const { candidate, places } of known.values()) {
        if (short.length >= SHORT) break;
        if (!places.some((place) => place.lane === lane)) short.push(candidate);
      }
      return short;
    },
    all: () => [...known.values()].map(({ candidate }) => candidate),
  };
}
