import { TextInput } from "@mantine/core";
import type { Employee } from "@trunkline/proto/workforce";
import { useId, useState } from "react";

const SHOWN = 30;

/** Name and extension, as people are chosen. */
export const personLabel = ({ name, profile }: Pick<Employee, "name" | "profile">): string =>
  profile?.extension ? `${name} · ${profile.extension}` : name;

/** Those whose name, log-in or extension has what was typed. */
export function peopleWith(people: readonly Employee[], typed: string): readonly Employee[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return people;
  return people.filter((one) => [personLabel(one), one.login].some((part) => part.toLowerCase().includes(wanted)));
}

type Props = {
  readonly label: string;
  readonly people: readonly Employee[];
  readonly onPick: (employee: Employee) => void;
  /** Who is chosen; emptied after each choice when it is left out. */
  readonly chosen?: string;
  readonly onCleared?: () => void;
};

/** One person out of many, by typing a part of the name, the log-in or the extension. */
export function PersonBox({ label, people, onPick, chosen, onCleared }: Props) {
  const list = useId();
  const [typed, setTyped] = useState(chosen ?? "");
  const found = peopleWith(people, typed).slice(0, SHOWN);
  const pick = (value: string) => {
    const person = people.find((one) => personLabel(one) === value);
    setTyped(person && chosen === undefined ? "" : value);
    if (person) onPick(person);
    else if (value === "") onCleared?.();
  };
  return (
    <>
      <TextInput
        aria-label={label}
        placeholder={label}
        value={typed}
        list={list}
        maxLength={100}
        onChange={(event) => pick(event.currentTarget.value)}
        onKeyDown={(event) => {
          // The only one that is left is meant.
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (typed !== "" && found.length === 1 && found[0]) pick(personLabel(found[0]));
        }}
      />
      <datalist id={list}>
        {found.map((one) => (
          <option key={one.employeeId} value={personLabel(one)} />
        ))}
      </datalist>
    </>
  );
}
