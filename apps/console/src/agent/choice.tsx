import { Button, Kbd } from "@mantine/core";
import type { ReactNode } from "react";
import { readable } from "../format/number.ts";
import { regionName } from "../format/regions.ts";
import { moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import type { FoundCard } from "./caller-card.ts";
import { Alerts, Grade } from "./marks.tsx";

type Props = {
  readonly title: string;
  readonly note?: string;
  readonly aside?: ReactNode;
  readonly cards: readonly FoundCard[];
  readonly onPick: (customerId: string) => void;
  readonly busy: boolean;
};

/** There are nine digits to press. */
const KEYS = 9;

/** Best first, each with why it is here and what tells it from the others; Alt and its number picks it. */
export function Choice({ title, note = "", aside, cards, onPick, busy }: Props) {
  const text = useTexts();
  const pick = (card: FoundCard) => () => {
    if (!busy) onPick(card.customerId);
  };
  useShortcuts(Object.fromEntries(cards.slice(0, KEYS).map((card, index) => [`Digit${index + 1}`, pick(card)])));
  return (
    <Section title={title} className="customer" aside={aside}>
      {note ? <p className="dim">{note}</p> : null}
      <ol className="choice">
        {cards.map((card, index) => (
          <li key={card.customerId}>
            <span className="choice-key">{index < KEYS ? <Kbd size="xs">Alt {index + 1}</Kbd> : null}</span>
            <FoundFacts card={card} />
            <Button variant="default" onClick={pick(card)} loading={busy} aria-label={`${text("customer.pick")}: ${card.name}`}>
              {text("customer.pick")}
            </Button>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** One who was found, in a list: who it is, and what tells them from the others. */
export function FoundFacts({ card }: { readonly card: FoundCard }) {
  const text = useTexts();
  return (
    <>
      <Grade grade={card.grade} />
      <div className="grow">
        <p className="choice-name">
          {card.name} <Alerts alerts={card.alerts} />
        </p>
        <p className="dim">{factsOf(text, card)}</p>
      </div>
    </>
  );
}

function factsOf(text: Texts, { phones = [], region = "", reasons, openRequests, lastContacts }: FoundCard): string {
  const last = Math.max(0, ...lastContacts.map(({ at }) => at));
  return [
    phones.map(readable).join(", "),
    regionName(region, text.language),
    reasons.map((reason) => text.code("match", reason)).join(", "),
    openRequests.length > 0 ? `${text("customer.requests")}: ${openRequests.length}` : "",
    last > 0 ? text("customer.lastContact", { when: moment(last, Date.now(), text.language) }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
