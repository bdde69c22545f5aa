import { useDesktop } from "../desktop/desktop-store.ts";
import { elapsed } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { useNow } from "../ui/elapsed.tsx";
import { RoomLink } from "../ui/room-link.tsx";
import { rooms } from "../ui/unsaved.tsx";
import type { View } from "../ui/views.ts";
import { ringOf, soonestWrapUp } from "./header-items.ts";
import { useRingAlert, useRingText } from "./ring-alert.ts";

/** What must not be missed in another room, or far down on a phone: who rings, and the wrap-up whose time runs; each leads there. */
export function HeaderCalls({ view }: { readonly view: View }) {
  const calls = useDesktop((state) => state.calls);
  const ring = ringOf(calls);
  const says = useRingText(ring);
  useRingAlert(ring, says);
  const wrapUp = soonestWrapUp(calls);
  return (
    <>
      {ring && view !== "agent" ? (
        <span className="header-calls" role="alert">
          <RoomLink view="agent" className="header-call header-ring">
            ☎ {says}
          </RoomLink>
        </span>
      ) : null}
      {wrapUp?.until ? <WrapUpLeft view={view} until={wrapUp.until} /> : null}
    </>
  );
}

/** In the agent's room only on a phone, where the form is far down. */
function WrapUpLeft({ view, until }: { readonly view: View; readonly until: number }) {
  const text = useTexts();
  const here = view === "agent";
  return (
    <button type="button" className={`header-call header-wrap-up${here ? " phone-only" : ""}`} onClick={() => toForm(here)}>
      {text("wrapUp.title")} <span className="num">{elapsed(Math.max(0, until - useNow()))}</span>
    </button>
  );
}

function toForm(here: boolean): void {
  const show = () => {
    const form = document.querySelector(".wrap-up");
    form?.scrollIntoView({ block: "center" });
    form?.querySelector("select")?.focus({ preventScroll: true });
  };
  if (here) show();
  // The room is drawn by then.
  else rooms.enter("agent", () => setTimeout(show));
}
