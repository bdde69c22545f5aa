import { backOff, type Logger } from "@trunkline/runtime";
import type { ConsumerRunConfig, Consumer as KafkaConsumer } from "kafkajs";
import type { Member as TransportMember } from "../transport.ts";
import { lostOffset } from "./patches.ts";

type Member = Pick<KafkaConsumer, "connect" | "subscribe" | "run" | "on"> & {
  readonly events: { readonly CRASH: KafkaConsumer["events"]["CRASH"] };
};

/**
 * Joins the group and stays in it. What the client holds for passing it restarts by itself; after anything else it would
 * end in silence, so it is started anew, except when its offset is lost: then only a person knows what to do.
 */
export async function openMembership(
  consumer: Member,
  topics: readonly string[],
  config: ConsumerRunConfig,
  log: Logger,
  stop: AbortSignal,
): Promise<Pick<TransportMember, "joined" | "failure">> {
  let failure: Error | undefined;
  const connect = async () => {
    await consumer.connect();
    for (const topic of topics) await consumer.subscribe({ topic, fromBeginning: true });
  };
  const startAgain = async () => {
    for (let attempt = 1; !stop.aborted; attempt++) {
      await backOff(attempt, 500, 5_000, stop);
      if (stop.aborted) return;
      try {
        await connect();
        return await consumer.run(config);
      } catch (error) {
        log.error({ err: error, attempt }, "the consumer could not be started again; it is tried again");
      }
    }
  };
  consumer.on(consumer.events.CRASH, async ({ payload: { error, restart } }) => {
    failure = lostOffset(error);
    if (failure) log.error({ err: failure }, failure.message);
    else if (!restart && !stop.aborted) {
      log.error({ err: error }, "the consumer has stopped; it is started again");
      await startAgain();
    }
  });
  await connect();
  // Not awaited: after a kill the group waits for the dead member's session to end, and a service answers calls meanwhile.
  const joined = consumer.run(config).catch((error: unknown) => log.error({ err: error }, "the consumer could not start"));
  return { joined, failure: () => failure };
}
