import { Button } from "@mantine/core";
import type { CallQueue } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { callQueues } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Section } from "../ui/section.tsx";
import { dispositionsOf, fromFields, NEW_QUEUE, type QueueFields, skillsOf, toFields } from "./queue-fields.ts";
import { QueueInputs } from "./queue-inputs.tsx";
import { QueuePreview } from "./queue-preview.tsx";

type Props = {
  readonly queue: CallQueue | undefined;
  readonly queues: readonly CallQueue[];
  readonly onSaved: (queueId: string) => void;
};

/** The settings of one queue, and beside them what they would do now, before they are saved. */
export function QueueForm({ queue, queues, onSaved }: Props) {
  const text = useTexts();
  const [fields, setFields] = useState<QueueFields>(() => (queue ? toFields(queue) : NEW_QUEUE));
  const errors = {
    skills: skillsOf(fields.skills) ? undefined : text("queues.skillsInvalid"),
    dispositions: dispositionsOf(fields.dispositions) ? undefined : text("queues.dispositionsInvalid"),
  };
  const readable = !errors.skills && !errors.dispositions;
  const save = useAct((settings: CallQueue) => callQueues.putCallQueue({ queue: settings }), {
    says: "queues.saved",
    changes: ["call-queues", "dispositions"],
    after: (_, { queueId }) => onSaved(queueId),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (readable) save.mutate(fromFields(fields, queue));
  };
  const set = (name: keyof QueueFields, value: string) => setFields((before) => ({ ...before, [name]: value }));
  return (
    <>
      <Section title={text("queues.title")} className="fill">
        <form className="queue-form" onSubmit={submit}>
          <QueueInputs fields={fields} set={set} errors={errors} isNew={!queue} queues={queues} />
          <div className="row end">
            <Button type="submit" loading={save.isPending} disabled={!readable}>
              {text("app.save")}
            </Button>
          </div>
        </form>
      </Section>
      <QueuePreview settings={() => fromFields(fields, queue)} ready={readable && fields.queueId !== "" && fields.name !== ""} />
    </>
  );
}
