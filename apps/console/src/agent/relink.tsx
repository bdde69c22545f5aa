import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { calls } from "../api/clients.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";
import { numberOf } from "./call-panel.tsx";
import { customerQuery } from "./customer-query.ts";

type Props = {
  readonly call: DesktopCall;
  readonly from: string;
  readonly to: string;
  readonly onLinked: (customerId: string) => void;
};

/** The call was linked to somebody else than it is with: put right while the agent has it, asked before. */
export function Relink({ call, from, to, onLinked }: Props) {
  const text = useTexts();
  const [asking, setAsking] = useState(false);
  const nameOf = (customerId: string) => ({ ...customerQuery(customerId), enabled: asking });
  const [before, after] = [useQuery(nameOf(from)).data, useQuery(nameOf(to)).data];
  const link = useAct(() => calls.linkCaller({ callId: call.callId, customerId: to }), {
    says: "customer.linked",
    changes: ["call", "trail", "requests"],
    after: () => {
      setAsking(false);
      onLinked(to);
    },
  });
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
        {text("customer.relink")}
      </Button>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={text("customer.relink")}>
        <p>{text("customer.relinkAsk", { number: numberOf(text, call), from: before?.name ?? "…", to: after?.name ?? "…" })}</p>
        <div className="row end">
          <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
            {text("app.cancel")}
          </Button>
          <Button loading={link.isPending} onClick={() => link.mutate()}>
            {text("customer.relinkYes")}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
