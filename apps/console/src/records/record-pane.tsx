import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Kind, Record as Shown } from "@trunkline/proto/records";
import { type FormEvent, useState } from "react";
import { useColleagueNames } from "../agent/colleagues.ts";
import { records } from "../api/clients.ts";
import { errorCode, errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { ListState } from "../ui/listed.tsx";
import { Refused } from "../ui/refused.tsx";
import { Empty, Section } from "../ui/section.tsx";
import { leave, useUnsaved } from "../ui/unsaved.tsx";
import { asValue, type Draft, jsonOf, meant, typed } from "./field-values.ts";
import { fieldOf, labelOf, rightOf, useShown } from "./kinds.ts";
import { problemsOf } from "./problems.ts";
import { RecordActions } from "./record-actions.tsx";
import { FieldInputs } from "./record-form.tsx";
import { RecordHistory } from "./record-history.tsx";
import { ofRecord } from "./record-list.tsx";

type Props = { readonly kind: Kind; readonly recordId: string; readonly onClose: () => void };

const recordQuery = (kind: string, recordId: string) => ({
  queryKey: ["records", kind, "one", recordId],
  queryFn: async () => (await records.getRecord({ kind, recordId })).record,
});

/** One record: its fields to be changed, its steps, who has it, and what was done with it. */
export function RecordPane({ kind, recordId, onClose }: Props) {
  const text = useTexts();
  const read = useQuery(recordQuery(kind.kind, recordId));
  const record = read.data;
  if (!record) {
    const gone = read.error && errorCode(read.error) === "record_not_found";
    return (
      <Section title={text("records.one")} className="fill staff-one">
        {gone ? <Empty title={errorText(text, read.error)} /> : <ListState read={read} count={undefined} />}
        {read.error ? null : <Empty title={text("app.loading")} />}
      </Section>
    );
  }
  return <RecordSheet key={record.revision} kind={kind} record={record} again={() => void read.refetch()} onClose={onClose} />;
}

type SheetProps = { readonly kind: Kind; readonly record: Shown; readonly again: () => void; readonly onClose: () => void };

function draftOf(kind: Kind, record: Shown): Draft {
  const fields = kind.fields.filter(({ readOnly }) => !readOnly);
  return Object.fromEntries(fields.map((field) => [field.name, typed(field, jsonOf(record.values[field.name]))]));
}

function RecordSheet({ kind, record, again, onClose }: SheetProps) {
  const text = useTexts();
  const [before] = useState(() => draftOf(kind, record));
  const [draft, setDraft] = useState(before);
  useUnsaved(draft, before);
  const fields = kind.fields.filter(({ readOnly, retired }) => !readOnly && !retired);
  const changed = fields.filter(({ name }) => draft[name] !== before[name]);
  const about = { kind: kind.kind, recordId: record.recordId };
  const save = useAct(
    () =>
      records.changeRecord({
        ...about,
        values: Object.fromEntries(changed.map((field) => [field.name, asValue(meant(field, draft[field.name] ?? ""))])),
        revision: record.revision,
      }),
    { quiet: true, says: "records.saved", changes: ["records"] },
  );
  const mayWrite = rightOf(kind, "write") && !record.removedAt;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed.length > 0) save.mutate();
  };
  const says = save.error && errorCode(save.error) !== "record_invalid" ? errorText(text, save.error) : "";
  return (
    <Section
      title={titleOf(kind, record) || labelOf(text, kind.label)}
      className="fill staff-one"
      aside={<span className="num dim">{record.number}</span>}
    >
      <div className="sheet-body">
        <Facts kind={kind} record={record} />
        <RecordActions kind={kind} record={record} />
        <form id="record" onSubmit={submit} noValidate>
          <FieldInputs
            fields={fields}
            draft={draft}
            set={(name, value) => setDraft((now) => ({ ...now, [name]: value }))}
            problems={problemsOf(text, save.error)}
            linked={record.linked}
            readOnly={!mayWrite}
          />
        </form>
        <RecordHistory kind={kind} record={record} />
      </div>
      <Refused error={save.error} says={says} onLoadAgain={again} />
      <div className="row end">
        {mayWrite ? (
          <FormButtonsFor busy={save.isPending} onClose={() => leave(onClose)} />
        ) : (
          <Button variant="default" onClick={() => leave(onClose)}>
            {text("staff.close")}
          </Button>
        )}
      </div>
    </Section>
  );
}

/** The form is further up: between it and its button stands what was done with the record. */
function FormButtonsFor({ busy, onClose }: { readonly busy: boolean; readonly onClose: () => void }) {
  const text = useTexts();
  return (
    <>
      <Button variant="default" onClick={onClose}>
        {text("staff.close")}
      </Button>
      <Button type="submit" form="record" loading={busy}>
        {text("app.save")}
      </Button>
    </>
  );
}

/** How a record is called: by its first text. */
function titleOf(kind: Kind, record: Shown): string {
  const field = kind.fields.find(({ search }) => search === "name");
  return field ? String(jsonOf(record.values[field.name]) ?? "") : record.number;
}

const KEPT = ["state", "ownerId", "createdAt", "changedAt"] as const;

function Facts({ kind, record }: Pick<SheetProps, "kind" | "record">) {
  const text = useTexts();
  const shown = useShown();
  const people = useColleagueNames();
  const facts = KEPT.flatMap((name) => fieldOf(kind, name) ?? []);
  return (
    <dl className="facts wide">
      {facts.map((field) => (
        <div key={field.name} className="fact">
          <dt>{labelOf(text, field.label)}</dt>
          <dd>{shown(field, ofRecord(record, field), { linked: record.linked, people }) || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
