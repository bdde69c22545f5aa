import { Button } from "@mantine/core";
import type { CallQueue } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { callQueues } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Section } from "../ui/section.tsx";
import { fromFields, NEW_QUEUE, type QueueFields, type Staff, toFields, unreadable } from "./queue-fields.ts";
import { QueueInputs } from "./queue-inputs.tsx";
import { QueuePreview } from "./queue-preview.tsx";

type Props = {
  readonly queue: CallQueue | undefined;
  readonly queues: readonly CallQueue[];
  readonly staff: Staff;
  readonly onSaved: (queueId: string) => void;
};

/** The settings of one queue, and beside them what they would do now, before they are saved. */
export function QueueForm({ queue, queues, staff, onSaved }: Props) {
  const text = useTexts();
  const [fields, setFields] = useState<QueueFields>(() => (queue ? toFields(queue, staff) : NEW_QUEUE));
  const wrong = unreadable(fields, staff);
  const readable = wrong.length === 0;
  const save = useAct((settings: CallQueue) => callQueues.putCallQueue({ queue: settings }), {
    says: "queues.saved",
    changes: ["call-queues", "dispositions"],
    after: (_, { queueId }) => onSaved(queueId),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // What another supervisor has saved meanwhile is not overwritten.
    if (readable) save.mutate({ ...fromFields(fields, staff), revision: queue?.revision ?? 0 });
  };
  const set = (name: keyof QueueFields, value: string) => setFields((before) => ({ ...before, [name]: value }));
  return (
    <>
      <Section title={text("queues.title")} className="fill">
        <form className="queue-form" onSubmit={submit}>
          <QueueInputs fields={fields} set={set} wrong={wrong} isNew={!queue} queues={queues} />
          <div className="row end">
            <Button type="submit" loading={save.isPending} disabled={!readable}>
              {text("app.save")}
            </Button>
          </div>
        </form>
      </Section>
      <QueuePreview settings={() => fromFields(fields, staff)} ready={readable && fields.queueId !== "" && fields.name !== ""} />
    </>
  );
}
