import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Call } from "@trunkline/proto/telephony";
import { useState } from "react";
import { instant } from "../agent/caller-card.ts";
import { calls } from "../api/clients.ts";
import { elapsed, moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useNames } from "../ui/names.ts";
import { Empty, Scroll, Section } from "../ui/section.tsx";
import { Player } from "./player.tsx";

const PAGE = 50;
const COLUMNS = ["at", "direction", "number", "queue", "agent", "outcome", "talk", "disposition", "quality", "recording"] as const;
const RIGHT = new Set<string>(["talk", "quality"]);

/** The latest calls of everybody, with what was recorded of them. */
export function CallsPage() {
  const text = useTexts();
  const names = useNames();
  const [heard, setHeard] = useState<Call>();
  const { data, hasNextPage, fetchNextPage, isFetching, refetch } = useInfiniteQuery({
    queryKey: ["calls"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => calls.listCalls({ pageSize: PAGE, pageToken: pageParam }),
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
  });
  const rows = data?.pages.flatMap((page) => page.calls) ?? [];
  const again = (
    <Button size="compact-xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
      {text("calls.again")}
    </Button>
  );
  return (
    <main className="calls">
      <Section title={text("calls.title")} className="fill" aside={again}>
        {data && rows.length === 0 ? <Empty title={text("calls.none")} /> : null}
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
                <Row key={call.callId} call={call} agent={names.get(call.employeeId) ?? ""} text={text} hear={() => setHeard(call)} />
              ))}
            </tbody>
          </table>
          {hasNextPage ? (
            <Button size="compact-xs" variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
              {text("calls.more")}
            </Button>
          ) : null}
        </Scroll>
      </Section>
      {heard ? <Player call={heard} names={names} onClose={() => setHeard(undefined)} /> : null}
    </main>
  );
}

type RowProps = { readonly call: Call; readonly agent: string; readonly text: Texts; readonly hear: () => void };

function Row({ call, agent, text, hear }: RowProps) {
  const { callerNumber, direction, disposition, mos, outcome, queue, queuedAt, recording, talkMs } = call;
  const how = outcome === "" ? "open" : (outcome as "answered" | "abandoned" | "left_queue" | "not_reached");
  return (
    <tr>
      <td className="num">{queuedAt ? moment(instant(queuedAt), Date.now(), text.language) : "–"}</td>
      <td>{text(direction === "outbound" ? "calls.outbound" : "calls.inbound")}</td>
      <td className="num">{callerNumber || text("call.withheld")}</td>
      <td>{queue || "–"}</td>
      <td>{agent || "–"}</td>
      <td>{text(`outcome.${how}`)}</td>
      <td className="right num">{talkMs > 0n ? elapsed(Number(talkMs)) : "–"}</td>
      <td className="ellipsis">{disposition || "–"}</td>
      <td className="right num">{mos > 0 ? mos.toFixed(1) : "–"}</td>
      <td>
        {recording?.state === "kept" ? (
          <Button size="compact-xs" variant="default" onClick={hear} aria-label={`${text("calls.hear")}: ${callerNumber}`}>
            {text("calls.hear")}
          </Button>
        ) : (
          <span className="dim">{recording ? text(`recording.${recording.state as "failed"}`) : "–"}</span>
        )}
      </td>
    </tr>
  );
}
