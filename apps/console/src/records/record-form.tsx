import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { Field } from "@trunkline/proto/records";
import { useTexts } from "../texts/i18n.ts";
import type { Draft } from "./field-values.ts";
import { labelOf } from "./kinds.ts";
import { LinkBox } from "./link-box.tsx";

type Props = {
  readonly fields: readonly Field[];
  readonly draft: Draft;
  readonly set: (name: string, value: string) => void;
  /** What is wrong with a field, in the reader's language. */
  readonly problems: ReadonlyMap<string, string>;
  readonly linked: Readonly<Record<string, string>>;
  readonly readOnly?: boolean;
};

/** The fields of a record, or what an action asks for. */
export function FieldInputs({ fields, draft, set, problems, linked, readOnly = false }: Props) {
  return (
    <div className="pair">
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={draft[field.name] ?? ""}
          set={(value) => set(field.name, value)}
          error={problems.get(field.name)}
          linked={linked}
          readOnly={readOnly}
        />
      ))}
    </div>
  );
}

type InputProps = {
  readonly field: Field;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly error: string | undefined;
  readonly linked: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
};

const TYPES: Readonly<Record<string, string>> = { date: "date", instant: "datetime-local", email: "email", phone: "tel" };

function FieldInput({ field, value, set, error, linked, readOnly }: InputProps) {
  const text = useTexts();
  const label = `${labelOf(text, field.label)}${field.required ? " *" : ""}`;
  const common = { label, error, value, onChange: (event: { currentTarget: { value: string } }) => set(event.currentTarget.value) };
  const hint = field.type === "money" ? { description: field.currency || "CNY" } : {};
  if (field.type === "choice" && field.many === 0) {
    // What is not offered any more stays where it is.
    const offered = field.choices.filter((one) => !one.retired || one.value === value);
    const data = [{ value: "", label: "–" }, ...offered.map((one) => ({ value: one.value, label: labelOf(text, one.label) }))];
    return <NativeSelect {...common} data={data} disabled={readOnly} />;
  }
  if (field.type === "yes_no") {
    const data = [
      { value: "", label: "–" },
      { value: "true", label: text("records.yes") },
      { value: "false", label: text("records.no") },
    ];
    return <NativeSelect {...common} data={data} disabled={readOnly} />;
  }
  if (field.type === "link" && field.many === 0)
    return <LinkBox field={field} label={label} value={value} set={set} error={error} linked={linked} readOnly={readOnly} />;
  if (field.type === "long_text" || field.many > 0) {
    const lines = field.many > 0 ? { description: text("records.oneALine", { most: field.many }) } : {};
    return (
      <Textarea
        {...common}
        {...lines}
        className={field.type === "long_text" ? "wide" : ""}
        autosize
        minRows={field.many > 0 ? 1 : 3}
        maxRows={8}
        readOnly={readOnly}
      />
    );
  }
  return (
    <TextInput
      {...common}
      {...hint}
      type={TYPES[field.type] ?? "text"}
      inputMode={field.type === "number" || field.type === "money" ? "decimal" : undefined}
      maxLength={10_000}
      readOnly={readOnly}
    />
  );
}
