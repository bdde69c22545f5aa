import { Button } from "@mantine/core";
import { useEffect, useSyncExternalStore } from "react";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "./dialog.tsx";
import { openLeaving } from "./leaving.ts";

/** One for the page: one form is open at a time. */
const leaving = openLeaving();
export const { leave } = leaving;

/** A form whose fields are not what is saved; the browser asks before the page itself is left. */
export function useUnsaved(fields: object, saved: object): void {
  const changed = JSON.stringify(fields) !== JSON.stringify(saved);
  useEffect(() => {
    leaving.changed(changed);
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => {
      leaving.changed(false);
      window.removeEventListener("beforeunload", ask);
    };
  }, [changed]);
}

export function AskUnsaved() {
  const text = useTexts();
  const asking = useSyncExternalStore(leaving.subscribe, leaving.isAsking);
  return (
    <Dialog opened={asking} onClose={() => leaving.answer(false)} title={text("unsaved.title")}>
      <p>{text("unsaved.ask")}</p>
      <div className="row end">
        <Button variant="default" data-autofocus onClick={() => leaving.answer(false)}>
          {text("unsaved.stay")}
        </Button>
        <Button color="red" onClick={() => leaving.answer(true)}>
          {text("unsaved.leave")}
        </Button>
      </div>
    </Dialog>
  );
}
