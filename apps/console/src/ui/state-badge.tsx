import { useTexts } from "../texts/i18n.ts";

/** An agent's state: colour and text, never colour alone. */
export function StateBadge({
  state,
  reason = "",
  large = false,
}: {
  readonly state: string;
  readonly reason?: string;
  readonly large?: boolean;
}) {
  const text = useTexts();
  return (
    <span className={`state state-${state}${large ? " state-large" : ""}`}>
      <span className="dot" aria-hidden="true" />
      {text.code("state", state)}
      {reason ? <span className="dim">· {text.code("reason", reason)}</span> : null}
    </span>
  );
}
