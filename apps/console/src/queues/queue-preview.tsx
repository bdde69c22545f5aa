import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { AgentSession, CallCandidate, CallQueue } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { agentSessions, callQueues } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { useNames } from "../ui/names.ts";
import { Empty, Scroll, Section } from "../ui/section.tsx";

/** Who would get a call now under the settings as they stand in the form. */
export function QueuePreview({ settings, ready }: { readonly settings: () => CallQueue; readonly ready: boolean }) {
  const text = useTexts();
  const [waited, setWaited] = useState("0");
  const queries = useQueryClient();
  const preview = useAct(async () => {
    const queue = settings();
    const { candidates } = await callQueues.previewCallQueue({ queue, waitedMs: BigInt(Math.round(Number(waited) * 1000)) });
    await queries.invalidateQueries({ queryKey: ["sessions"] });
    return { candidates, strategy: queue.strategy };
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    preview.mutate();
  };
  const candidates = preview.data?.candidates;
  return (
    <Section title={text("queues.previewTitle")} className="fill">
      <p className="dim">{text("queues.previewHint")}</p>
      <form className="row bottom" onSubmit={submit}>
        <TextInput
          className="grow"
          type="number"
          min={0}
          max={7200}
          label={text("queues.previewWaited")}
          value={waited}
          onChange={(event) => setWaited(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        <Button type="submit" variant="default" disabled={!ready} loading={preview.isPending}>
          {text("queues.preview")}
        </Button>
      </form>
      {candidates ? <Candidates candidates={candidates} strategy={preview.data?.strategy ?? ""} /> : null}
    </Section>
  );
}

type CandidatesProps = { readonly candidates: readonly CallCandidate[]; readonly strategy: string };

/** Who comes first, and by what: how long they have been free, or their points where the strategy gives any. */
function Candidates({ candidates, strategy }: CandidatesProps) {
  const text = useTexts();
  const names = useNames();
  const sessions = useSessions();
  const scored = candidates.some(({ score }) => score > 0);
  if (candidates.length === 0) return <Empty title={text("queues.nobody")} />;
  const nameOf = (employeeId: string) =>
    [names.get(employeeId), sessions.get(employeeId)?.extension].filter(Boolean).join(" · ") || employeeId.slice(0, 8);
  return (
    <>
      <p>{text("queues.decidedBy", { strategy: text.code("strategy", strategy) })}</p>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{text("queues.rank")}</th>
              <th scope="col">{text("board.agent")}</th>
              <th scope="col" className="right">
                {text("queues.idle")}
              </th>
              {scored ? (
                <th scope="col" className="right">
                  {text("queues.score")}
                </th>
              ) : null}
              <th scope="col">{text("queues.failed")}</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map(({ employeeId, rank, failed, score }) => (
              <tr key={employeeId} className={rank === 0 ? "dim" : ""}>
                <td className="num">{rank || "–"}</td>
                <th scope="row">{nameOf(employeeId)}</th>
                <td className="right num">
                  <Idle session={sessions.get(employeeId)} />
                </td>
                {scored ? <td className="right num">{score.toFixed(1)}</td> : null}
                <td>{failed.map((rule) => text.code("rule", rule)).join(", ") || "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function Idle({ session }: { readonly session: AgentSession | undefined }) {
  return session?.state === "ready" && session.stateSince ? <Elapsed since={timestampMs(session.stateSince)} /> : "–";
}

const MOST_PAGES = 10;

/** Agents' states, those that changed last first. */
function useSessions(): ReadonlyMap<string, AgentSession> {
  const { data } = useQuery({
    queryKey: ["sessions"],
    queryFn: async () => {
      const found = new Map<string, AgentSession>();
      let pageToken = "";
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await agentSessions.listSessions({ pageSize: 200, pageToken });
        for (const session of answer.sessions) found.set(session.employeeId, session);
        pageToken = answer.nextPageToken;
        if (pageToken === "") break;
      }
      return found;
    },
  });
  return data ?? new Map();
}
