import type { BoardQueue } from "@trunkline/desktop-client";
import type { Figure } from "@trunkline/proto/analytics";
import { useState } from "react";
import { elapsed } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { useCallQueues } from "../ui/lists.ts";
import { Empty, Scroll } from "../ui/section.tsx";
import { MOST_QUEUES, type QueueFigures, useQueueFigures } from "./queue-figures.ts";
import { WaitingCalls } from "./waiting-calls.tsx";

const COLUMNS = [
  "board.queue",
  "board.waiting",
  "board.longest",
  "board.readyAgents",
  "board.callbacks",
  "board.abandonedToday",
  "board.asa",
  "board.serviceLevel",
] as const;

export function QueueTable({ queues }: { readonly queues: readonly BoardQueue[] }) {
  const text = useTexts();
  const figures = useQueueFigures(queues.map(({ queueId }) => queueId));
  const [open, setOpen] = useState("");
  const settings = new Map((useCallQueues() ?? []).map(({ queueId, targetMs }) => [queueId, Number(targetMs) / 1000]));
  if (queues.length === 0) return <Empty title={text("board.noQueues")} />;
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={column === "board.queue" ? "" : "right"}>
                {text(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {queues.slice(0, MOST_QUEUES).map((queue) => (
            <Row
              key={queue.queueId}
              queue={queue}
              today={figures.get(queue.queueId)}
              target={settings.get(queue.queueId)}
              text={text}
              open={open === queue.queueId}
              onOpen={setOpen}
            />
          ))}
        </tbody>
        {queues.length > 1 ? <Total queues={queues} today={figures.get("")} text={text} /> : null}
      </table>
    </Scroll>
  );
}

type RowProps = {
  readonly queue: BoardQueue;
  readonly today: QueueFigures | undefined;
  /** Seconds; none where the queue has no settings. */
  readonly target: number | undefined;
  readonly text: Texts;
  /** Who waits in it is shown too. */
  readonly open: boolean;
  readonly onOpen: (queueId: string) => void;
};

function Row({ queue, today, target, text, open, onOpen }: RowProps) {
  const { queueId, name, waiting, callbacks, longestWaitSince, ready } = queue;
  return (
    <>
      <tr className={waiting > 0 ? "busy" : ""}>
        <th scope="row">
          <button
            type="button"
            className="plain"
            aria-expanded={open}
            title={text("board.whoWaits")}
            onClick={() => onOpen(open ? "" : queueId)}
          >
            {name || queueId}
          </button>{" "}
          {name && name !== queueId ? <span className="dim">{queueId}</span> : null}
        </th>
        <td className="right num big">{waiting}</td>
        <td className="right num">{waiting > 0 && longestWaitSince ? <Elapsed since={longestWaitSince} /> : "–"}</td>
        <td className="right num">{ready}</td>
        <td className="right num">{callbacks}</td>
        <Today today={today} target={target ?? DEFAULT_TARGET} text={text} />
      </tr>
      {open ? (
        <tr className="opened">
          <td colSpan={COLUMNS.length}>
            <WaitingCalls queue={queue} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** A queue without settings is held to this one, in seconds. */
const DEFAULT_TARGET = 20;

function Total({
  queues,
  today,
  text,
}: {
  readonly queues: readonly BoardQueue[];
  readonly today: QueueFigures | undefined;
  readonly text: Texts;
}) {
  const sum = (part: (queue: BoardQueue) => number) => queues.reduce((all, queue) => all + part(queue), 0);
  return (
    <tfoot>
      <tr>
        <th scope="row">{text("board.allQueues")}</th>
        <td className="right num big">{sum(({ waiting }) => waiting)}</td>
        <td className="right">–</td>
        {/* An agent of two queues would be counted twice. */}
        <td className="right">–</td>
        <td className="right num">{sum(({ callbacks }) => callbacks)}</td>
        <Today today={today} target={0} text={text} />
      </tr>
    </tfoot>
  );
}

type TodayProps = { readonly today: QueueFigures | undefined; readonly target: number; readonly text: Texts };

/** What was counted today, in words; how it is counted stands in the title of each. */
function Today({ today, target, text }: TodayProps) {
  const { calls_abandoned: abandoned, asa, service_level: level } = today ?? {};
  const none = <span className="dim">{text("board.noValue")}</span>;
  const titleOf = (figure: Figure | undefined) => figure && text.code("figure", figure.formulaId);
  // Not read yet, or it could not be read.
  const unknown = "–";
  return (
    <>
      <td className="right num" title={titleOf(abandoned)}>
        {abandoned ? String(abandoned.numerator) : unknown}
      </td>
      <td className="right num" title={titleOf(asa)}>
        {asa?.hasValue ? elapsed(asa.value) : asa ? none : unknown}
      </td>
      <td className="right num" title={titleOf(level)}>
        {level?.hasValue ? <Share level={level} target={target} text={text} /> : level ? none : unknown}
      </td>
    </>
  );
}

function Share({ level, target, text }: { readonly level: Figure; readonly target: number; readonly text: Texts }) {
  const share = new Intl.NumberFormat(text.language, { style: "percent", maximumFractionDigits: 1 }).format(level.value);
  return (
    <>
      {target > 0 ? text("board.within", { seconds: target, share }) : text("board.onTarget", { share })}{" "}
      <span className="dim">{text("board.share", { n: String(level.numerator), all: String(level.denominator) })}</span>
    </>
  );
}
