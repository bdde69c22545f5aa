import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ComponentProps } from "react";
import { calls, customers } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { type DesktopCall, isOutbound } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Empty, Section } from "../ui/section.tsx";
import { bestFirst, foundMatch } from "./caller-card.ts";
import { Choice } from "./choice.tsx";
import { CustomerCard } from "./customer-card.tsx";
import { NewCustomer } from "./new-customer.tsx";
import { Relink } from "./relink.tsx";

type Props = {
  readonly call: DesktopCall | undefined;
  /** Whose call it is, as far as that is sure. */
  readonly linkedTo: string;
  readonly customerId: string;
  /** Looked for by hand. */
  readonly number: string | undefined;
  readonly onOpen: (customerId: string) => void;
  readonly onBack: () => void;
} & Pick<ComponentProps<typeof CustomerCard>, "onEdit" | "onAddAsset">;

/** Whoever has the call, or whose phone rings, says with whom it is. */
const MAY_SAY: ReadonlySet<string> = new Set(["ringing", "talking", "held", "wrap_up"]);

/** The middle: whom it is about. Sure opens at once, maybe asks, none offers a new record. */
export function CustomerPanel({ call, linkedTo, customerId, number, onOpen, onBack, ...changes }: Props) {
  const text = useTexts();
  const link = useAct((id: string) => calls.linkCaller({ callId: call?.callId ?? "", customerId: id }), {
    says: "customer.linked",
    changes: ["call", "trail", "requests"],
    after: (_, id) => onOpen(id),
  });
  const caller = call?.pop?.caller;
  // Whoever is found while somebody unknown is on the line is the caller.
  const unknown = call !== undefined && linkedTo === "" && caller !== undefined && caller.status !== "pending" && !isOutbound(call);
  if (number !== undefined)
    return <Found text={number} inCall={call !== undefined} links={unknown} onOpen={unknown ? link.mutate : onOpen} onBack={onBack} />;
  if (customerId !== "") {
    const card = caller?.matches.find((match) => match.customerId === customerId);
    const theirs = call !== undefined && linkedTo === customerId ? (caller?.number ?? "") : "";
    const linkedToOther = call && MAY_SAY.has(call.state) && linkedTo !== "" && linkedTo !== customerId;
    const relink = linkedToOther ? <Relink key={call.callId} call={call} from={linkedTo} to={customerId} onLinked={onOpen} /> : null;
    return <CustomerCard key={customerId} customerId={customerId} card={card} calledFrom={theirs} aside={relink} {...changes} />;
  }
  if (!caller || !call)
    return (
      <Section title={text("customer.title")} className="customer">
        <Empty title={text("customer.empty")} hint={text("customer.emptyHint")} />
      </Section>
    );
  if (caller.status === "pending")
    return (
      <Section title={text("customer.title")} className="customer">
        <Empty title={text("customer.pendingTitle")} />
      </Section>
    );
  if (caller.certainty === "maybe")
    return <Choice title={text("customer.maybe")} cards={caller.matches} onPick={link.mutate} busy={link.isPending} />;
  return <NewCustomer key={call.callId} caller={caller} onCreated={(id) => link.mutate(id)} />;
}

type FoundProps = {
  readonly text: string;
  readonly inCall: boolean;
  /** Picked here is linked to the call. */
  readonly links: boolean;
  readonly onOpen: (customerId: string) => void;
  readonly onBack: () => void;
};
const MOST = 20;

/** Who fits what was looked for. */
function Found({ text: wanted, inCall, links, onOpen, onBack }: FoundProps) {
  const text = useTexts();
  const { data, error } = useQuery({
    queryKey: ["search", wanted],
    queryFn: async () => {
      const { matches, nextPageToken } = await customers.searchCustomers({ searchText: wanted, pageSize: MOST });
      return { cards: bestFirst(matches.flatMap(foundMatch)), more: nextPageToken !== "" };
    },
  });
  const back = (
    <Button size="compact-xs" variant="default" onClick={onBack}>
      {text(inCall ? "search.back" : "search.close")}
    </Button>
  );
  if (data && data.cards.length > 0) {
    const note = [links ? text("search.links") : "", data.more ? text("search.more", { count: MOST }) : ""].filter(Boolean).join(" ");
    const title = `${text("search.results")}: ${wanted}`;
    return <Choice title={title} note={note} aside={back} cards={data.cards} onPick={onOpen} busy={false} />;
  }
  return (
    <Section title={text("search.results")} className="customer" aside={back}>
      <Empty title={error ? errorText(text, error) : text(data ? "search.none" : "app.loading")} hint={wanted} />
    </Section>
  );
}
