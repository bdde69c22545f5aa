import type { Call } from "@trunkline/proto/telephony";
import { useTexts } from "../texts/i18n.ts";
import { useCallQueues } from "../ui/lists.ts";

export type CallWords = Readonly<Record<"outcome" | "disposition", (call: Call) => string>> & {
  queue(call: Pick<Call, "queue">): string;
};

/** What the codes of a call are called: a queue and its results by the names that its settings give them. */
export function useCallWords(): CallWords {
  const text = useTexts();
  const queues = new Map((useCallQueues() ?? []).map((queue) => [queue.queueId, queue]));
  return {
    queue: ({ queue }) => queues.get(queue)?.name || queue || "–",
    outcome: ({ outcome }) => text.code("outcome", outcome || "open"),
    disposition({ queue, disposition }) {
      const own = queues.get(queue)?.wrapUp?.dispositions.find(({ code }) => code === disposition);
      return own?.name ?? (disposition === "" ? "–" : text.code("disposition", disposition));
    },
  };
}
