import { Button } from "@mantine/core";
import { useState } from "react";
import { callControl } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";

/** Click to call: the agent's own phone rings first. Tried again it is the same call. */
export function PlaceCall({ number, customerId }: { readonly number: string; readonly customerId: string }) {
  const text = useTexts();
  const can = useService("CallControlService");
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const act = useAct(() => callControl.placeCall({ requestId, number, customerId }), {
    says: "call.placed",
    after: () => setRequestId(crypto.randomUUID()),
  });
  if (!can) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={act.isPending}
      onClick={() => act.mutate()}
      aria-label={`${text("call.place")} ${number}`}
    >
      {text("call.place")}
    </Button>
  );
}
