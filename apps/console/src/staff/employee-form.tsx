import { NativeSelect, TextInput } from "@mantine/core";
import type { Employee } from "@trunkline/proto/workforce";
import { type FormEvent, useState } from "react";
import { employees } from "../api/clients.ts";
import { errorText, fieldOf } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { filled } from "../ui/filled.ts";
import { FormButtons } from "../ui/form-buttons.tsx";
import { useCalendars } from "../ui/lists.ts";
import { useEmployees } from "../ui/names.ts";
import { Refused } from "../ui/refused.tsx";
import { Rows } from "../ui/rows.tsx";
import { Section } from "../ui/section.tsx";
import { leave, useUnsaved } from "../ui/unsaved.tsx";
import { StandingActions } from "./actions.tsx";
import { type EmployeeFields, extensionReadable, profileOf, REFUSED_FIELD, skillsReadable, toFields } from "./employee-fields.ts";
import { Handover, newPassword } from "./handover.tsx";
import { RoleBoxes } from "./role-boxes.tsx";

const SHOWN_AT = new Set(["login", "name", "extension", "departmentId", "calendarId", "roles", "skills"]);

type Props = {
  readonly employee: Employee | undefined;
  readonly onSaved: (employee: Employee) => void;
  readonly onClose: () => void;
};

/** One employee, or a new one. What somebody else has saved meanwhile is not overwritten. */
export function EmployeeForm({ employee, onSaved, onClose }: Props) {
  const text = useTexts();
  const [before] = useState<EmployeeFields>(() => toFields(employee));
  const [fields, setFields] = useState(before);
  const [handed, setHanded] = useState<{ readonly password: string; readonly employee: Employee }>();
  // Once it is made, only its password is left to be handed over.
  useUnsaved(fields, handed ? fields : before);
  const active = employee?.profile?.active ?? true;
  const save = useAct(() => (employee ? update(employee, fields, active) : hire(fields)), {
    quiet: true,
    says: "staff.saved",
    changes: ["employees"],
    after: ({ saved, password }) => (password === "" ? saved && onSaved(saved) : saved && setHanded({ password, employee: saved })),
  });
  const again = useAct(() => employees.getEmployee({ employeeId: employee?.employeeId ?? "" }), {
    changes: ["employees"],
    after: (answer) => answer.employee && onSaved(answer.employee),
  });
  const field = save.error ? fieldOf(save.error, REFUSED_FIELD) : "";
  const errorAt = (name: string) => (save.error && field === name ? errorText(text, save.error) : undefined);
  const elsewhere = save.error && !SHOWN_AT.has(field) ? errorText(text, save.error) : "";
  const set = (change: Partial<EmployeeFields>) => {
    // What was refused is not what stands there now.
    if (field in change) save.reset();
    setFields({ ...fields, ...change });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (skillsReadable(fields) && extensionReadable(fields)) save.mutate();
  };
  return (
    <Section title={employee ? employee.name : text("staff.new")} className="fill staff-one">
      <form className="sheet" onSubmit={submit}>
        <Inputs fields={fields} set={set} errorAt={errorAt} isNew={!employee} />
        <Refused error={save.error} says={elsewhere} onLoadAgain={() => again.mutate()} />
        <div className="row wrap-row">
          {employee ? <StandingActions employee={employee} onSaved={onSaved} /> : <p className="dim grow">{text("staff.passwordHint")}</p>}
          <div className="grow" />
          <FormButtons submit={text("app.save")} busy={save.isPending} cancel={text("staff.close")} onCancel={() => leave(onClose)} />
        </div>
      </form>
      {handed ? <Handover login={fields.login} password={handed.password} onClose={() => onSaved(handed.employee)} /> : null}
    </Section>
  );
}

async function hire(fields: EmployeeFields) {
  const password = newPassword();
  const { login, name } = fields;
  const wanted = {
    login: login.trim(),
    name: name.trim(),
    password,
    mustChangePassword: true,
    profile: profileOf(fields, undefined, true),
  };
  return { saved: (await employees.createEmployee(wanted)).employee, password };
}

async function update({ employeeId, profile, revision }: Employee, fields: EmployeeFields, active: boolean) {
  const wanted = { employeeId, name: fields.name.trim(), profile: profileOf(fields, profile, active), revision };
  return { saved: (await employees.updateEmployee(wanted)).employee, password: "" };
}

type InputsProps = {
  readonly fields: EmployeeFields;
  readonly set: (change: Partial<EmployeeFields>) => void;
  readonly errorAt: (field: string) => string | undefined;
  readonly isNew: boolean;
};

function Inputs({ fields, set, errorAt, isNew }: InputsProps) {
  const text = useTexts();
  const calendars = useCalendars();
  const everybody = useEmployees() ?? [];
  const departments = [...new Set(everybody.map(({ profile }) => profile?.departmentId ?? ""))].filter((id) => id !== "");
  const skills = [...new Set(everybody.flatMap(({ profile }) => profile?.skills.map(({ skill }) => skill) ?? []))].sort();
  const bind = (name: "login" | "name" | "extension" | "departmentId" | "calendarId") => ({
    label: text(`staff.${name}`),
    value: fields[name],
    error: errorAt(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const known = calendars.includes(fields.calendarId) || fields.calendarId === "" ? calendars : [fields.calendarId, ...calendars];
  return (
    <div className="sheet-body">
      <div className="pair">
        <TextInput {...bind("name")} maxLength={100} {...filled(text)} autoFocus={isNew} />
        <TextInput {...bind("login")} maxLength={100} {...filled(text)} readOnly={!isNew} autoComplete="off" />
        <TextInput
          {...bind("extension")}
          error={extensionReadable(fields) ? errorAt("extension") : text("staff.extensionInvalid")}
          maxLength={20}
        />
        <TextInput {...bind("departmentId")} maxLength={64} list="departments" />
        <NativeSelect
          {...bind("calendarId")}
          data={[{ value: "", label: text("staff.noCalendar") }, ...known.map((value) => ({ value, label: value }))]}
        />
      </div>
      <datalist id="departments">
        {departments.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <RoleBoxes roles={fields.roles} onChange={(roles) => set({ roles })} error={errorAt("roles")} />
      <Rows
        label={text("staff.skills")}
        hint={text("staff.skillsHint")}
        error={skillsReadable(fields) ? errorAt("skills") : text("queues.skillsInvalid")}
        rows={fields.skills}
        onChange={(rows) => set({ skills: rows })}
        fields={[
          { label: text("queues.skill"), options: skills },
          { label: text("queues.level"), number: [1, 5] },
        ]}
        fresh={["", "3"]}
      />
    </div>
  );
}
