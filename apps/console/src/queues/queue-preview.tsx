import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallCandidate, CallQueue } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { agentSessions, callQueues, employees } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Empty, Scroll, Section } from "../ui/section.tsx";

/** Who would get a call now under the settings as they stand in the form. */
export function QueuePreview({ settings, ready }: { readonly settings: () => CallQueue; readonly ready: boolean }) {
  const text = useTexts();
  const [waited, setWaited] = useState("0");
  const preview = useAct(() => callQueues.previewCallQueue({ queue: settings(), waitedMs: BigInt(Math.round(Number(waited) * 1000)) }));
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
      {candidates ? <Candidates candidates={candidates} /> : null}
    </Section>
  );
}

function Candidates({ candidates }: { readonly candidates: readonly CallCandidate[] }) {
  const text = useTexts();
  const name = useAgentNames();
  if (candidates.length === 0) return <Empty title={text("queues.nobody")} />;
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            <th scope="col">{text("queues.rank")}</th>
            <th scope="col">{text("board.agent")}</th>
            <th scope="col">{text("queues.failed")}</th>
            <th scope="col" className="right">
              {text("queues.score")}
            </th>
          </tr>
        </thead>
        <tbody>
          {candidates.map(({ employeeId, rank, failed, score }) => (
            <tr key={employeeId} className={rank === 0 ? "dim" : ""}>
              <td className="num">{rank || "–"}</td>
              <th scope="row">{name(employeeId)}</th>
              <td>{failed.map((rule) => text.code("rule", rule)).join(", ") || "–"}</td>
              <td className="right num">{score.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Name and extension where they are known. */
function useAgentNames(): (employeeId: string) => string {
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: async () => (await agentSessions.listSessions({ pageSize: 200 })).sessions,
  });
  const staff = useQuery({ queryKey: ["staff"], queryFn: async () => (await employees.listEmployees({ pageSize: 200 })).employees });
  return (employeeId) => {
    const extension = sessions.data?.find((session) => session.employeeId === employeeId)?.extension ?? "";
    const name = staff.data?.find((employee) => employee.employeeId === employeeId)?.name ?? "";
    return [name, extension].filter((part) => part !== "").join(" · ") || employeeId.slice(0, 8);
  };
}
