import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { customers } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { foundMatch } from "./caller-card.ts";
import { FoundFacts } from "./choice.tsx";

type Typed = Record<"name" | "phone" | "email" | "address", string>;
const PAUSE_MS = 400;

/** Who may be the same person as the one who is being entered, before they are there twice. */
export function Duplicates({ typed, onUse }: { readonly typed: Typed; readonly onUse: (customerId: string) => void }) {
  const text = useTexts();
  const [asked, setAsked] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const { name, phone, email, address } = asked;
  const { data } = useQuery({
    queryKey: ["duplicates", name, phone, email, address],
    enabled: name !== "" || phone !== "" || email !== "",
    placeholderData: (before) => before,
    queryFn: async () => {
      const wanted = { name, phones: phone ? [phone] : [], emails: email ? [email] : [], address };
      return (await customers.findDuplicates(wanted)).matches.flatMap(foundMatch);
    },
  });
  return (
    <div className="duplicates" aria-live="polite">
      {data && data.length > 0 ? (
        <>
          <h3>{text("duplicates.title")}</h3>
          <ol className="choice">
            {data.map((card) => (
              <li key={card.customerId}>
                <FoundFacts card={card} />
                <Button onClick={() => onUse(card.customerId)} aria-label={`${text("duplicates.use")}: ${card.name}`}>
                  {text("duplicates.use")}
                </Button>
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </div>
  );
}
