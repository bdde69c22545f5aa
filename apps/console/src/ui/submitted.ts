import type { FormEvent } from "react";

/** What stands in a form's fields, by name, without the blanks around it; the page stays. */
export function submitted(event: FormEvent<HTMLFormElement>): (name: string) => string {
  event.preventDefault();
  const data = new FormData(event.currentTarget);
  return (name) => String(data.get(name) ?? "").trim();
}
