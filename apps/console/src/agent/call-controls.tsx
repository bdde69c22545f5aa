import type { MessageInitShape } from "@bufbuild/protobuf";
import { Button, Kbd } from "@mantine/core";
import type { CallAction } from "@trunkline/desktop-client";
import type { CallActionSchema } from "@trunkline/proto/telephony";
import { type RefObject, useState } from "react";
import { callControl } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import { type DesktopCall, isOutbound } from "../desktop/desktop-state.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { useShortcuts } from "../ui/shortcuts.ts";
import { TransferDialog } from "./transfer-dialog.tsx";

type Action = NonNullable<MessageInitShape<typeof CallActionSchema>["action"]>;
type Control = { readonly id: string; readonly label: string; readonly key?: string; readonly red?: boolean; readonly do: () => void };

/** Hold, transfer and hang up where telephony can do them; a ring is answered at the phone. */
export function CallControls({ call, place }: { readonly call: DesktopCall; readonly place: RefObject<HTMLElement | null> }) {
  const text = useTexts();
  const [transferring, setTransferring] = useState(false);
  const act = useAct((action: Action) => callControl.controlCall({ callId: call.callId, action: { action } }));
  const controls = useControls(call, act.mutate, () => setTransferring(true));
  // The phone's own hang-up hands the caller on; this one ends the consultation.
  const asks = call.asks !== undefined && call.state === "held";
  const shown = asks ? controls.flatMap((one) => inConsultation(one, text)) : controls;
  useShortcuts(Object.fromEntries(shown.flatMap((one) => (one.key ? [[`Key${one.key}`, one.do]] : []))));
  const close = () => {
    setTransferring(false);
    // The button that opened it may be another call's by now.
    requestAnimationFrame(() => place.current?.focus({ preventScroll: true }));
  };
  return (
    <div className="row">
      {call.state === "ringing" ? <p className="hint">{text(isOutbound(call) ? "call.outHint" : "call.answerHint")}</p> : null}
      {call.state === "consulting" ? <p className="hint">{text("call.asked")}</p> : null}
      {asks ? <p className="hint">{text("call.consulting")}</p> : null}
      {shown.map((one) => (
        <Button
          key={one.id}
          {...(one.red ? { color: "red" } : { variant: "default" })}
          {...(one.key ? { "aria-keyshortcuts": `Alt+${one.key}` } : {})}
          onClick={one.do}
        >
          {one.label}
          {one.key ? (
            <Kbd size="xs" className="key">
              Alt {one.key}
            </Kbd>
          ) : null}
        </Button>
      ))}
      {transferring ? (
        <TransferDialog
          actions={call.pop?.actions}
          busy={act.isPending}
          onClose={close}
          onTransfer={(transfer) => act.mutate({ case: "transfer", value: transfer }, { onSuccess: close })}
        />
      ) : null}
    </div>
  );
}

/** A consultation ends before anything else is done with the call. */
function inConsultation(control: Control, text: Texts): readonly Control[] {
  return control.id === "hangUp" ? [{ ...control, label: text("call.endConsult") }] : [];
}

/** What can be done with the call just now; each keeps its identity, so that the focus never passes from one to another. */
function useControls(call: DesktopCall, act: (action: Action) => void, transfer: () => void): readonly Control[] {
  const text = useTexts();
  const can = useService("CallControlService");
  const { pop, state, recording } = call;
  if (!can || state === "wrap_up" || state === "consulting") return [];
  // A ring before this desktop was opened is not remembered: it lives where all of this can be done.
  const does = (action: CallAction) => pop?.actions.includes(action) ?? true;
  const hangUp = (label: string): Control => ({ id: "hangUp", label, key: "X", red: true, do: () => act({ case: "hangUp", value: {} }) });
  if (state === "ringing") {
    if (isOutbound(call)) return does("hang_up") ? [hangUp(text("call.cancel"))] : [];
    if (!pop || !does("decline")) return [];
    const decline = () => act({ case: "decline", value: { offerId: pop.offerId } });
    return [{ id: `decline/${pop.offerId}`, label: text("call.decline"), key: "D", do: decline }];
  }
  const held = state === "held";
  const paused = recording === "paused";
  const hold = () => act({ case: held ? "resume" : "hold", value: {} });
  const record = () => act({ case: paused ? "resumeRecording" : "pauseRecording", value: {} });
  const recorded = recording === "recording" || paused;
  return [
    ...(does("hold") ? [{ id: "hold", label: text(held ? "call.resume" : "call.hold"), key: "H", do: hold }] : []),
    ...(does("transfer") ? [{ id: "transfer", label: text("call.transfer"), key: "T", do: transfer }] : []),
    ...(recorded ? [{ id: "record", label: text(paused ? "call.resumeRecording" : "call.pauseRecording"), do: record }] : []),
    ...(does("hang_up") ? [hangUp(text("call.hangUp"))] : []),
  ];
}
