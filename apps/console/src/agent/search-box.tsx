import { Button, Kbd, TextInput } from "@mantine/core";
import { type FormEvent, useRef } from "react";
import { useFindsByNumber } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";

type Props = {
  readonly onSearch: (number: string) => void;
  readonly onNew: (typed: string) => void;
  /** To the new customer who was begun last; undefined where there is none. */
  readonly onGoOn: (() => void) | undefined;
};

export function SearchBox({ onSearch, onNew, onGoOn }: Props) {
  const text = useTexts();
  const byNumber = useFindsByNumber();
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ KeyS: () => field.current?.select() });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const number = field.current?.value.trim() ?? "";
    if (number !== "") onSearch(number);
  };
  const aside = (
    <span className="row">
      <Button size="compact-xs" variant={onGoOn ? "light" : "default"} onClick={onGoOn ?? (() => onNew(""))}>
        {text(onGoOn ? "customer.draft" : "customer.newTitle")}
      </Button>
      <Kbd size="xs">Alt S</Kbd>
    </span>
  );
  return (
    <Section title={text("search.label")} aside={aside}>
      <form className="row" onSubmit={submit}>
        <TextInput
          ref={field}
          className="grow"
          type="search"
          aria-label={text("search.label")}
          aria-keyshortcuts="Alt+S"
          placeholder={text(byNumber ? "search.placeholder" : "search.placeholderName")}
          maxLength={64}
        />
        <Button type="submit" variant="default">
          {text("search.submit")}
        </Button>
      </form>
    </Section>
  );
}
