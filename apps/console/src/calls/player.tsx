import { useQuery } from "@tanstack/react-query";
import type { Call } from "@trunkline/proto/telephony";
import { useEffect, useState } from "react";
import { instant } from "../agent/caller-card.ts";
import { recordings } from "../api/clients.ts";
import { soundOf } from "../api/recording.ts";
import { readable } from "../format/number.ts";
import { moment } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { ListState } from "../ui/listed.tsx";
import { Lines } from "../ui/section.tsx";

type Props = { readonly call: Call; readonly names: ReadonlyMap<string, string>; readonly onClose: () => void };

/** Plays a recording and shows who has listened: opening it is written down. */
export function Player({ call: { callId, callerNumber }, names, onClose }: Props) {
  const text = useTexts();
  const [url, setUrl] = useState<string>();
  const sound = useQuery({ queryKey: ["sound", callId], gcTime: 0, staleTime: Number.POSITIVE_INFINITY, queryFn: () => soundOf(callId) });
  const listens = useQuery({
    queryKey: ["recording", callId],
    enabled: sound.isSuccess,
    staleTime: 0,
    queryFn: async () => (await recordings.getRecording({ callId })).listens,
  });
  useEffect(() => {
    if (!sound.data) return;
    const made = URL.createObjectURL(sound.data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [sound.data]);
  return (
    <Dialog opened onClose={onClose} title={text("recording.of", { number: readable(callerNumber) || text("call.withheld") })}>
      <div className="stack">
        {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said */}
        {url ? <audio controls autoPlay src={url} aria-label={text("calls.recording")} /> : null}
        {sound.isPending ? <p className="dim">{text("app.loading")}</p> : null}
        {sound.isError ? <p role="alert">{text("recording.gone")}</p> : null}
        <h3>{text("recording.listens")}</h3>
        <ListState read={listens} count={listens.data?.length} />
        <Lines>
          {(listens.data ?? []).toReversed().map(({ employeeId, at }) => (
            <li key={`${employeeId} ${at?.seconds}`}>
              {names.get(employeeId) ?? employeeId}{" "}
              <span className="dim num">{at ? moment(instant(at), Date.now(), text.language) : ""}</span>
            </li>
          ))}
        </Lines>
      </div>
    </Dialog>
  );
}
