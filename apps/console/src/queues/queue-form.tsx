import { Button } from "@mantine/core";
import type { CallQueue } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { callQueues } from "../api/clients.ts";
import { errorText, fieldOf } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Refused } from "../ui/refused.tsx";
import { Section } from "../ui/section.tsx";
import { useUnsaved } from "../ui/unsaved.tsx";
import { fromFields, NEW_QUEUE, problemsOf, type QueueFields, type QueueLine, type QueueList, toFields } from "./queue-fields.ts";
import { QueueInputs } from "./queue-inputs.tsx";
import { QueuePreview } from "./queue-preview.tsx";

/** Which field a refusal belongs to, by its code. */
const REFUSED_FIELD: Readonly<Record<string, QueueLine | QueueList>> = {
  queue_overflow_circular: "overflow",
  queue_overflow_unknown: "overflow",
  calendar_unknown: "calendarId",
  calendar_not_here: "calendarId",
  agent_unknown: "agents",
};

type Props = {
  readonly queue: CallQueue | undefined;
  readonly queues: readonly CallQueue[];
  readonly onSaved: (queue: CallQueue) => void;
};

/** The settings of one queue, and beside them what they would do now, before they are saved. */
export function QueueForm({ queue, queues, onSaved }: Props) {
  const text = useTexts();
  const [saved] = useState<QueueFields>(() => (queue ? toFields(queue) : NEW_QUEUE));
  const [fields, setFields] = useState(saved);
  useUnsaved(fields, saved);
  const problems = problemsOf(fields);
  const readable = Object.keys(problems).length === 0;
  const save = useAct((settings: CallQueue) => callQueues.putCallQueue({ queue: settings }), {
    quiet: true,
    says: "queues.saved",
    changes: ["call-queues", "dispositions"],
    after: ({ queue: saved }) => saved && onSaved(saved),
  });
  const again = useAct(() => callQueues.getCallQueue({ queueId: fields.queueId }), {
    changes: ["call-queues"],
    after: (answer) => answer.queue && onSaved(answer.queue),
  });
  const field = save.error ? fieldOf(save.error, REFUSED_FIELD) : "";
  const errorAt = (name: QueueLine | QueueList) => {
    const problem = problems[name];
    if (problem) return text(problem);
    return save.error && field === name ? errorText(text, save.error) : undefined;
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // What another supervisor has saved meanwhile is not overwritten.
    if (readable) save.mutate({ ...fromFields(fields), revision: queue?.revision ?? 0 });
  };
  const set = (change: Partial<QueueFields>) => setFields((before) => ({ ...before, ...change }));
  return (
    <>
      <Section title={queue ? `${text("queues.title")}: ${queue.name}` : text("queues.new")} className="fill">
        <form className="sheet" onSubmit={submit}>
          <QueueInputs fields={fields} set={set} errorAt={errorAt} isNew={!queue} queues={queues} />
          <div className="row">
            <Refused
              error={save.error}
              says={save.error && !(field in fields) ? errorText(text, save.error) : ""}
              onLoadAgain={() => again.mutate()}
              className="grow"
            />
            <Button type="submit" loading={save.isPending} disabled={!readable}>
              {text("app.save")}
            </Button>
          </div>
        </form>
      </Section>
      <QueuePreview settings={() => fromFields(fields)} ready={readable && fields.queueId.trim() !== "" && fields.name.trim() !== ""} />
    </>
  );
}
