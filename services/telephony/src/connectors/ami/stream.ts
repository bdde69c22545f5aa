import { withDeadline } from "@trunkline/runtime";
import type { PbxFact } from "../../facts/facts.ts";
import { onePerSession } from "../pbx/link.ts";
import { translateAmi } from "./facts.ts";
import type { AmiFrame } from "./frame.ts";
import type { AmiSession } from "./session.ts";
import { type AmiState, callOf, initialAmiState, type TrackedCall } from "./state.ts";
import { beginSync, syncActions } from "./sync.ts";

export type AmiStream = {
  /** Translates the events of one chunk of bytes. */
  take(frames: readonly AmiFrame[]): void;
  /** What is known of a call that is not over. */
  call(linkedid: string): TrackedCall | undefined;
  /** Asks for the lists and resolves when the snapshot is made; a second caller meanwhile gets the same one. */
  sync(session: AmiSession, deadlineMs: number): Promise<void>;
};

/** Frames in, numbered facts out, over all connections of one connector: what is known of live calls outlives a cut. */
export function amiStream(options: {
  readonly seq: number;
  readonly now: () => number;
  /** An instant of the exchange's clock as one of ours. */
  readonly ours: (at: number) => number;
  readonly deliver: (facts: readonly PbxFact[]) => void;
}): AmiStream {
  let state: AmiState = initialAmiState({ seq: options.seq });
  let count = 0;
  let made: PromiseWithResolvers<void> | undefined;

  async function run(session: AmiSession, deadlineMs: number): Promise<void> {
    const id = `sync-${++count}`;
    const snapshot = Promise.withResolvers<void>();
    made = snapshot;
    state = beginSync(state, id);
    const closed = session.closed.then((reason) => Promise.reject(reason));
    const answers = Promise.all(syncActions(id).map((action) => session.send(action, deadlineMs)));
    await withDeadline("the lists of the PBX", deadlineMs, Promise.race([answers.then(() => snapshot.promise), closed]));
  }

  return {
    take(frames) {
      const at = options.now();
      const batch: PbxFact[] = [];
      let synced = false;
      for (const frame of frames) {
        const step = translateAmi(state, frame, at, options.ours);
        state = step.state;
        for (const fact of step.facts) {
          batch.push(fact);
          synced ||= fact.kind === "snapshot";
        }
      }
      if (batch.length > 0) options.deliver(batch);
      if (synced) made?.resolve();
    },
    call: (linkedid) => callOf(state, linkedid),
    sync: onePerSession(run),
  };
}
