import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorText } from "../api/error-text.ts";
import { logIn } from "../api/log-in.ts";
import { useDesktopStore } from "../desktop/desktop-store.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { useNow } from "../ui/elapsed.tsx";
import { logOut, type Session, setSession, useTokenRefused } from "./session.ts";

const SOON_MS = 5 * 60_000;

/** Asks for the password before the token ends, or when it has: over the screen, which stays as it is. */
export function RenewDialog({ session }: { readonly session: Session }) {
  const text = useTexts();
  const left = session.expiresAt - useNow();
  const refused = useTokenRefused();
  const [later, setLater] = useState("");
  const over = refused || left <= 0;
  const due = over || (left < SOON_MS && later !== session.token);
  const { client } = useDesktopStore();
  const queries = useQueryClient();
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
    if (!over) setLater(session.token);
  };
  return (
    <Dialog opened={due} onClose={close} title={text("login.again")}>
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
