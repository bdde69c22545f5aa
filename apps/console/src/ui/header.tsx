import { Button } from "@mantine/core";
import { useState } from "react";
import { HeaderCalls } from "../agent/header-calls.tsx";
import { useDesktop } from "../desktop/desktop-store.ts";
import { LogOutButton } from "../session/log-out-button.tsx";
import { PasswordDialog } from "../session/password-form.tsx";
import { logOut, type Session, worksCalls } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { AlertSwitch } from "./alert-switch.tsx";
import { useOnline } from "./online.tsx";
import { RoomLink } from "./room-link.tsx";
import { LanguageSwitch, ThemeSwitch } from "./switches.tsx";
import type { View } from "./views.ts";

type Props = { readonly session: Session; readonly views: readonly View[]; readonly view: View };

export function Header({ session, views, view }: Props) {
  const text = useTexts();
  const [changing, setChanging] = useState(false);
  return (
    <header className="header">
      <h1>{text("app.name")}</h1>
      {worksCalls(session) ? <Link /> : null}
      {views.length > 1 ? (
        <nav aria-label={text("app.views")}>
          {views.map((each) => (
            <RoomLink key={each} view={each} current={each === view}>
              {text(`view.${each}`)}
            </RoomLink>
          ))}
        </nav>
      ) : null}
      <HeaderCalls view={view} />
      <div className="grow" />
      {view === "agent" ? <AlertSwitch /> : null}
      <Button variant="subtle" color="gray" title={text("password.title")} onClick={() => setChanging(true)}>
        {session.tenant} · {session.name || session.login}
      </Button>
      {changing ? <PasswordDialog session={session} onClose={() => setChanging(false)} /> : null}
      <LanguageSwitch />
      <ThemeSwitch />
      {worksCalls(session) ? (
        <LogOutButton />
      ) : (
        <Button variant="default" onClick={logOut}>
          {text("app.logOut")}
        </Button>
      )}
    </header>
  );
}

/** Whether calls can reach this screen: the one thing an agent must never be wrong about. */
function Link() {
  const text = useTexts();
  const link = useDesktop((desktop) => desktop.link);
  const state = useOnline() ? link.state : "offline";
  return (
    <span className={`link link-${state}`} role="status">
      <span className="dot" aria-hidden="true" />
      {text(`link.${state}`)}
    </span>
  );
}
