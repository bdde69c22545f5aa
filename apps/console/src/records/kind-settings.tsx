import { create } from "@bufbuild/protobuf";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { FieldSchema, type Kind } from "@trunkline/proto/records";
import { type FormEvent, useState } from "react";
import { records } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { FormButtons } from "../ui/form-buttons.tsx";
import { Refused } from "../ui/refused.tsx";
import { Section } from "../ui/section.tsx";
import { leave, useUnsaved } from "../ui/unsaved.tsx";
import { fieldOf, labelOf } from "./kinds.ts";
import { newOwnField, type OwnField, ownFieldOf, TYPES, toOwnField } from "./own-fields.ts";

type Props = { readonly kind: Kind; readonly onClose: () => void };

/** What the administrator makes of a kind: further fields, which everybody has as soon as they are saved. */
export function KindSettings({ kind, onClose }: Props) {
  const text = useTexts();
  const [before] = useState(() => kind.fields.filter(({ own }) => own).map(toOwnField));
  const [fields, setFields] = useState<readonly OwnField[]>(before);
  const [saved, setSaved] = useState(false);
  useUnsaved(saved ? before : fields, before);
  const save = useAct(
    () =>
      records.putKindSettings({
        kind: kind.kind,
        fields: fields.map((field) => create(FieldSchema, ownFieldOf(field, fieldOf(kind, field.key)))),
        revision: kind.revision,
      }),
    { quiet: true, says: "records.settingsSaved", changes: ["kinds", "records"], after: () => setSaved(true) },
  );
  const set = (index: number, change: Partial<OwnField>) => {
    setSaved(false);
    setFields(fields.map((field, n) => (n === index ? { ...field, ...change } : field)));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Section title={text("records.settingsOf", { kind: labelOf(text, kind.label) })} className="fill staff-one">
      <form className="sheet" onSubmit={submit}>
        <div className="sheet-body">
          <p className="dim">{text("records.settingsHint")}</p>
          {fields.map((field, index) => (
            <OwnFieldInputs
              key={field.key}
              field={field}
              isSaved={before.some(({ key }) => key === field.key)}
              set={(change) => set(index, change)}
            />
          ))}
          <div>
            <Button variant="default" onClick={() => setFields([...fields, newOwnField()])}>
              {text("records.addField")}
            </Button>
          </div>
        </div>
        <Refused error={save.error} says={save.error ? errorText(text, save.error) : ""} onLoadAgain={onClose} />
        <div className="row end">
          <FormButtons submit={text("app.save")} busy={save.isPending} cancel={text("staff.close")} onCancel={() => leave(onClose)} />
        </div>
      </form>
    </Section>
  );
}

type InputsProps = { readonly field: OwnField; readonly isSaved: boolean; readonly set: (change: Partial<OwnField>) => void };

function OwnFieldInputs({ field, isSaved, set }: InputsProps) {
  const text = useTexts();
  const bind = (name: "name" | "zh" | "en" | "choices") => ({
    value: field[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const flag = (name: "required" | "personal" | "retired") => (
    <label className="row">
      <input type="checkbox" checked={field[name]} onChange={(event) => set({ [name]: event.currentTarget.checked })} />
      {text(`records.${name}`)}
    </label>
  );
  return (
    <fieldset className="rows own-field">
      <legend>{(text.language === "en" ? field.en : field.zh) || field.name || text("records.newField")}</legend>
      <div className="pair">
        <TextInput label={text("records.labelZh")} maxLength={60} required withAsterisk={false} {...bind("zh")} />
        <TextInput label={text("records.labelEn")} maxLength={60} {...bind("en")} />
        <TextInput
          label={text("records.fieldName")}
          description={text("records.fieldNameHint")}
          maxLength={40}
          required
          withAsterisk={false}
          readOnly={isSaved}
          autoCapitalize="none"
          spellCheck={false}
          {...bind("name")}
        />
        <NativeSelect
          label={text("records.fieldType")}
          data={TYPES.map((value) => ({ value, label: text(`fieldType.${value}`) }))}
          value={field.type}
          disabled={isSaved}
          onChange={(event) => set({ type: event.currentTarget.value as OwnField["type"] })}
        />
        {field.type === "choice" ? (
          <TextInput
            label={text("records.choices")}
            description={text("records.choicesHint")}
            maxLength={2_000}
            required
            withAsterisk={false}
            {...bind("choices")}
          />
        ) : null}
      </div>
      <div className="row wrap-row">
        {flag("required")}
        {flag("personal")}
        {isSaved ? flag("retired") : null}
      </div>
    </fieldset>
  );
}
