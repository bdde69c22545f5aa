import type { Call } from "@trunkline/proto/telephony";
import { useTexts } from "../texts/i18n.ts";
import { useCallQueues } from "../ui/lists.ts";

type Words = Readonly<Record<"queue" | "outcome" | "disposition", (call: Call) => string>>;

/** What the codes of a call are called: a queue and its results by the names that its settings give them. */
export function useCallWords(): Words {
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
