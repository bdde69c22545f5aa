import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Figure } from "@trunkline/proto/analytics";
import { figures } from "../api/clients.ts";
import { startOfDay } from "../format/time.ts";

const WANTED = ["service_level", "asa", "calls_abandoned"] as const;
const REFRESH_MS = 30_000;
/** As many as one request takes. */
export const MOST_QUEUES = 100;

export type QueueFigures = Readonly<Partial<Record<(typeof WANTED)[number], Figure>>>;
const byName = (list: readonly Figure[]): QueueFigures => Object.fromEntries(list.map((figure) => [figure.name, figure]));

/** Of the reader's day so far, for each queue and under "" for all together: one request for all of them. */
export function useQueueFigures(queueIds: readonly string[]): ReadonlyMap<string, QueueFigures> {
  const queues = queueIds.slice(0, MOST_QUEUES).toSorted();
  const { data } = useQuery({
    queryKey: ["queue-figures", queues],
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const now = Date.now();
      const asked = { queues, figures: [...WANTED], from: timestampFromMs(startOfDay(now)), to: timestampFromMs(now) };
      const answer = await figures.getFigures(asked);
      return new Map([["", byName(answer.figures)], ...answer.queues.map((one) => [one.queue, byName(one.figures)] as const)]);
    },
  });
  return data ?? new Map();
}
