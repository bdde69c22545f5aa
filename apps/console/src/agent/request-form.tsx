import { Button, Kbd, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type RefObject, useRef, useState } from "react";
import { requests } from "../api/clients.ts";
import { readable } from "../format/number.ts";
import { useStored } from "../session/stored.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { filled } from "../ui/filled.ts";
import { notify } from "../ui/notice.tsx";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { customerQuery } from "./customer-query.ts";
import { type About, type Draft, type Fields, isAstray, meant, noFields, typed } from "./request-draft.ts";
import { useRequestQueues } from "./request-queues.ts";

const TYPES = ["repair", "complaint", "suggestion", "how_to", "need", "feedback", "technical_support"] as const;
const PRIORITIES = ["normal", "low", "high", "urgent"] as const;

/** A new request. Once somebody has begun to write it stays with its customer, whoever calls meanwhile, and says so. */
export function RequestForm({ about }: { readonly about: About }) {
  const text = useTexts();
  const subject = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useStored<Draft | undefined>("draft", undefined);
  const [idle, setIdle] = useState<Fields>(noFields);
  const whom = meant(draft, about);
  const name = useWho(whom, text);
  const fields = draft?.fields ?? idle;
  useShortcuts({ KeyN: () => subject.current?.focus() });
  const change = (changed: Partial<Fields>) => {
    const next = { ...fields, ...changed };
    setIdle({ ...next, subject: "", description: "" });
    setDraft((begun) => typed(begun, next, about, crypto.randomUUID()));
  };
  const clear = () => setDraft(undefined);
  const open = useAct(
    () => {
      const { customerId, callId } = whom;
      return requests.openRequest({ ...fields, customerId, callId, requestId: draft?.requestId ?? crypto.randomUUID() });
    },
    {
      changes: ["requests", "trail"],
      after({ request }) {
        clear();
        const about = name || text("request.noCustomer");
        void numberOf(request?.requestId ?? "").then((number) => notify("done", text("request.openedFor", { number, name: about })));
      },
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    open.mutate();
  };
  const aside = draft ? (
    <Button size="compact-xs" variant="default" onClick={clear}>
      {text("request.clear")}
    </Button>
  ) : (
    <Kbd size="xs">Alt N</Kbd>
  );
  return (
    <Section title={text("request.title")} aside={aside}>
      <form className="stack tight" onSubmit={submit}>
        <Inputs fields={fields} onChange={change} subject={subject} />
        {draft && isAstray(draft, about) ? (
          <Astray draft={draft} name={name} about={about} onChange={setDraft} />
        ) : (
          <div className="row draft">
            <span className={`grow ellipsis ${draft?.kept ? "bad" : "dim"}`} data-testid="request-for">
              {name === "" ? text("request.noCustomer") : text("request.forCustomer", { name })}
            </span>
            <Button type="submit" loading={open.isPending}>
              {text("request.submit")}
            </Button>
          </div>
        )}
      </form>
    </Section>
  );
}

const NUMBER_TRIES = 5;
const NUMBER_MS = 300;

/** A request has its number a moment after it was opened; empty when that takes too long. */
async function numberOf(requestId: string): Promise<string> {
  for (let attempt = 0; attempt < NUMBER_TRIES; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, NUMBER_MS));
    const number = await requests.getRequest({ requestId }).then(
      ({ request }) => request?.number ?? "",
      () => "",
    );
    if (number !== "") return number;
  }
  return "";
}

/** The customer's name, or the number that called; empty when there is neither. */
function useWho({ customerId, number }: About, text: Texts): string {
  const { data } = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" });
  if (customerId === "") return number === "" ? "" : text("request.caller", { number: readable(number) });
  return data?.name ?? "…";
}

type AstrayProps = {
  readonly draft: Draft;
  readonly name: string;
  readonly about: About;
  readonly onChange: (draft: Draft | undefined) => void;
};

/** The draft is for somebody else than the screen shows: nothing is sent before the agent has said what is meant. */
function Astray({ draft, name, about, onChange }: AstrayProps) {
  const text = useTexts();
  const { data } = useQuery({ ...customerQuery(about.customerId), enabled: about.customerId !== "" });
  const now = data?.name ?? "";
  return (
    <div className="astray" role="alert">
      <strong className="ellipsis">{text("draft.belongsTo", { name: name || text("request.noCustomer") })}</strong>
      <span className="row">
        <Button size="compact-xs" className="fixed" variant="default" onClick={() => onChange({ ...draft, kept: true })}>
          {text("draft.keep")}
        </Button>
        <Button size="compact-xs" className="fixed" variant="default" onClick={() => onChange(undefined)}>
          {text("draft.discard")}
        </Button>
        <Button size="compact-xs" className="shrink" onClick={() => onChange({ ...draft, about })}>
          {text("draft.useFor", { name: now || readable(about.number) || text("request.noCustomer") })}
        </Button>
      </span>
    </div>
  );
}

type InputsProps = {
  readonly fields: Fields;
  readonly onChange: (changed: Partial<Fields>) => void;
  readonly subject: RefObject<HTMLInputElement | null>;
};

/** The queue that took the last request of this type is offered first; nothing is guessed the first time. */
function Inputs({ fields, onChange, subject }: InputsProps) {
  const text = useTexts();
  const [last, setLast] = useState<Readonly<Record<string, string>>>({});
  const data = useRequestQueues();
  return (
    <>
      <div className="pair">
        <NativeSelect
          label={text("request.type")}
          data={TYPES.map((value) => ({ value, label: text(`type.${value}`) }))}
          value={fields.type}
          onChange={({ currentTarget: { value } }) => onChange({ type: value, queueId: last[value] ?? "" })}
        />
        <NativeSelect
          label={text("request.queue")}
          data={[
            { value: "", label: text("request.chooseQueue") },
            ...(data ?? []).map(({ queueId, name }) => ({ value: queueId, label: name })),
          ]}
          value={fields.queueId}
          onChange={({ currentTarget: { value } }) => {
            setLast({ ...last, [fields.type]: value });
            onChange({ queueId: value });
          }}
          required
          withAsterisk={false}
        />
      </div>
      <div className="pair narrow-first">
        <NativeSelect
          label={text("request.priority")}
          data={PRIORITIES.map((value) => ({ value, label: text(`priority.${value}`) }))}
          value={fields.priority}
          onChange={({ currentTarget: { value } }) => onChange({ priority: value })}
        />
        <TextInput
          ref={subject}
          label={text("request.subject")}
          value={fields.subject}
          onChange={({ currentTarget: { value } }) => onChange({ subject: value })}
          maxLength={200}
          {...filled(text)}
        />
      </div>
      <Textarea
        label={text("request.description")}
        value={fields.description}
        onChange={({ currentTarget: { value } }) => onChange({ description: value })}
        rows={2}
        maxLength={10_000}
      />
    </>
  );
}
