import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Call } from "@trunkline/proto/telephony";
import { useState } from "react";
import { instant } from "../agent/caller-card.ts";
import { calls } from "../api/clients.ts";
import { readable } from "../format/number.ts";
import { elapsed, moment } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { useNames } from "../ui/names.ts";
import { Empty, Scroll, Section } from "../ui/section.tsx";
import { asRead } from "./all-calls.ts";
import { CallDetails } from "./call-details.tsx";
import { type CallFilter, NO_FILTER, toRequest } from "./call-filter.ts";
import { CallFilters } from "./call-filters.tsx";
import { useCallWords } from "./call-words.ts";
import { ExportCalls } from "./export-calls.tsx";
import { Player } from "./player.tsx";

const PAGE = 50;
const COLUMNS = ["at", "direction", "number", "queue", "agent", "outcome", "talk", "disposition", "quality", "recording"] as const;
const RIGHT = new Set<string>(["talk", "quality"]);

/** The latest calls of everybody, narrowed as the reader wants; one of them beside the list. */
export function CallsPage() {
  const text = useTexts();
  const names = useNames();
  const [filter, setFilter] = useState<CallFilter>(NO_FILTER);
  const [heard, setHeard] = useState<Call>();
  const [open, setOpen] = useState<Call>();
  const read = useInfiniteQuery({
    queryKey: ["calls", filter],
    initialPageParam: "",
    queryFn: ({ pageParam }) => calls.listCalls({ ...toRequest(filter), pageSize: PAGE, pageToken: pageParam }),
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
  });
  const { data, hasNextPage, fetchNextPage, isFetching, refetch } = read;
  const rows = data?.pages.flatMap((page) => page.calls) ?? [];
  const again = (
    <span className="row">
      <ExportCalls key={JSON.stringify(filter)} filter={filter} names={names} />
      <Button size="compact-xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
        {text("calls.again")}
      </Button>
    </span>
  );
  const none =
    filter === NO_FILTER ? <Empty title={text("calls.none")} /> : <Empty title={text("calls.noMatch")} hint={text("calls.noMatchHint")} />;
  return (
    <main className={`calls ${open ? "opened" : ""}`}>
      <Section title={text("calls.title")} className="fill" aside={again}>
        <CallFilters filter={filter} setFilter={setFilter} />
        <ListState read={read} count={data && rows.length} none={none} />
        {rows.length === 0 ? null : (
          <Scroll>
            <table>
              <thead>
                <tr>
                  {COLUMNS.map((column) => (
                    <th key={column} scope="col" className={RIGHT.has(column) ? "right" : ""}>
                      {text(`calls.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((call) => (
                  <Row
                    key={call.callId}
                    call={call}
                    agent={names.get(call.employeeId) ?? ""}
                    chosen={open?.callId === call.callId}
                    hear={() => setHeard(call)}
                    show={() => setOpen(call)}
                  />
                ))}
              </tbody>
            </table>
            {hasNextPage ? (
              <Button size="compact-xs" variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
                {text("calls.more")}
              </Button>
            ) : null}
          </Scroll>
        )}
      </Section>
      {open ? <CallDetails key={open.callId} call={asRead(rows, open)} names={names} onClose={() => setOpen(undefined)} /> : null}
      {heard ? <Player call={heard} names={names} onClose={() => setHeard(undefined)} /> : null}
    </main>
  );
}

type RowProps = {
  readonly call: Call;
  readonly agent: string;
  readonly chosen: boolean;
  readonly hear: () => void;
  readonly show: () => void;
};

function Row({ call, agent, chosen, hear, show }: RowProps) {
  const text = useTexts();
  const words = useCallWords();
  const { callerNumber, direction, mos, queuedAt, recording, talkMs } = call;
  const number = readable(callerNumber) || text("call.withheld");
  return (
    <tr className={chosen ? "chosen" : ""}>
      <td className="num">{queuedAt ? moment(instant(queuedAt), Date.now(), text.language) : "–"}</td>
      <td>{text(direction === "outbound" ? "calls.outbound" : "calls.inbound")}</td>
      <td className="num">
        <button type="button" className="plain" aria-label={text("calls.open", { number })} onClick={show}>
          {number}
        </button>
      </td>
      <td>{words.queue(call)}</td>
      <td>{agent || "–"}</td>
      <td>{words.outcome(call)}</td>
      <td className="right num">{talkMs > 0n ? elapsed(Number(talkMs)) : "–"}</td>
      <td className="ellipsis">{words.disposition(call)}</td>
      <td className="right num">{mos > 0 ? mos.toFixed(1) : "–"}</td>
      <td>
        {recording?.state === "kept" ? (
          <Button size="compact-xs" variant="default" onClick={hear} aria-label={`${text("calls.hear")}: ${number}`}>
            {text("calls.hear")}
          </Button>
        ) : (
          <span className="dim">{recording ? text.code("recording", recording.state) : "–"}</span>
        )}
      </td>
    </tr>
  );
}
