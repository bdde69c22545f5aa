import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { errorText } from "../api/error-text.ts";
import { logIn } from "../api/log-in.ts";
import { useTexts } from "../texts/i18n.ts";
import { submitted } from "../ui/submitted.ts";
import { LanguageSwitch, ThemeSwitch } from "../ui/switches.tsx";
import { setSession } from "./session.ts";

/** A phone makes the first letter a capital and puts words right; ids are neither sentences nor words. */
const asTyped = { autoCapitalize: "none", autoCorrect: "off", spellCheck: false };
const LAST_TENANT = "trunkline.tenant";

export function LogInPage() {
  const text = useTexts();
  const entry = useMutation({
    mutationFn: ({ tenant, login, password }: Record<"tenant" | "login" | "password", string>) => logIn(tenant, login, password),
    onSuccess(session) {
      localStorage.setItem(LAST_TENANT, session.tenant);
      setSession(session);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const field = submitted(event);
    entry.mutate({ tenant: field("tenant"), login: field("login"), password: field("password") });
  };
  const tenant = localStorage.getItem(LAST_TENANT) ?? "";
  return (
    <main className="login">
      <form className="section login-form" onSubmit={submit}>
        <h1>
          {text("app.name")} <span className="dim">{text("login.title")}</span>
        </h1>
        <TextInput
          name="tenant"
          label={text("login.tenant")}
          defaultValue={tenant}
          autoFocus={tenant === ""}
          {...asTyped}
          required
          withAsterisk={false}
        />
        <TextInput
          name="login"
          label={text("login.login")}
          autoFocus={tenant !== ""}
          autoComplete="username"
          {...asTyped}
          required
          withAsterisk={false}
        />
        <PasswordInput name="password" label={text("login.password")} autoComplete="current-password" required withAsterisk={false} />
        <p className="form-error" role="alert">
          {entry.error ? errorText(text, entry.error) : ""}
        </p>
        <Button type="submit" size="sm" loading={entry.isPending}>
          {text("login.submit")}
        </Button>
      </form>
      <div className="login-switches">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  );
}
