import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { useQueries } from "@tanstack/react-query";
import type { BoardQueue } from "@trunkline/desktop-client";
import type { Figure } from "@trunkline/proto/analytics";
import { figures } from "../api/clients.ts";
import { startOfDay } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Empty, Scroll } from "../ui/section.tsx";

const FIGURE = "service_level";
const REFRESH_MS = 30_000;
const MOST_QUEUES = 100;

export function QueueTable({ queues }: { readonly queues: readonly BoardQueue[] }) {
  const text = useTexts();
  const levels = useServiceLevels(queues.map(({ queueId }) => queueId));
  const formula = [...levels.values()].find((figure) => figure)?.formulaId;
  if (queues.length === 0) return <Empty title={text("board.noQueues")} />;
  return (
    <>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{text("board.queue")}</th>
              <th scope="col" className="right">
                {text("board.waiting")}
              </th>
              <th scope="col" className="right">
                {text("board.callbacks")}
              </th>
              <th scope="col" className="right">
                {text("board.longest")}
              </th>
              <th scope="col" className="right">
                {text("board.readyAgents")}
              </th>
              <th scope="col" className="right">
                {text("board.serviceLevel")}
              </th>
            </tr>
          </thead>
          <tbody>
            {queues.slice(0, MOST_QUEUES).map((queue) => (
              <Row key={queue.queueId} queue={queue} level={levels.get(queue.queueId)} text={text} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="formula dim">{formula ? `${text("board.formula")}: ${formula}` : null}</p>
    </>
  );
}

type RowProps = { readonly queue: BoardQueue; readonly level: Figure | undefined; readonly text: Texts };

function Row({ queue: { queueId, name, waiting, callbacks, longestWaitSince, ready }, level, text }: RowProps) {
  return (
    <tr className={waiting > 0 ? "busy" : ""}>
      <th scope="row">
        {name || queueId} {name && name !== queueId ? <span className="dim">{queueId}</span> : null}
      </th>
      <td className="right num big">{waiting}</td>
      <td className="right num">{callbacks}</td>
      <td className="right num">{waiting > 0 && longestWaitSince ? <Elapsed since={longestWaitSince} /> : "–"}</td>
      <td className="right num">{ready}</td>
      <td className="right num">
        {level?.hasValue ? (
          <>
            {percent(level.value, text.language)} <span className="dim">{`${level.numerator}/${level.denominator}`}</span>
          </>
        ) : (
          <span className="dim">{text("board.noValue")}</span>
        )}
      </td>
    </tr>
  );
}

const percent = (value: number, language: string) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(value);

/** Of the reader's day so far, for each queue. */
function useServiceLevels(queueIds: readonly string[]): ReadonlyMap<string, Figure | undefined> {
  const answers = useQueries({
    queries: queueIds.slice(0, MOST_QUEUES).map((queue) => ({
      queryKey: ["service-level", queue],
      refetchInterval: REFRESH_MS,
      queryFn: async () => {
        const now = Date.now();
        const asked = { queue, figures: [FIGURE], from: timestampFromMs(startOfDay(now)), to: timestampFromMs(now) };
        return (await figures.getFigures(asked)).figures[0] ?? null;
      },
    })),
  });
  return new Map(queueIds.map((queue, index) => [queue, answers[index]?.data ?? undefined]));
}
