import { Button } from "@mantine/core";
import { useState } from "react";
import { callControl } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import { useDesktop } from "../desktop/desktop-store.ts";
import { readable } from "../format/number.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";

type Props = {
  /** As this employee sees it. */
  readonly number: string;
  /** The call that nobody answered, by which its caller is called back. */
  readonly missedCallId?: string;
  readonly customerId: string;
  /** What is to be done before it rings; where that fails nobody is called. */
  readonly first?: () => Promise<unknown>;
};

/** Click to call: the agent's own phone rings first. Tried again it is the same call. Nobody calls out of a call. */
export function PlaceCall({ number, missedCallId = "", customerId, first }: Props) {
  const text = useTexts();
  const can = useService("CallControlService");
  const busy = useDesktop(({ calls }) => calls.some(({ state }) => state !== "wrap_up"));
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const act = useAct(
    async () => {
      await first?.();
      return callControl.placeCall({ requestId, customerId, missedCallId, number: missedCallId === "" ? number : "" });
    },
    { says: "call.placed", after: () => setRequestId(crypto.randomUUID()) },
  );
  if (!can) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={act.isPending}
      disabled={busy}
      title={busy ? text("call.placeBusy") : ""}
      onClick={() => act.mutate()}
      aria-label={`${text("call.place")} ${readable(number)}`}
    >
      {text("call.place")}
    </Button>
  );
}
