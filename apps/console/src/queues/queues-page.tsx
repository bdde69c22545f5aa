import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallQueue } from "@trunkline/proto/telephony";
import { useState } from "react";
import { useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { callQueuesQuery } from "../ui/lists.ts";
import { Empty, Section } from "../ui/section.tsx";
import { leave } from "../ui/unsaved.tsx";
import { QueueForm } from "./queue-form.tsx";

/** Which queue's settings are open, as they were when they were opened. */
export function QueuesPage() {
  const text = useTexts();
  const [chosen, setChosen] = useState<CallQueue | "new">();
  const read = useQuery(callQueuesQuery);
  const queues = read.data;
  // Read again meanwhile, it is still the one that was opened.
  if (!chosen && queues?.[0]) setChosen(queues[0]);
  const open = chosen === "new" ? undefined : chosen;
  return (
    <main className="queues">
      <Section
        title={text("queues.list")}
        className="fill"
        aside={
          <Button size="compact-xs" variant="default" onClick={() => leave(() => setChosen("new"))}>
            {text("queues.new")}
          </Button>
        }
      >
        <ListState read={read} count={queues?.length} none={<Empty title={text("board.noQueues")} />} />
        <ul className="lines">
          {(queues ?? []).map((queue) => (
            <li key={queue.queueId}>
              <button
                type="button"
                className="plain grow"
                aria-current={queue.queueId === open?.queueId}
                onClick={() => leave(() => setChosen(queue))}
              >
                <span className="title">{queue.name}</span>
                <span className="dim">{queue.queueId}</span>
              </button>
            </li>
          ))}
        </ul>
      </Section>
      {queues ? (
        <QueueForm key={open ? `${open.queueId}/${open.revision}` : "new"} queue={open} queues={queues} onSaved={setChosen} />
      ) : (
        <Section title={text("queues.title")} className="fill">
          {read.error ? null : <Empty title={text("app.loading")} />}
        </Section>
      )}
    </main>
  );
}
