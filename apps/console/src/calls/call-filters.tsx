import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useTexts } from "../texts/i18n.ts";
import { useCallQueues } from "../ui/lists.ts";
import { useEmployees } from "../ui/names.ts";
import { PersonBox, personLabel } from "../ui/person-box.tsx";
import { type CallFilter, NO_FILTER } from "./call-filter.ts";

const OUTCOMES = ["open", "answered", "abandoned", "left_queue", "not_reached"] as const;

type Props = { readonly filter: CallFilter; readonly setFilter: (filter: CallFilter) => void };

/** Which calls: all that is chosen must hold. */
export function CallFilters({ filter, setFilter }: Props) {
  const text = useTexts();
  const queues = useCallQueues() ?? [];
  const people = useEmployees() ?? [];
  const any = { value: "", label: text("calls.any") };
  const bind = (name: keyof CallFilter) => ({
    value: filter[name],
    onChange: (event: { currentTarget: { value: string } }) => setFilter({ ...filter, [name]: event.currentTarget.value }),
  });
  const chosen = people.find(({ employeeId }) => employeeId === filter.employeeId);
  return (
    <div className="filters">
      <NativeSelect
        label={text("calls.queue")}
        data={[any, ...queues.map(({ queueId, name }) => ({ value: queueId, label: name }))]}
        {...bind("queue")}
      />
      <NativeSelect
        label={text("calls.filterOutcome")}
        data={[any, ...OUTCOMES.map((value) => ({ value, label: text(`outcome.${value}`) }))]}
        {...bind("outcome")}
      />
      <TextInput type="date" label={text("calls.filterDay")} {...bind("day")} />
      <div className="filter-person">
        <PersonBox
          key={filter.employeeId}
          label={text("calls.filterAgent")}
          people={people}
          chosen={chosen ? personLabel(chosen) : ""}
          onPick={({ employeeId }) => setFilter({ ...filter, employeeId })}
          onCleared={() => filter.employeeId !== "" && setFilter({ ...filter, employeeId: "" })}
        />
      </div>
      {Object.values(filter).some((value) => value !== "") ? (
        <Button variant="default" onClick={() => setFilter(NO_FILTER)}>
          {text("calls.clear")}
        </Button>
      ) : null}
    </div>
  );
}
