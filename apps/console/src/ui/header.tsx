import { Button } from "@mantine/core";
import { useState } from "react";
import { useDesktop } from "../desktop/desktop-store.ts";
import { PasswordDialog } from "../session/password-form.tsx";
import { isSupervisor, logOut, type Session } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { LanguageSwitch, ThemeSwitch } from "./switches.tsx";

export const VIEWS = ["agent", "board", "calls", "queues"] as const;
export type View = (typeof VIEWS)[number];

export function Header({ session, view }: { readonly session: Session; readonly view: View }) {
  const text = useTexts();
  const [changing, setChanging] = useState(false);
  return (
    <header className="header">
      <h1>{text("app.name")}</h1>
      {isSupervisor(session) ? (
        <nav aria-label={text("app.views")}>
          {VIEWS.map((each) => (
            <a key={each} href={`#${each}`} aria-current={each === view ? "page" : undefined}>
              {text(`view.${each}`)}
            </a>
          ))}
        </nav>
      ) : null}
      <div className="grow" />
      <Link />
      <Button variant="subtle" color="gray" title={text("password.title")} onClick={() => setChanging(true)}>
        {session.tenant} · {session.name || session.login}
      </Button>
      {changing ? <PasswordDialog session={session} onClose={() => setChanging(false)} /> : null}
      <LanguageSwitch />
      <ThemeSwitch />
      <Button variant="default" onClick={logOut}>
        {text("app.logOut")}
      </Button>
    </header>
  );
}

/** Whether calls can reach this screen: the one thing an agent must never be wrong about. */
function Link() {
  const text = useTexts();
  const { state } = useDesktop(({ link }) => link);
  return (
    <span className={`link link-${state}`} role="status">
      <span className="dot" aria-hidden="true" />
      {text(`link.${state}`)}
    </span>
  );
}
