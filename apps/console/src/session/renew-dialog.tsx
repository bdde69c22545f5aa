import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { renewSession } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { logIn } from "../api/log-in.ts";
import { useDesktopStore } from "../desktop/desktop-store.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { useNow } from "../ui/elapsed.tsx";
import { SOON_MS } from "./refusal.ts";
import { currentSession, logOut, type Session, setSession, useTokenRefused } from "./session.ts";

const LOOK_MS = 10_000;

/** Asks for the password before the session ends, or when it has: over the screen, which stays as it is. Until then it renews by itself. */
export function RenewDialog({ session }: { readonly session: Session }) {
  const text = useTexts();
  const left = session.sessionEndsAt - useNow();
  const refused = useTokenRefused();
  const [later, setLater] = useState(0);
  const over = refused !== undefined || left <= 0;
  const due = over || (left < SOON_MS && later !== session.sessionEndsAt);
  const { client } = useDesktopStore();
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      const { renewAt, sessionEndsAt } = currentSession() ?? session;
      // A desktop that waits for a token has one then.
      if (Date.now() >= renewAt && Date.now() < sessionEndsAt) void renewSession().then((renewed) => renewed && client.renew());
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [client, session]);
  const entry = useMutation({
    mutationFn: (password: string) => logIn(session.tenant, session.login, password),
    onSuccess(renewed) {
      setSession(renewed);
      client.renew();
      void queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    entry.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
  };
  const close = () => {
    if (!over) setLater(session.sessionEndsAt);
  };
  if (refused === "ended") return <Ended />;
  // The dialog that is there last lies on top.
  if (!due) return null;
  return (
    <Dialog opened onClose={close} title={text("login.again")}>
      <form className="stack" onSubmit={submit}>
        <p>{text(over ? "login.againNow" : "login.againSoon")}</p>
        <p className="dim">
          {session.tenant} · {session.login}
        </p>
        <PasswordInput
          name="password"
          label={text("login.password")}
          autoComplete="current-password"
          data-autofocus
          required
          withAsterisk={false}
        />
        <p className="form-error" role="alert">
          {entry.error ? errorText(text, entry.error) : ""}
        </p>
        <div className="row end">
          <Button variant="default" onClick={over ? logOut : close}>
            {text(over ? "app.logOut" : "login.againLater")}
          </Button>
          <Button type="submit" loading={entry.isPending}>
            {text("login.submit")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Somebody ended it, and may have had a reason to: what is on the screen is not to be read on. The server does not say which it was. */
function Ended() {
  const text = useTexts();
  return (
    <Dialog opened hides onClose={() => undefined} title={text("login.ended")}>
      <p>{text("login.endedWhy")}</p>
      <div className="row end">
        <Button onClick={logOut} data-autofocus>
          {text("login.submit")}
        </Button>
      </div>
    </Dialog>
  );
}
