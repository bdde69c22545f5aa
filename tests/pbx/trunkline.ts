import { fromBinary } from "@bufbuild/protobuf";
import { memoryBackend } from "@trunkline/mongo";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { takeCallEvent } from "../../services/analytics/src/consumers/take-call-event.ts";
import { openFactStore } from "../../services/analytics/src/stores/fact-store.ts";
import { openAmiConnection } from "../../services/telephony/src/connectors/ami-connection.ts";
import { factIntake } from "../../services/telephony/src/connectors/fact-intake.ts";
import type { Context } from "../../services/telephony/src/context.ts";
import { openFloor, TENANT } from "../../services/telephony/src/floor.test-support.ts";
import { type Counts, NONE } from "./queue-log.ts";

export type Pbx = { readonly host: string; readonly port: number; readonly user: string; readonly secret: string };
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const READY_MS = 10_000;

/** Telephony's own connection, decisions and events, and the figures that analytics makes of them; all in this process's memory. */
export async function openTrunkline(pbx: Pbx, extensions: readonly string[]) {
  const stack = new AsyncDisposableStack();
  const floor = stack.use(await openFloor([]));
  const context: Context = {
    ...floor.context,
    now: Date.now,
    callers: { isNew: () => false, forget: () => undefined } as unknown as Context["callers"],
  };
  for (const extension of extensions)
    await context.agents.put(TENANT, extension, { extension, active: true, skills: {}, roles: ["agent"], sequence: 1 });
  const intake = stack.use(factIntake(context, { id: "pbx", tenant: TENANT, routed: false, dialsOut: false, epoch: 1 }));
  const connection = stack.use(openAmiConnection({ ...pbx, log: SILENT, now: Date.now, onFacts: intake.handle }));
  await connection.ready(READY_MS);
  const facts = await openFactStore(memoryBackend({ offer: () => true }, Date.now));
  let taken = 0;
  return {
    /** What Trunkline has counted in this queue so far. */
    async counts(queue: string): Promise<Counts> {
      await intake.idle();
      await floor.drain();
      for (const { topic, id, n, payload } of floor.published.slice(taken))
        if (topic.endsWith("telephony.call.v1"))
          await takeCallEvent(facts, { tenant: TENANT, id, sequence: n, at: 0 }, fromBinary(CallEventSchema, payload));
      taken = floor.published.length;
      const counts = { ...NONE };
      for (const { row } of await facts.dirty(10_000)) {
        if (row.queue !== queue) continue;
        const sum = (measure: string) => row.parts.reduce((total, part) => total + (part.measure === measure ? part.n : 0), 0);
        counts.offered += sum("calls_offered");
        counts.answered += sum("calls_answered");
        counts.abandoned += sum("calls_abandoned");
        counts.left += sum("calls_left_queue");
        counts.talkMs += (row.memory["talkMs"] ?? 0) + (row.memory["holdMs"] ?? 0);
      }
      return counts;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
