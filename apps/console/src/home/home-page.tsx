import { Button } from "@mantine/core";
import { useState } from "react";
import { PasswordDialog } from "../session/password-form.tsx";
import { logOut, useSession } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { Visits } from "./visits.tsx";

/** For roles that have no screen of their own yet: who one is, what can be done here, and what goes by the API. */
export function HomePage() {
  const text = useTexts();
  const session = useSession();
  const [changing, setChanging] = useState(false);
  if (!session) return null;
  const { roles, name, login, tenant, employeeId } = session;
  return (
    <main className="home">
      <Section title={text("home.me")}>
        <p className="home-name">{name || login}</p>
        <p className="dim">
          {tenant} · {login}
        </p>
        {roles.length === 0 ? <p>{text("home.noRole")}</p> : null}
        {roles.map((role) => (
          <RoleText key={role} role={role} />
        ))}
        <div className="row wrap-row">
          <Button variant="default" onClick={() => setChanging(true)}>
            {text("password.title")}
          </Button>
          <Button variant="default" onClick={logOut}>
            {text("app.logOut")}
          </Button>
        </div>
        {changing ? <PasswordDialog session={session} onClose={() => setChanging(false)} /> : null}
      </Section>
      {roles.includes("engineer") ? <Visits engineerId={employeeId} /> : null}
    </main>
  );
}

function RoleText({ role }: { readonly role: string }) {
  const text = useTexts();
  const byApi = `roleApi.${role}`;
  return (
    <div>
      <h3>{text.code("role", role)}</h3>
      <p>{text.code("roleHere", role)}</p>
      {text.has(byApi) ? <p className="dim">{text(byApi)}</p> : null}
    </div>
  );
}
