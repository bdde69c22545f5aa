import { Button } from "@mantine/core";
import type { ComponentProps, ReactNode } from "react";
import { calls } from "../api/clients.ts";
import { type DesktopCall, isOutbound } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Empty, Section } from "../ui/section.tsx";
import { Choice } from "./choice.tsx";
import { CustomerCard } from "./customer-card.tsx";
import { Found } from "./found.tsx";
import { NewCustomer } from "./new-customer.tsx";
import { type NewDraft, resumed } from "./new-drafts.ts";
import { Relink } from "./relink.tsx";

/** Which draft, and what was typed before it was one. */
export type Creating = { readonly id: string; readonly typed: string };

type Props = {
  readonly call: DesktopCall | undefined;
  /** Whose call it is, as far as that is sure. */
  readonly linkedTo: string;
  readonly customerId: string;
  /** Looked for by hand. */
  readonly number: string | undefined;
  /** A new customer, asked for by hand. */
  readonly creating: Creating | undefined;
  readonly onNew: (typed: string) => void;
  readonly onOpen: (customerId: string) => void;
  readonly onBack: () => void;
  readonly drafts: readonly NewDraft[];
} & Pick<ComponentProps<typeof NewCustomer>, "onDrafts"> &
  Pick<ComponentProps<typeof CustomerCard>, "onEdit" | "onAddAsset">;

/** Whoever has the call, or whose phone rings, says with whom it is. */
const MAY_SAY: ReadonlySet<string> = new Set(["ringing", "talking", "held", "wrap_up"]);

/** The middle: whom it is about. Sure opens at once, maybe asks, none offers a new record. */
export function CustomerPanel(props: Props) {
  const { call, linkedTo, customerId, number, creating, drafts, onNew, onOpen, onBack } = props;
  const text = useTexts();
  // It names its call: another one may ring before it is done.
  const link = useAct((wanted: { readonly callId: string; readonly customerId: string }) => calls.linkCaller(wanted), {
    says: "customer.linked",
    changes: ["call", "trail", "requests"],
    after: (_, linked) => onOpen(linked.customerId),
  });
  const callId = call?.callId ?? "";
  const linkTo = (id: string) => link.mutate({ callId, customerId: id });
  const caller = call?.pop?.caller;
  // Whoever is found while somebody unknown is on the line is the caller.
  const unknown = call !== undefined && linkedTo === "" && caller !== undefined && caller.status !== "pending" && !isOutbound(call);
  const back = (
    <Button size="compact-xs" variant="default" onClick={onBack}>
      {text(call ? "search.back" : "search.close")}
    </Button>
  );
  if (number !== undefined)
    return <Found text={number} aside={back} links={unknown} onOpen={unknown ? linkTo : onOpen} onNew={() => onNew(number)} />;
  const form = ({ id, typed }: Creating, title: string) => {
    const links = call !== undefined && id === callId && linkedTo === "" && MAY_SAY.has(call.state);
    const done = (created: string) => {
      onOpen(created);
      if (links) linkTo(created);
    };
    const theirs = id === callId && !caller?.number.includes("*") ? (caller?.number ?? "") : "";
    const more = { drafts, onDrafts: props.onDrafts, back: creating && back, onDone: done };
    return <NewCustomer key={id} id={id} title={title} number={theirs} typed={typed} links={links} inCall={call !== undefined} {...more} />;
  };
  if (creating) return form(creating, text("customer.newTitle"));
  if (customerId !== "") return <Opened {...props} back={call && linkedTo !== customerId && back} />;
  if (!caller) {
    const begun = resumed(drafts, callId);
    if (begun) return form({ id: begun.id, typed: "" }, text("customer.newTitle"));
    return (
      <Section title={text("customer.title")} className="customer">
        <Empty title={text("customer.empty")} hint={text("customer.emptyHint")} />
      </Section>
    );
  }
  if (caller.status === "pending")
    return (
      <Section title={text("customer.title")} className="customer">
        <Empty title={text("customer.pendingTitle")} />
      </Section>
    );
  if (caller.certainty === "maybe")
    return <Choice title={text("customer.maybe")} cards={caller.matches} onPick={linkTo} busy={link.isPending} />;
  return form({ id: callId, typed: "" }, text(caller.status === "withheld" ? "customer.withheldTitle" : "customer.noneTitle"));
}

/** Whose record it is. Where it is not the caller's there is a way back to them. */
function Opened({ call, linkedTo, customerId, back, onOpen, onEdit, onAddAsset }: Props & { readonly back: ReactNode }) {
  const caller = call?.pop?.caller;
  const linkedToOther = call && MAY_SAY.has(call.state) && linkedTo !== "" && linkedTo !== customerId;
  return (
    <CustomerCard
      key={customerId}
      customerId={customerId}
      card={caller?.matches.find((match) => match.customerId === customerId)}
      calledFrom={call && linkedTo === customerId ? (caller?.number ?? "") : ""}
      aside={
        <>
          {back}
          {linkedToOther ? <Relink key={call.callId} call={call} from={linkedTo} to={customerId} onLinked={onOpen} /> : null}
        </>
      }
      onEdit={onEdit}
      onAddAsset={onAddAsset}
    />
  );
}
