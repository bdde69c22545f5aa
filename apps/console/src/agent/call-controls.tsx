import type { MessageInitShape } from "@bufbuild/protobuf";
import { Button, TextInput } from "@mantine/core";
import type { CallAction } from "@trunkline/desktop-client";
import type { CallActionSchema } from "@trunkline/proto/telephony";
import { type FormEvent, useState } from "react";
import { callControl } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";

type Action = NonNullable<MessageInitShape<typeof CallActionSchema>["action"]>;

/** Hold, transfer and hang up where telephony can do them; a ring is answered at the phone. */
export function CallControls({ call }: { readonly call: DesktopCall }) {
  const text = useTexts();
  const can = useService("CallControlService");
  const [transferring, setTransferring] = useState(false);
  const act = useAct((action: Action) => callControl.controlCall({ callId: call.callId, action: { action } }));
  const { pop } = call;
  // A call that the agent made has no pop: it lives where all of this can be done.
  const does = (action: CallAction) => pop?.actions.includes(action) ?? true;
  if (call.state === "ringing")
    return (
      <div className="row">
        <p className="hint">{text("call.answerHint")}</p>
        {can && pop && does("decline") ? (
          <Button variant="default" onClick={() => act.mutate({ case: "decline", value: { offerId: pop.offerId } })}>
            {text("call.decline")}
          </Button>
        ) : null}
      </div>
    );
  if (!can || call.state === "wrap_up") return null;
  const held = call.state === "held";
  const transfer = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const extension = String(new FormData(event.currentTarget).get("extension") ?? "");
    act.mutate({ case: "transfer", value: { extension, kind: "blind" } }, { onSuccess: () => setTransferring(false) });
  };
  return (
    <div className="row">
      {does("hold") ? (
        <Button variant="default" onClick={() => act.mutate({ case: held ? "resume" : "hold", value: {} })}>
          {text(held ? "call.resume" : "call.hold")}
        </Button>
      ) : null}
      {does("transfer") ? (
        <Button variant="default" onClick={() => setTransferring(true)}>
          {text("call.transfer")}
        </Button>
      ) : null}
      {call.recording === "recording" || call.recording === "paused" ? (
        <Button
          variant="default"
          onClick={() => act.mutate({ case: call.recording === "paused" ? "resumeRecording" : "pauseRecording", value: {} })}
        >
          {text(call.recording === "paused" ? "call.resumeRecording" : "call.pauseRecording")}
        </Button>
      ) : null}
      {does("hang_up") ? (
        <Button color="red" onClick={() => act.mutate({ case: "hangUp", value: {} })}>
          {text("call.hangUp")}
        </Button>
      ) : null}
      <Dialog opened={transferring} onClose={() => setTransferring(false)} title={text("call.transfer")}>
        <form className="stack" onSubmit={transfer}>
          <TextInput
            name="extension"
            label={text("call.transferTo")}
            pattern="[0-9A-Za-z_\-]{1,20}"
            data-autofocus
            required
            withAsterisk={false}
          />
          <div className="row end">
            <Button variant="default" onClick={() => setTransferring(false)}>
              {text("app.cancel")}
            </Button>
            <Button type="submit" loading={act.isPending}>
              {text("call.transfer")}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}
