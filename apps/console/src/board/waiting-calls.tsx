import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { BoardQueue } from "@trunkline/desktop-client";
import type { Call } from "@trunkline/proto/telephony";
import { instant } from "../agent/caller-card.ts";
import { calls } from "../api/clients.ts";
import { readable } from "../format/number.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { ListState } from "../ui/listed.tsx";

const SHOWN = 20;
const REFRESH_MS = 10_000;

/** Who waits in the queue, the one who has waited longest first; read anew when the board says that something has changed. */
export function WaitingCalls({ queue: { queueId, waiting, callbacks, longestWaitSince } }: { readonly queue: BoardQueue }) {
  const text = useTexts();
  const read = useQuery({
    queryKey: ["waiting-calls", queueId, waiting, callbacks, longestWaitSince],
    queryFn: () => calls.listCalls({ queue: queueId, outcome: "waiting", pageSize: SHOWN }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    gcTime: REFRESH_MS,
  });
  const { data, error } = read;
  if (!data && !error) return <p className="dim">{text("board.waitingForData")}</p>;
  return (
    <>
      <ListState read={read} count={data?.calls.length} none={<p className="dim">{text("board.nobodyWaits")}</p>} />
      <ul className="callers">
        {data?.calls.map((call) => (
          <li key={call.callId}>
            <span className="num">{readable(call.callerNumber) || text("call.withheld")}</span>
            <Elapsed since={instant(call.queuedAt)} />
            <span className="dim">{stateOf(call, text)}</span>
          </li>
        ))}
      </ul>
      {data?.nextPageToken ? <p className="dim">{text("board.longestFirst", { count: SHOWN })}</p> : null}
    </>
  );
}

function stateOf({ state, queueCallback }: Call, text: Texts): string {
  if (queueCallback) return text.code("queueCallback", queueCallback);
  return state === "ringing" ? text("state.ringing") : text("board.waiting");
}
