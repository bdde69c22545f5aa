import { Button, CloseButton, NativeSelect, TextInput } from "@mantine/core";
import type { Field, Kind } from "@trunkline/proto/records";
import { useState } from "react";
import { useColleagueNames } from "../agent/colleagues.ts";
import { useTexts } from "../texts/i18n.ts";
import { SPANS, valuesOf } from "./conditions.ts";
import { fieldOf, labelOf } from "./kinds.ts";
import type { Asked, RecordAddress } from "./record-address.ts";
import type { Go } from "./records-page.tsx";

type Props = { readonly kind: Kind; readonly address: RecordAddress; readonly go: Go };

/** Which of them: what is asked stands there as words, and one more can be added; the order, and the bin. */
export function Filters({ kind, address: { conditions, sort, removed }, go }: Props) {
  const text = useTexts();
  const [adding, setAdding] = useState<Asked>();
  const askable = kind.fields.filter(({ retired, operators }) => !retired && operators.length > 0);
  const fresh = (name: string): Asked => {
    const operator = fieldOf(kind, name)?.operators[0] ?? "equal";
    return { field: name, operator, values: Array.from({ length: valuesOf(operator) }, () => "") };
  };
  const sorts = kind.sortable.flatMap((name) => {
    const label = labelOf(text, fieldOf(kind, name)?.label);
    return [
      { value: name, label: `${label} ↑` },
      { value: `-${name}`, label: `${label} ↓` },
    ];
  });
  return (
    <div className="filters">
      {conditions.map((one, n) => (
        <Chip
          key={JSON.stringify(one)}
          kind={kind}
          asked={one}
          onRemove={() => go({ conditions: conditions.filter((_, other) => other !== n) })}
        />
      ))}
      {adding ? (
        <Condition
          kind={kind}
          fields={askable}
          asked={adding}
          onChange={setAdding}
          fresh={fresh}
          onDone={(asked) => {
            setAdding(undefined);
            go({ conditions: [...conditions, asked] });
          }}
          onCancel={() => setAdding(undefined)}
        />
      ) : (
        <Button size="compact-xs" variant="default" onClick={() => setAdding(fresh("state"))}>
          {text("records.addFilter")}
        </Button>
      )}
      <div className="grow" />
      <NativeSelect
        aria-label={text("records.sort")}
        data={sorts}
        value={sort || kind.sort}
        onChange={(event) => go({ sort: event.currentTarget.value })}
      />
      <Button
        size="compact-xs"
        variant={removed ? "filled" : "default"}
        aria-pressed={removed}
        onClick={() => go({ removed: !removed, recordId: "" })}
      >
        {text("records.bin")}
      </Button>
    </div>
  );
}

type ChipProps = { readonly kind: Kind; readonly asked: Asked; readonly onRemove: () => void };

function Chip({ kind, asked: { field: name, operator, values }, onRemove }: ChipProps) {
  const text = useTexts();
  const people = useColleagueNames();
  const field = fieldOf(kind, name);
  const read = (value: string) => {
    if (operator === "within") return text.code("span", value);
    if (field?.type === "yes_no") return text(value === "true" ? "records.yes" : "records.no");
    if (field?.to === "employee") return people.get(value) ?? value;
    return labelOf(text, field?.choices.find((one) => one.value === value)?.label) || value.replace("T", " ");
  };
  const words = [labelOf(text, field?.label) || name, text.code("operator", operator), values.map(read).join(" – ")].join(" ");
  return (
    <span className="tag chip">
      {words}
      <CloseButton size="xs" aria-label={`${text("records.removeFilter")}: ${words}`} onClick={onRemove} />
    </span>
  );
}

type ConditionProps = {
  readonly kind: Kind;
  readonly fields: readonly Field[];
  readonly asked: Asked;
  readonly onChange: (asked: Asked) => void;
  readonly fresh: (field: string) => Asked;
  readonly onDone: (asked: Asked) => void;
  readonly onCancel: () => void;
};

/** Lists of values are for programs: a person asks for one of them. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set(["in", "not_in"]);

function Condition({ kind, fields, asked, onChange, fresh, onDone, onCancel }: ConditionProps) {
  const text = useTexts();
  const field = fieldOf(kind, asked.field);
  if (!field) return null;
  const set = (n: number) => (value: string) =>
    onChange({ ...asked, values: asked.values.map((one, other) => (other === n ? value : one)) });
  const complete = asked.values.every((value) => value.trim() !== "");
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) onDone(asked);
      }}
    >
      <NativeSelect
        aria-label={text("records.filterField")}
        data={fields.map(({ name, label }) => ({ value: name, label: labelOf(text, label) }))}
        value={asked.field}
        onChange={(event) => onChange(fresh(event.currentTarget.value))}
      />
      <NativeSelect
        aria-label={text("records.filterOperator")}
        data={field.operators.filter((one) => !FOR_PROGRAMS.has(one)).map((value) => ({ value, label: text.code("operator", value) }))}
        value={asked.operator}
        onChange={(event) => {
          const operator = event.currentTarget.value;
          onChange({ ...asked, operator, values: Array.from({ length: valuesOf(operator) }, (_, n) => asked.values[n] ?? "") });
        }}
      />
      {asked.values.map((value, n) => (
        <Wanted key={n === 0 ? "first" : "second"} field={field} operator={asked.operator} value={value} set={set(n)} />
      ))}
      <Button type="submit" size="compact-xs" disabled={!complete}>
        {text("records.applyFilter")}
      </Button>
      <Button size="compact-xs" variant="default" onClick={onCancel}>
        {text("app.cancel")}
      </Button>
    </form>
  );
}

type WantedProps = { readonly field: Field; readonly operator: string; readonly value: string; readonly set: (value: string) => void };

function Wanted({ field, operator, value, set }: WantedProps) {
  const text = useTexts();
  const people = useColleagueNames();
  const label = { "aria-label": text("records.filterValue") };
  const choose = (options: readonly { readonly value: string; readonly label: string }[]) => (
    <NativeSelect
      {...label}
      data={[{ value: "", label: "–" }, ...options]}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
  if (operator === "within") return choose(SPANS.map((span) => ({ value: span, label: text(`span.${span}`) })));
  if (field.type === "choice") return choose(field.choices.map((one) => ({ value: one.value, label: labelOf(text, one.label) })));
  if (field.type === "yes_no") {
    return choose([
      { value: "true", label: text("records.yes") },
      { value: "false", label: text("records.no") },
    ]);
  }
  if (field.to === "employee") return choose([...people].map(([id, name]) => ({ value: id, label: name })));
  const type =
    ({ date: "date", instant: "datetime-local", number: "number", money: "number" } as Readonly<Record<string, string>>)[field.type] ??
    "text";
  return <TextInput {...label} type={type} step="any" maxLength={200} value={value} onChange={(event) => set(event.currentTarget.value)} />;
}
