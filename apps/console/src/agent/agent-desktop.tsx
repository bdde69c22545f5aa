import { useQueryClient } from "@tanstack/react-query";
import type { Customer } from "@trunkline/proto/customer";
import { useEffect, useMemo, useRef, useState } from "react";
import { callInHand, type DesktopCall } from "../desktop/desktop-state.ts";
import { useDesktop, useDesktopStore } from "../desktop/desktop-store.ts";
import { useStored } from "../session/stored.ts";
import { CallPanel } from "./call-panel.tsx";
import { customerOf, useCallRecord } from "./call-record.ts";
import { Callbacks } from "./callbacks.tsx";
import { type Creating, CustomerPanel } from "./customer-panel.tsx";
import { EditCustomer } from "./edit-customer.tsx";
import { MyState } from "./my-state.tsx";
import { NewAsset, type Owner } from "./new-asset.tsx";
import type { NewDraft } from "./new-drafts.ts";
import { RequestForm } from "./request-form.tsx";
import { SearchBox } from "./search-box.tsx";
import { WrapUp } from "./wrap-up.tsx";

/** What the agent opened by hand; it holds as long as the call that was in hand then. */
type Opened = { readonly during: string; readonly customerId?: string; readonly number?: string; readonly creating?: Creating };

export function AgentDesktop() {
  const calls = useDesktop((state) => state.calls);
  const [picked, setPicked] = useState("");
  const call = calls.find(({ callId, state }) => callId === picked && state !== "wrap_up") ?? callInHand(calls);
  useAcknowledge(calls);
  useTrail(calls);
  const record = useCallRecord(call);
  const during = call?.callId ?? "";
  const [opened, setOpened] = useState<Opened>();
  const mine = opened?.during === during ? opened : undefined;
  // The customer of the last call stays on the screen until something else is opened.
  const kept = useRef("");
  const customerId = mine?.customerId ?? (call ? customerOf(call, record) : kept.current);
  kept.current = customerId;
  const linkedTo = call ? customerOf(call, record) : "";
  const [drafts, setDrafts] = useStored<readonly NewDraft[]>("new-customers", []);
  const create = (typed: string) => {
    // Who is created while nobody is linked to the call is the caller.
    const id = call && linkedTo === "" ? during : crypto.randomUUID();
    setOpened({ during, creating: { id, typed } });
  };
  const draft = drafts.at(-1);
  const goOn = draft && (() => setOpened({ during, creating: { id: draft.id, typed: "" } }));
  const open = (id: string) => setOpened({ during, customerId: id });
  // Not in the card: a call that rings opens another one, and what is being typed must stay.
  const [editing, setEditing] = useState<Customer>();
  const [owner, setOwner] = useState<Owner>();
  const number = call?.pop?.caller.number ?? "";
  const about = useMemo(() => ({ customerId, callId: during, number }), [customerId, during, number]);
  return (
    <main className="agent">
      <div className="column">
        <MyState call={call} />
        <CallPanel call={call} others={calls.filter((one) => one !== call && one.state !== "wrap_up")} onPick={setPicked} />
        <SearchBox onSearch={(text) => setOpened({ during, number: text })} onNew={create} onGoOn={goOn} />
      </div>
      <CustomerPanel
        call={call}
        linkedTo={linkedTo}
        customerId={customerId}
        number={mine?.number}
        creating={mine?.creating}
        drafts={drafts}
        onDrafts={setDrafts}
        onNew={create}
        onOpen={open}
        onBack={() => setOpened(undefined)}
        onEdit={setEditing}
        onAddAsset={setOwner}
      />
      <div className="column">
        <RequestForm about={about} />
        <WrapUp calls={calls} />
        <Callbacks onOpen={open} />
      </div>
      {editing ? <EditCustomer customer={editing} onClose={() => setEditing(undefined)} /> : null}
      {owner ? <NewAsset owner={owner} onClose={() => setOwner(undefined)} /> : null}
    </main>
  );
}

/** Tells the server that a pop is on the screen, once it has been painted. */
function useAcknowledge(calls: readonly DesktopCall[]): void {
  const { client } = useDesktopStore();
  const acknowledged = useRef(new Set<string>());
  useEffect(() => {
    for (const { pop } of calls) {
      if (!pop || acknowledged.current.has(pop.offerId)) continue;
      acknowledged.current.add(pop.offerId);
      requestAnimationFrame(() => setTimeout(() => client.shown(pop.callId, pop.offerId)));
    }
  }, [calls, client]);
}

/** What a call changes at its customer comes there over events, a moment after the call's own frame. */
const EVENTS_MS = 2_000;

function useTrail(calls: readonly DesktopCall[]): void {
  const queries = useQueryClient();
  const states = calls.map(({ callId, state }) => `${callId}/${state}`).join();
  const before = useRef(states);
  useEffect(() => {
    if (before.current === states) return;
    before.current = states;
    const timer = setTimeout(() => {
      for (const key of ["trail", "callback-tasks"]) void queries.invalidateQueries({ queryKey: [key] });
    }, EVENTS_MS);
    return () => clearTimeout(timer);
  }, [states, queries]);
}
