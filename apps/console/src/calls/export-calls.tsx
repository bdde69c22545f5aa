import { Button } from "@mantine/core";
import type { Call } from "@trunkline/proto/telephony";
import { useEffect, useRef, useState } from "react";
import { instant } from "../agent/caller-card.ts";
import { calls } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { readable } from "../format/number.ts";
import { secondsOf } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { notify } from "../ui/notice.tsx";
import { allCalls, MOST_ROWS } from "./all-calls.ts";
import { type CallFilter, toRequest } from "./call-filter.ts";
import { type CallWords, useCallWords } from "./call-words.ts";
import { csvOf } from "./csv.ts";

const PAGE = 200;
type Props = { readonly filter: CallFilter; readonly names: ReadonlyMap<string, string> };

/** What the filter shows, as a file; numbers as the list shows them to this reader. */
export function ExportCalls({ filter, names }: Props) {
  const text = useTexts();
  const words = useCallWords();
  const [rows, setRows] = useState<number>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const stop = new AbortController();
    running.current = stop;
    setRows(0);
    try {
      const read = (pageToken: string) => calls.listCalls({ ...toRequest(filter), pageSize: PAGE, pageToken }, { signal: stop.signal });
      const found = await allCalls(read, stop.signal, setRows);
      if (!found) return;
      save(
        `calls${filter.day ? `-${filter.day}` : ""}.csv`,
        csvOf([titlesOf(text), ...found.calls.map((call) => rowOf(call, names, words, text))]),
      );
      notify("done", text(found.cut ? "export.cut" : "export.done", { count: found.calls.length, most: MOST_ROWS }));
    } catch (error) {
      if (!stop.signal.aborted) notify("failed", errorText(text, error));
    } finally {
      if (running.current === stop) setRows(undefined);
    }
  };
  if (rows === undefined)
    return (
      <Button size="compact-xs" variant="default" onClick={() => void start()}>
        {text("export.start")}
      </Button>
    );
  return (
    <span className="row" role="status">
      <span className="num">{text("export.progress", { rows })}</span>
      {/* It may stand where the start was: the second click of a double click means the file. */}
      <Button size="compact-xs" variant="default" onClick={({ detail }) => detail < 2 && stopped(running.current, setRows)}>
        {text("app.cancel")}
      </Button>
    </span>
  );
}

function stopped(running: AbortController | undefined, setRows: (rows: undefined) => void): void {
  running?.abort();
  setRows(undefined);
}

const TITLES = [
  "at",
  "direction",
  "number",
  "queue",
  "agent",
  "outcome",
  "waited",
  "talk",
  "hold",
  "disposition",
  "quality",
  "recording",
] as const;

const SECONDS = new Set<string>(["waited", "talk", "hold"]);
const titlesOf = (text: Texts) => TITLES.map((title) => `${text(`calls.${title}`)}${SECONDS.has(title) ? " (s)" : ""}`);

function rowOf(call: Call, names: ReadonlyMap<string, string>, words: CallWords, text: Texts): readonly string[] {
  const { queuedAt, answeredAt, direction, callerNumber, employeeId, talkMs, holdMs, mos, recording } = call;
  const seconds = (ms: number) => String(secondsOf(ms));
  return [
    queuedAt ? stamp(new Date(instant(queuedAt))) : "",
    text(direction === "outbound" ? "calls.outbound" : "calls.inbound"),
    readable(callerNumber) || text("call.withheld"),
    words.queue(call),
    names.get(employeeId) ?? "",
    words.outcome(call),
    queuedAt && answeredAt ? seconds(instant(answeredAt) - instant(queuedAt)) : "",
    seconds(Number(talkMs)),
    seconds(Number(holdMs)),
    words.disposition(call),
    mos > 0 ? mos.toFixed(1) : "",
    recording ? text.code("recording", recording.state) : "",
  ];
}

/** The reader's own time, in an order that sorts. */
function stamp(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function save(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url));
}
