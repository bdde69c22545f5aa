import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallerCard } from "@trunkline/desktop-client";
import { calls, customers } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Empty, Section } from "../ui/section.tsx";
import { fromMatch } from "./caller-card.ts";
import { Choice } from "./choice.tsx";
import { CustomerCard } from "./customer-card.tsx";
import { NewCustomer } from "./new-customer.tsx";

type Props = {
  readonly call: DesktopCall | undefined;
  readonly customerId: string;
  /** Looked for by hand. */
  readonly number: string | undefined;
  readonly onOpen: (customerId: string) => void;
  readonly onBack: () => void;
};

/** The middle: whom it is about. Sure opens at once, maybe asks, none offers a new record. */
export function CustomerPanel({ call, customerId, number, onOpen, onBack }: Props) {
  const text = useTexts();
  const link = useAct((id: string) => calls.linkCaller({ callId: call?.callId ?? "", customerId: id }), {
    says: "customer.linked",
    after: (_, id) => onOpen(id),
  });
  if (number !== undefined) return <Found number={number} onOpen={onOpen} onBack={onBack} />;
  const caller = call?.pop?.caller;
  if (customerId !== "") {
    const card = caller?.matches.find((match) => match.customerId === customerId);
    return <CustomerCard key={customerId} customerId={customerId} card={card} masked={caller?.number.includes("*") ?? false} />;
  }
  if (!caller || !call) {
    return (
      <Section title={text("customer.title")} className="customer">
        <Empty title={text("customer.empty")} hint={text("customer.emptyHint")} />
      </Section>
    );
  }
  if (caller.status === "pending") {
    return (
      <Section title={text("customer.title")} className="customer">
        <Empty title={text("customer.pendingTitle")} />
      </Section>
    );
  }
  if (caller.certainty === "maybe")
    return <Choice title={text("customer.maybe")} cards={caller.matches} onPick={link.mutate} busy={link.isPending} />;
  return <NewCustomer key={call.callId} caller={caller} onCreated={(id) => link.mutate(id)} />;
}

/** Who has the number that was looked for. */
function Found({ number, onOpen, onBack }: { readonly number: string } & Pick<Props, "onOpen" | "onBack">) {
  const text = useTexts();
  const { data, error } = useQuery({
    queryKey: ["search", number],
    queryFn: async (): Promise<CallerCard[]> =>
      (await customers.searchCustomers({ searchText: number, pageSize: 20 })).matches.flatMap(fromMatch),
  });
  const back = (
    <Button size="compact-xs" variant="default" onClick={onBack}>
      {text("search.back")}
    </Button>
  );
  if (data && data.length > 0)
    return <Choice title={`${text("search.results")}: ${number}`} aside={back} cards={data} onPick={onOpen} busy={false} />;
  return (
    <Section title={text("search.results")} className="customer" aside={back}>
      <Empty title={error ? errorText(text, error) : text(data ? "search.none" : "app.loading")} hint={number} />
    </Section>
  );
}
