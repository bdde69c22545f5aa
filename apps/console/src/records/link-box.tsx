import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Field } from "@trunkline/proto/records";
import { useEffect, useId, useState } from "react";
import { useColleagueNames } from "../agent/colleagues.ts";
import { customers, records } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";

type Props = {
  readonly field: Field;
  readonly label: string;
  /** The id of what it leads to. */
  readonly value: string;
  readonly set: (id: string) => void;
  readonly error: string | undefined;
  readonly linked: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
};

type Offered = { readonly id: string; readonly name: string };

/** What a link leads to, found by typing a part of its name; of two that are called alike each has a number behind it. */
export function LinkBox({ field, label, value, set, error, linked, readOnly }: Props) {
  const text = useTexts();
  const list = useId();
  const people = useColleagueNames();
  const [chosen, setChosen] = useState<Offered>();
  const name =
    value === ""
      ? ""
      : ((chosen?.id === value ? chosen.name : undefined) ?? (field.to === "employee" ? people.get(value) : linked[value]) ?? value);
  const [typed, setTyped] = useState<string>();
  const wanted = typed?.trim() ?? "";
  const found = useQuery({
    queryKey: ["links", field.to, wanted],
    enabled: wanted !== "" && field.to !== "employee",
    queryFn: () => search(field.to, wanted),
    retry: false,
  });
  const offered = field.to === "employee" ? [...people].map(([id, one]) => ({ id, name: one })) : named(found.data ?? []);
  const meant = typed === undefined ? undefined : offered.find((each) => each.name === typed.trim());
  // What was typed whole is known only when the answer has come.
  useEffect(() => {
    if (!meant) return;
    setTyped(undefined);
    setChosen(meant);
    set(meant.id);
  }, [meant, set]);
  const enter = (entered: string) => {
    setTyped(entered);
    if (value !== "") set("");
  };
  const unknown =
    typed !== undefined && typed.trim() !== "" && found.isFetched && offered.length === 0 ? text("records.linkNone") : undefined;
  return (
    <>
      <TextInput
        label={label}
        error={error ?? unknown}
        value={typed ?? name}
        list={list}
        maxLength={60}
        placeholder={text("records.linkHint")}
        readOnly={readOnly}
        onChange={(event) => enter(event.currentTarget.value)}
      />
      <datalist id={list}>
        {offered.slice(0, 30).map((one) => (
          <option key={one.id} value={one.name} />
        ))}
      </datalist>
    </>
  );
}

function named(found: readonly (Offered & { readonly note: string })[]): readonly Offered[] {
  const count = Map.groupBy(found, (one) => one.name);
  return found.map(({ id, name, note }) => ({ id, name: (count.get(name)?.length ?? 0) > 1 && note !== "" ? `${name} · ${note}` : name }));
}

async function search(to: string, searchText: string): Promise<readonly (Offered & { readonly note: string })[]> {
  if (to === "customer") {
    const { matches } = await customers.searchCustomers({ searchText });
    return matches.flatMap(({ customer }) =>
      customer ? [{ id: customer.customerId, name: customer.name, note: customer.phones[0] ?? "" }] : [],
    );
  }
  const { found } = await records.searchRecords({ searchText, kinds: [to] });
  return found.flatMap(({ record }) => (record ? [{ id: record.recordId, name: String(record.number || record.recordId), note: "" }] : []));
}
