import { Button } from "@mantine/core";
import type { CallQueue } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { callQueues } from "../api/clients.ts";
import { errorCode, errorText, fieldOf } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Refused } from "../ui/refused.tsx";
import { Section } from "../ui/section.tsx";
import { useUnsaved } from "../ui/unsaved.tsx";
import {
  fromFields,
  isTaken,
  NEW_QUEUE,
  problemsOf,
  type QueueFields,
  type QueueLine,
  type QueueList,
  refusedFields,
  toFields,
} from "./queue-fields.ts";
import { QueueInputs } from "./queue-inputs.tsx";
import { QueuePreview } from "./queue-preview.tsx";

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
  const field = save.error ? fieldOf(save.error, refusedFields(!queue)) : "";
  const why = save.error
    ? field === "queueId" && isTaken(errorCode(save.error))
      ? text("queues.exists")
      : errorText(text, save.error)
    : "";
  const errorAt = (name: QueueLine | QueueList) => {
    const problem = problems[name];
    if (problem) return text(problem);
    return save.error && field === name ? why : undefined;
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // What another supervisor has saved meanwhile is not overwritten.
    if (readable) save.mutate({ ...fromFields(fields), revision: queue?.revision ?? 0 });
  };
  const set = (change: Partial<QueueFields>) => {
    // What was refused is not what stands there now.
    if (field in change) save.reset();
    setFields((before) => ({ ...before, ...change }));
  };
  return (
    <>
      <Section title={queue ? `${text("queues.title")}: ${queue.name}` : text("queues.new")} className="fill">
        <form className="sheet" onSubmit={submit}>
          <QueueInputs fields={fields} set={set} errorAt={errorAt} isNew={!queue} queues={queues} />
          <div className="row">
            <Refused
              error={field in fields ? undefined : save.error}
              says={field in fields ? "" : why}
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
