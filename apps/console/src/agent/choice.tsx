import { Button, Kbd } from "@mantine/core";
import type { CallerCard } from "@trunkline/desktop-client";
import type { ReactNode } from "react";
import { useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { Alerts, Grade } from "./marks.tsx";

type Props = {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly cards: readonly CallerCard[];
  readonly onPick: (customerId: string) => void;
  readonly busy: boolean;
};

/** Best first, each with why it is here; Alt and its number picks it. */
export function Choice({ title, aside, cards, onPick, busy }: Props) {
  const text = useTexts();
  const pick = (card: CallerCard) => () => {
    if (!busy) onPick(card.customerId);
  };
  useShortcuts(Object.fromEntries(cards.slice(0, 9).map((card, index) => [`Digit${index + 1}`, pick(card)])));
  return (
    <Section title={title} className="customer" aside={aside}>
      <ol className="choice">
        {cards.map((card, index) => (
          <li key={card.customerId}>
            <Kbd size="xs">Alt {index + 1}</Kbd>
            <Grade grade={card.grade} />
            <div className="grow">
              <p className="choice-name">
                {card.name} <Alerts alerts={card.alerts} />
              </p>
              <p className="dim">
                {card.reasons.map((reason) => text.code("match", reason)).join(", ")}
                {card.openRequests.length > 0 ? ` · ${text("customer.requests")}: ${card.openRequests.length}` : ""}
              </p>
            </div>
            <Button variant="default" onClick={pick(card)} loading={busy} aria-label={`${text("customer.pick")}: ${card.name}`}>
              {text("customer.pick")}
            </Button>
          </li>
        ))}
      </ol>
    </Section>
  );
}
