import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { customers } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { Empty, Section } from "../ui/section.tsx";
import { bestFirst, foundMatch } from "./caller-card.ts";
import { Choice } from "./choice.tsx";

type Props = {
  readonly text: string;
  readonly aside: ReactNode;
  /** Picked here is linked to the call. */
  readonly links: boolean;
  readonly onOpen: (customerId: string) => void;
  readonly onNew: () => void;
};
const MOST = 20;

/** Who fits what was looked for; where nobody does, a new record is offered. */
export function Found({ text: wanted, aside, links, onOpen, onNew }: Props) {
  const text = useTexts();
  const { data, error } = useQuery({
    queryKey: ["search", wanted],
    queryFn: async () => {
      const { matches, nextPageToken } = await customers.searchCustomers({ searchText: wanted, pageSize: MOST });
      return { cards: bestFirst(matches.flatMap(foundMatch)), more: nextPageToken !== "" };
    },
  });
  if (data && data.cards.length > 0) {
    const note = [links ? text("search.links") : "", data.more ? text("search.more", { count: MOST }) : ""].filter(Boolean).join(" ");
    const title = `${text("search.results")}: ${wanted}`;
    return <Choice title={title} note={note} aside={aside} cards={data.cards} onPick={onOpen} busy={false} />;
  }
  return (
    <Section title={text("search.results")} className="customer" aside={aside}>
      {data ? (
        <Empty title={text("search.none", { wanted })} hint={text("search.noneHint")}>
          <Button onClick={onNew}>{text("customer.newTitle")}</Button>
        </Empty>
      ) : (
        <Empty title={error ? errorText(text, error) : text("app.loading")} hint={wanted} />
      )}
    </Section>
  );
}
