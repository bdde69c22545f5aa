import { Button, CloseButton, TextInput } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTexts } from "../texts/i18n.ts";

export type Pair = readonly [string, string];

type FrameProps = { readonly label: string; readonly hint: string; readonly error?: string | undefined; readonly children: ReactNode };

/** A list of small lines under one name, with what is wrong with it. */
export function RowsFrame({ label, hint, error, children }: FrameProps) {
  const id = useId();
  return (
    <fieldset className="rows" aria-describedby={id}>
      <legend>{label}</legend>
      {children}
      <p id={id} className={error ? "field-error" : "dim"}>
        {error ?? hint}
      </p>
    </fieldset>
  );
}

type Field = { readonly label: string; readonly options?: readonly string[]; readonly number?: readonly [number, number] };
type Props = Omit<FrameProps, "children"> & {
  readonly rows: readonly Pair[];
  readonly onChange: (rows: readonly Pair[]) => void;
  readonly fields: readonly [Field, Field];
  /** What a new line says. */
  readonly fresh: Pair;
};

/** Pairs to be written: a name and a number, or two texts. */
export function Rows({ rows, onChange, fields, fresh, ...frame }: Props) {
  const text = useTexts();
  const set = (index: number, place: 0 | 1, value: string) =>
    onChange(rows.map((row, n) => (n !== index ? row : place === 0 ? ([value, row[1]] as const) : ([row[0], value] as const))));
  return (
    <RowsFrame {...frame}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is what stands at its place
        <div key={index} className="rows-line">
          {([0, 1] as const).map((place) => (
            <RowField key={place} field={fields[place]} value={row[place]} line={index + 1} set={(value) => set(index, place, value)} />
          ))}
          <CloseButton
            aria-label={`${text("rows.remove")}: ${frame.label} ${index + 1}`}
            onClick={() => onChange(rows.filter((_, n) => n !== index))}
          />
        </div>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => onChange([...rows, fresh])}
        aria-label={`${text("rows.add")}: ${frame.label}`}
      >
        {text("rows.add")}
      </Button>
    </RowsFrame>
  );
}

type RowFieldProps = { readonly field: Field; readonly value: string; readonly line: number; readonly set: (value: string) => void };

function RowField({ field: { label, options, number }, value, line, set }: RowFieldProps) {
  const list = useId();
  return (
    <>
      <TextInput
        className={number ? "short" : "grow"}
        aria-label={`${label} ${line}`}
        placeholder={label}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
        {...(number ? { type: "number", min: number[0], max: number[1] } : { maxLength: 60 })}
        {...(options ? { list } : {})}
      />
      {options ? (
        <datalist id={list}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      ) : null}
    </>
  );
}
