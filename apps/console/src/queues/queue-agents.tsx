import { CloseButton, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { useTexts } from "../texts/i18n.ts";
import { useEmployees } from "../ui/names.ts";
import { PersonBox, personLabel } from "../ui/person-box.tsx";
import { type Pair, RowsFrame } from "../ui/rows.tsx";

/** The skills that somebody has. */
export function useSkills(): readonly string[] {
  const all = useEmployees();
  return useMemo(() => [...new Set((all ?? []).flatMap(({ profile }) => profile?.skills.map(({ skill }) => skill) ?? []))].sort(), [all]);
}

type Props = { readonly agents: readonly Pair[]; readonly onChange: (agents: readonly Pair[]) => void; readonly error: string | undefined };

/** Who takes the calls of the queue, by name, each with a tier. Somebody who is not known here stays as they are. */
export function QueueAgents({ agents, onChange, error }: Props) {
  const text = useTexts();
  const all = useEmployees() ?? [];
  const chosen = new Set(agents.map(([employeeId]) => employeeId));
  const offered = all.filter(({ employeeId, profile }) => profile?.active && profile.extension !== "" && !chosen.has(employeeId));
  const nameOf = (employeeId: string) => {
    const person = all.find((one) => one.employeeId === employeeId);
    return person ? personLabel(person) : employeeId;
  };
  return (
    <RowsFrame label={text("queues.agents")} hint={text("queues.agentsHint")} error={error}>
      {agents.map(([employeeId, tier]) => (
        <div key={employeeId} className="rows-line">
          <span className="name">{nameOf(employeeId)}</span>
          <TextInput
            className="short"
            type="number"
            min={1}
            max={9}
            aria-label={text("queues.tierOf", { name: nameOf(employeeId) })}
            value={tier}
            onChange={(event) => {
              const { value } = event.currentTarget;
              onChange(agents.map((agent) => (agent[0] === employeeId ? [employeeId, value] : agent)));
            }}
          />
          <CloseButton
            aria-label={`${text("rows.remove")}: ${nameOf(employeeId)}`}
            onClick={() => onChange(agents.filter(([id]) => id !== employeeId))}
          />
        </div>
      ))}
      <div className="rows-line">
        <div className="grow">
          <PersonBox
            label={text("queues.agentAdd")}
            people={offered}
            onPick={({ employeeId }) => onChange([...agents, [employeeId, "1"]])}
          />
        </div>
      </div>
    </RowsFrame>
  );
}
