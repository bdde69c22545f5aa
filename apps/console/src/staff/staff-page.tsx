import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Employee } from "@trunkline/proto/workforce";
import { useState } from "react";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { employeesQuery } from "../ui/names.ts";
import { peopleWith } from "../ui/person-box.tsx";
import { Empty, Scroll, Section } from "../ui/section.tsx";
import { leave } from "../ui/unsaved.tsx";
import { EmployeeForm } from "./employee-form.tsx";

/** More lines help nobody: the reader goes on typing. */
const SHOWN = 200;
const STANDING = ["active", "left", "everybody"] as const;
type Standing = (typeof STANDING)[number];
const COLUMNS = ["name", "login", "extension", "roles", "standing"] as const;

/** The employees of the tenant: who there is on the left, one of them on the right. */
export function StaffPage() {
  const text = useTexts();
  const read = useQuery(employeesQuery);
  const all = read.data;
  const [typed, setTyped] = useState("");
  const [standing, setStanding] = useState<Standing>("active");
  const [open, setOpen] = useState<Employee | "new">();
  const found = peopleWith(all ?? [], typed).filter(
    ({ profile }) => standing === "everybody" || (profile?.active ?? false) === (standing === "active"),
  );
  const count = all ? text("staff.count", { found: found.length, all: all.length }) : "";
  return (
    <main className={`staff ${open ? "opened" : ""}`}>
      <Section title={text("staff.title")} className="fill staff-list" aside={<span className="count num">{count}</span>}>
        <div className="row bottom">
          <TextInput
            className="grow"
            label={text("staff.find")}
            value={typed}
            maxLength={100}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <NativeSelect
            label={text("staff.standing")}
            data={STANDING.map((value) => ({ value, label: text(`standing.${value}`) }))}
            value={standing}
            onChange={(event) => setStanding(event.currentTarget.value as Standing)}
          />
          <Button onClick={() => leave(() => setOpen("new"))}>{text("staff.new")}</Button>
        </div>
        <ListState read={read} count={all?.length} />
        {all ? (
          <Table shown={found.slice(0, SHOWN)} open={open} setOpen={(employee) => leave(() => setOpen(employee))} text={text} />
        ) : null}
        {all || read.error ? null : <Empty title={text("app.loading")} />}
        {found.length > SHOWN ? <p className="dim">{text("staff.more", { count: SHOWN })}</p> : null}
      </Section>
      {open ? (
        <EmployeeForm
          key={open === "new" ? open : `${open.employeeId}/${open.revision}`}
          employee={open === "new" ? undefined : open}
          onSaved={setOpen}
          onClose={() => setOpen(undefined)}
        />
      ) : (
        <Section title={text("staff.one")} className="fill staff-one">
          <Empty title={text("staff.choose")} hint={text("staff.chooseHint")} />
        </Section>
      )}
    </main>
  );
}

type TableProps = {
  readonly shown: readonly Employee[];
  readonly open: Employee | "new" | undefined;
  readonly setOpen: (employee: Employee) => void;
  readonly text: Texts;
};

function Table({ shown, open, setOpen, text }: TableProps) {
  if (shown.length === 0) return <Empty title={text("staff.none")} />;
  const current = typeof open === "object" ? open.employeeId : "";
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={`col-${column}`}>
                {text(`staff.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((employee) => (
            <tr key={employee.employeeId} className={employee.employeeId === current ? "chosen" : ""}>
              <th scope="row">
                <button type="button" className="plain" onClick={() => setOpen(employee)}>
                  {employee.name}
                </button>
              </th>
              <td className="col-login">{employee.login}</td>
              <td className="num">{employee.profile?.extension || "–"}</td>
              <td className="wrap">{(employee.profile?.roles ?? []).map((role) => text.code("role", role)).join(", ") || "–"}</td>
              <td className={`col-standing ${employee.profile?.active ? "" : "dim"}`}>
                {text(employee.profile?.active ? "standing.active" : "standing.left")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
