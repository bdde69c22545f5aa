import type { Kind } from "@trunkline/proto/records";
import { type FormEvent, useEffect, useState } from "react";
import { records } from "../api/clients.ts";
import { errorCode, errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { FormButtons } from "../ui/form-buttons.tsx";
import { Section } from "../ui/section.tsx";
import { leave, useUnsaved } from "../ui/unsaved.tsx";
import { asValue, type Draft, meant } from "./field-values.ts";
import { labelOf } from "./kinds.ts";
import { problemsOf } from "./problems.ts";
import { FieldInputs } from "./record-form.tsx";

type Props = { readonly kind: Kind; readonly onSaved: (recordId: string) => void; readonly onClose: () => void };

/** One more of this kind. One try keeps one id, so that a second click, or one after a lost answer, makes no second record. */
export function NewRecord({ kind, onSaved, onClose }: Props) {
  const text = useTexts();
  const [draft, setDraft] = useState<Draft>({});
  const [tried, setTried] = useState<{ readonly draft: Draft; readonly requestId: string }>();
  const [savedId, setSavedId] = useState("");
  useUnsaved(savedId === "" ? draft : {}, {});
  // Not before it is known that nothing is left to be saved here.
  useEffect(() => {
    if (savedId !== "") onSaved(savedId);
  }, [savedId, onSaved]);
  // What a step must be given, as why a lead is discarded, has its time then.
  const later = new Set(kind.actions.flatMap(({ asks }) => asks.flatMap(({ name, required }) => (required ? [name] : []))));
  const fields = kind.fields.filter(({ name, readOnly, retired }) => !readOnly && !retired && !later.has(name));
  const save = useAct((requestId: string) => records.createRecord({ requestId, kind: kind.kind, values: filled(fields, draft) }), {
    quiet: true,
    says: "records.saved",
    changes: ["records"],
    after: ({ record }) => setSavedId(record?.recordId ?? ""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const requestId = tried?.draft === draft ? tried.requestId : crypto.randomUUID();
    setTried({ draft, requestId });
    save.mutate(requestId);
  };
  const problems = problemsOf(text, save.error);
  return (
    <Section title={text("records.newOf", { kind: labelOf(text, kind.label) })} className="fill staff-one">
      <form className="sheet" onSubmit={submit} noValidate>
        <div className="sheet-body">
          <FieldInputs
            fields={fields}
            draft={draft}
            set={(name, value) => setDraft((before) => ({ ...before, [name]: value }))}
            problems={problems}
            linked={{}}
          />
        </div>
        {save.error && errorCode(save.error) !== "record_invalid" ? (
          <p className="form-error" role="alert">
            {errorText(text, save.error)}
          </p>
        ) : null}
        <div className="row end">
          <FormButtons submit={text("app.save")} busy={save.isPending} cancel={text("staff.close")} onCancel={() => leave(onClose)} />
        </div>
      </form>
    </Section>
  );
}

/** What was filled in, as values of the contract. */
export function filled(fields: Kind["fields"], draft: Draft) {
  const entries = fields.flatMap((field) => {
    const value = meant(field, draft[field.name] ?? "");
    return value === null ? [] : [[field.name, asValue(value)] as const];
  });
  return Object.fromEntries(entries);
}
