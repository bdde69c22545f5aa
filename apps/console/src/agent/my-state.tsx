import { Button, Kbd, NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { agentSessions } from "../api/clients.ts";
import { type DesktopCall, isOutbound } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { StateBadge } from "../ui/state-badge.tsx";
import { useMySession } from "./my-session.ts";

const MODES = [
  { mode: "ready", key: "R" },
  { mode: "break", key: "B" },
  { mode: "offline", key: "O" },
] as const;
const REASONS = ["rest", "lunch", "training", "meeting"] as const;
const AT_WORK = new Set(["reserved", "ringing", "talking", "wrap_up"]);

export function MyState({ call }: { readonly call: DesktopCall | undefined }) {
  const text = useTexts();
  const { session, failed } = useMySession();
  const [reason, setReason] = useState<string>(REASONS[0]);
  const queries = useQueryClient();
  const change = useAct(
    async ({ mode, reason }: Record<"mode" | "reason", string>) =>
      (await agentSessions.changeMyMode({ mode, reason: mode === "break" ? reason : "" })).session,
    {
      async after(changed) {
        // An answer that is still on its way is older.
        await queries.cancelQueries({ queryKey: ["my-session"] });
        queries.setQueryData(["my-session"], changed);
      },
    },
  );
  const noPhone = session?.extension === "";
  const act = (mode: string) => () => change.mutate({ mode, reason });
  useShortcuts({ KeyR: act("ready"), KeyB: act("break"), KeyO: act("offline") });
  // The call's own frame comes before the one of the state that follows from it.
  const inCall = call && (call.state === "held" || call.state === "consulting" ? "talking" : call.state);
  const state = inCall ?? session?.state ?? "offline";
  const since = session?.state === state ? session.stateSince : call?.since;
  const shown = state === "ringing" && call && isOutbound(call) ? "dialling" : state;
  return (
    <Section title={text("state.title")} aside={since ? <Elapsed since={since} /> : null} className="my-state">
      <StateBadge state={shown} reason={state === "break" || state === "offline" ? (session?.reason ?? "") : ""} large />
      <div className="modes">
        {MODES.map(({ mode, key }) => (
          <Button
            key={mode}
            variant={session?.mode === mode ? "filled" : "default"}
            aria-pressed={session?.mode === mode}
            aria-keyshortcuts={`Alt+${key}`}
            disabled={noPhone && mode !== "offline"}
            onClick={act(mode)}
          >
            {text(`state.${mode}`)}
            <Kbd size="xs">Alt {key}</Kbd>
          </Button>
        ))}
      </div>
      <NativeSelect
        label={text("state.reason")}
        data={REASONS.map((value) => ({ value, label: text(`reason.${value}`) }))}
        value={reason}
        onChange={({ currentTarget: { value } }) => {
          setReason(value);
          // Already on break it is another one from now on.
          if (session?.mode === "break") change.mutate({ mode: "break", reason: value });
        }}
      />
      <p className="line dim">
        {noPhone ? text("state.noExtension") : null}
        {failed ? text("state.unavailable") : null}
        {session && AT_WORK.has(state) && session.mode !== "ready" ? (
          <>
            {text("state.next", { mode: text.code("state", session.mode) })}
            {session.reason ? ` · ${text.code("reason", session.reason)}` : null}
          </>
        ) : null}
        {session && session.unanswered > 0 ? text("state.unanswered", { count: session.unanswered }) : null}
      </p>
    </Section>
  );
}
