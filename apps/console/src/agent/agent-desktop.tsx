import { useEffect, useMemo, useRef, useState } from "react";
import { callInHand, type DesktopCall } from "../desktop/desktop-state.ts";
import { useDesktop, useDesktopStore } from "../desktop/desktop-store.ts";
import { CallPanel } from "./call-panel.tsx";
import { Callbacks } from "./callbacks.tsx";
import { CustomerPanel } from "./customer-panel.tsx";
import { MyState } from "./my-state.tsx";
import { RequestForm } from "./request-form.tsx";
import { SearchBox } from "./search-box.tsx";
import { WrapUp } from "./wrap-up.tsx";

/** What the agent opened by hand; it holds as long as the call that was in hand then. */
type Opened = { readonly during: string; readonly customerId?: string; readonly number?: string };

export function AgentDesktop() {
  const calls = useDesktop((state) => state.calls);
  const call = callInHand(calls);
  useAcknowledge(calls);
  const during = call?.callId ?? "";
  const [opened, setOpened] = useState<Opened>();
  const mine = opened?.during === during ? opened : undefined;
  // The customer of the last call stays on the screen until something else is opened.
  const kept = useRef("");
  const customerId = mine?.customerId ?? (call ? sureCustomer(call) : kept.current);
  kept.current = customerId;
  const open = (id: string) => setOpened({ during, customerId: id });
  const about = useMemo(() => ({ customerId, callId: during }), [customerId, during]);
  return (
    <main className="agent">
      <div className="column">
        <MyState call={call} />
        <CallPanel call={call} others={calls.filter((one) => one !== call && one.state !== "wrap_up")} />
        <SearchBox onSearch={(number) => setOpened({ during, number })} />
      </div>
      <CustomerPanel call={call} customerId={customerId} number={mine?.number} onOpen={open} onBack={() => setOpened(undefined)} />
      <div className="column">
        <RequestForm about={about} />
        <WrapUp call={calls.findLast(({ state }) => state === "wrap_up")} />
        <Callbacks onOpen={open} />
      </div>
    </main>
  );
}

function sureCustomer({ pop }: DesktopCall): string {
  return pop?.caller.certainty === "sure" ? (pop.caller.matches[0]?.customerId ?? "") : "";
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
