import { Button, Kbd, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { requestQueues, requests } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { submitted } from "../ui/submitted.ts";
import { customerQuery } from "./customer-card.tsx";

export type About = { readonly customerId: string; readonly callId: string };

const TYPES = ["repair", "complaint", "suggestion", "how_to", "need", "feedback", "technical_support"] as const;
const PRIORITIES = ["normal", "low", "high", "urgent"] as const;

/** A new request. Once somebody has begun to write it stays with its customer, whoever calls meanwhile. */
export function RequestForm({ about }: { readonly about: About }) {
  const text = useTexts();
  const [round, setRound] = useState(0);
  const subject = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<About & { readonly requestId: string }>();
  const { customerId, callId } = draft ?? about;
  const begun = () => setDraft((begun) => begun ?? { ...about, requestId: crypto.randomUUID() });
  useShortcuts({ KeyN: () => subject.current?.focus() });
  const open = useAct(
    (fields: Record<"type" | "priority" | "subject" | "description" | "queueId", string>) =>
      requests.openRequest({ ...fields, customerId, callId, requestId: draft?.requestId ?? crypto.randomUUID() }),
    {
      says: "request.opened",
      changes: ["requests", "trail"],
      after() {
        setRound((last) => last + 1);
        setDraft(undefined);
      },
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const field = submitted(event);
    open.mutate({
      type: field("type"),
      priority: field("priority"),
      subject: field("subject"),
      description: field("description"),
      queueId: field("queue"),
    });
  };
  return (
    <Section title={text("request.title")} aside={<Kbd size="xs">Alt N</Kbd>}>
      <form className="stack tight" onSubmit={submit} onInput={begun}>
        <div className="pair">
          <TypeAndQueue />
        </div>
        <div className="pair narrow-first" key={`short-${round}`}>
          <NativeSelect
            name="priority"
            label={text("request.priority")}
            data={PRIORITIES.map((value) => ({ value, label: text(`priority.${value}`) }))}
          />
          <TextInput ref={subject} name="subject" label={text("request.subject")} maxLength={200} required withAsterisk={false} />
        </div>
        <Textarea key={`long-${round}`} name="description" label={text("request.description")} rows={2} maxLength={10_000} />
        <div className="row">
          <For customerId={customerId} />
          <Button type="submit" loading={open.isPending}>
            {text("request.submit")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function For({ customerId }: { readonly customerId: string }) {
  const text = useTexts();
  const { data } = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" });
  return (
    <span className="grow dim ellipsis" data-testid="request-for">
      {customerId === "" ? text("request.noCustomer") : text("request.forCustomer", { name: data?.name ?? "…" })}
    </span>
  );
}

/** The queue that took the last request of this type is offered first; nothing is guessed the first time. */
function TypeAndQueue() {
  const text = useTexts();
  const [type, setType] = useState<string>(TYPES[0]);
  const [last, setLast] = useState<Readonly<Record<string, string>>>({});
  const { data } = useQuery({
    queryKey: ["request-queues"],
    queryFn: async () => (await requestQueues.listRequestQueues({ pageSize: 200 })).queues,
    staleTime: 60_000,
  });
  return (
    <>
      <NativeSelect
        name="type"
        label={text("request.type")}
        data={TYPES.map((value) => ({ value, label: text(`type.${value}`) }))}
        value={type}
        onChange={(event) => setType(event.currentTarget.value)}
      />
      <NativeSelect
        name="queue"
        label={text("request.queue")}
        data={[
          { value: "", label: text("request.chooseQueue") },
          ...(data ?? []).map(({ queueId, name }) => ({ value: queueId, label: name })),
        ]}
        value={last[type] ?? ""}
        onChange={(event) => setLast({ ...last, [type]: event.currentTarget.value })}
        required
        withAsterisk={false}
      />
    </>
  );
}
