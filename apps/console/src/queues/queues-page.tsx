import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { callQueues, employees } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { Empty, Section } from "../ui/section.tsx";
import { QueueForm } from "./queue-form.tsx";

/** Which queue's settings are open; empty: a new one's. */
export function QueuesPage() {
  const text = useTexts();
  const [chosen, setChosen] = useState<string>();
  const { data } = useQuery({
    queryKey: ["call-queues"],
    queryFn: async () => (await callQueues.listCallQueues({ pageSize: 200 })).queues,
  });
  const staff = useQuery({ queryKey: ["staff"], queryFn: async () => (await employees.listEmployees({ pageSize: 200 })).employees }).data;
  const extensions = useMemo(
    () => new Map((staff ?? []).flatMap(({ employeeId, profile }) => (profile?.extension ? [[profile.extension, employeeId]] : []))),
    [staff],
  );
  const queues = data ?? [];
  const current = chosen ?? queues[0]?.queueId ?? "";
  return (
    <main className="queues">
      <Section
        title={text("queues.list")}
        className="fill"
        aside={
          <Button size="compact-xs" variant="default" onClick={() => setChosen("")}>
            {text("queues.new")}
          </Button>
        }
      >
        {data && queues.length === 0 ? <Empty title={text("board.noQueues")} /> : null}
        <ul className="lines">
          {queues.map(({ queueId, name }) => (
            <li key={queueId}>
              <button type="button" className="plain grow" aria-current={queueId === current} onClick={() => setChosen(queueId)}>
                <span className="title">{name}</span>
                <span className="dim">{queueId}</span>
              </button>
            </li>
          ))}
        </ul>
      </Section>
      {data && staff ? (
        <QueueForm
          key={current}
          queue={queues.find(({ queueId }) => queueId === current)}
          queues={queues}
          staff={extensions}
          onSaved={setChosen}
        />
      ) : (
        <Section title={text("queues.title")} className="fill">
          <Empty title={text("app.loading")} />
        </Section>
      )}
    </main>
  );
}
