import { Button } from "@mantine/core";
import type { Employee } from "@trunkline/proto/workforce";
import { useState } from "react";
import { employees } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";
import { leave } from "../ui/unsaved.tsx";
import { profileOf, toFields } from "./employee-fields.ts";
import { Handover, newPassword } from "./handover.tsx";

type Props = { readonly employee: Employee; readonly onSaved: (employee: Employee) => void };

/** What ends or begins an employee's log-ins; each asks first. */
export function StandingActions({ employee, onSaved }: Props) {
  const text = useTexts();
  const [asked, setAsked] = useState<"standing" | "password">();
  const [password, setPassword] = useState("");
  const active = employee.profile?.active ?? false;
  const { employeeId, name, revision } = employee;
  const close = () => setAsked(undefined);
  const standing = useAct(
    () => employees.updateEmployee({ employeeId, profile: profileOf(toFields(employee), employee.profile, !active), revision }),
    {
      quiet: true,
      says: active ? "staff.deactivated" : "staff.reactivated",
      changes: ["employees"],
      after: ({ employee: one }) => one && onSaved(one),
    },
  );
  const reset = useAct(
    async () => {
      const fresh = newPassword();
      await employees.resetPassword({ employeeId, password: fresh });
      return fresh;
    },
    {
      quiet: true,
      after(fresh) {
        setPassword(fresh);
        close();
      },
    },
  );
  const act = asked === "password" ? reset : standing;
  const what = asked === "password" ? "reset" : active ? "deactivate" : "reactivate";
  return (
    <>
      <Button variant="default" onClick={() => leave(() => setAsked("standing"))}>
        {text(active ? "staff.deactivate" : "staff.reactivate")}
      </Button>
      <Button variant="default" onClick={() => setAsked("password")}>
        {text("staff.reset")}
      </Button>
      <Dialog opened={asked !== undefined} onClose={close} title={`${text(`staff.${what}`)}: ${name}`}>
        <p>{text(`staff.${what}Ask`)}</p>
        <p className="form-error" role="alert">
          {act.error ? errorText(text, act.error) : ""}
        </p>
        <div className="row end">
          <Button variant="default" onClick={close}>
            {text("app.cancel")}
          </Button>
          <Button color={what === "deactivate" ? "red" : "blue"} loading={act.isPending} onClick={() => act.mutate()}>
            {text(`staff.${what}`)}
          </Button>
        </div>
      </Dialog>
      {password === "" ? null : <Handover login={employee.login} password={password} onClose={() => setPassword("")} />}
    </>
  );
}
