import { PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { errorText } from "../api/error-text.ts";
import { changePassword } from "../api/log-in.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { FormButtons } from "../ui/form-buttons.tsx";
import { submitted } from "../ui/submitted.ts";
import { logOut, type Session, setSession } from "./session.ts";

type Props = { readonly session: Session; readonly onDone: () => void; readonly onCancel: () => void; readonly cancel: string };

class Differ extends Error {}

function PasswordForm({ session, onDone, onCancel, cancel }: Props) {
  const text = useTexts();
  const change = useMutation({
    mutationFn: async ({ old, fresh, again }: Record<"old" | "fresh" | "again", string>) => {
      if (fresh !== again) throw new Differ();
      return changePassword(session, old, fresh);
    },
    onSuccess(changed) {
      setSession(changed);
      onDone();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const field = submitted(event);
    change.mutate({ old: field("old"), fresh: field("fresh"), again: field("again") });
  };
  const refused = change.error instanceof Differ ? text("password.differ") : change.error ? errorText(text, change.error) : "";
  return (
    <form className="stack" onSubmit={submit}>
      <p className="dim">{text("password.hint")}</p>
      <PasswordInput name="old" label={text("password.old")} autoComplete="current-password" data-autofocus required withAsterisk={false} />
      <PasswordInput name="fresh" label={text("password.new")} autoComplete="new-password" required withAsterisk={false} />
      <PasswordInput name="again" label={text("password.again")} autoComplete="new-password" required withAsterisk={false} />
      <p className="form-error" role="alert">
        {refused}
      </p>
      <div className="row end">
        <FormButtons submit={text("app.save")} busy={change.isPending} cancel={cancel} onCancel={onCancel} />
      </div>
    </form>
  );
}

/** The own password, over the screen. */
export function PasswordDialog({ session, onClose }: { readonly session: Session; readonly onClose: () => void }) {
  const text = useTexts();
  return (
    <Dialog opened onClose={onClose} title={text("password.title")}>
      <PasswordForm session={session} onDone={onClose} onCancel={onClose} cancel={text("app.cancel")} />
    </Dialog>
  );
}

/** Before anything else, where somebody else gave the password. */
export function TemporaryPassword({ session }: { readonly session: Session }) {
  const text = useTexts();
  return (
    <main className="login">
      <section className="section login-form">
        <h1>{text("password.title")}</h1>
        <p>{text("password.temporary")}</p>
        <PasswordForm session={session} onDone={() => undefined} onCancel={logOut} cancel={text("app.logOut")} />
      </section>
    </main>
  );
}
