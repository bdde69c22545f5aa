import { Button } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "./dialog.tsx";
import { openLeaving } from "./leaving.ts";
import { openRooms } from "./rooms.ts";

/** One for the page: one form is open at a time. */
const leaving = openLeaving();
export const { leave } = leaving;
export const rooms = openRooms({ get: () => location.hash.slice(1), put: (room) => history.pushState(null, "", `#${room}`) }, leave);

/** The room that is shown. */
export function useRoom(): string {
  useEffect(() => {
    rooms.moved();
    window.addEventListener("hashchange", rooms.moved);
    return () => window.removeEventListener("hashchange", rooms.moved);
  }, []);
  return useSyncExternalStore(rooms.subscribe, rooms.shown);
}

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

/** The same where the fields are the browser's own: all that is typed is not saved. The result is told of each input. */
export function useTyped(): () => void {
  const [typed, setTyped] = useState(false);
  useUnsaved({ typed }, { typed: false });
  return () => setTyped(true);
}

export function AskUnsaved() {
  const text = useTexts();
  const asking = useSyncExternalStore(leaving.subscribe, leaving.isAsking);
  // The dialog that is there last lies on top.
  if (!asking) return null;
  return (
    <Dialog opened onClose={() => leaving.answer(false)} title={text("unsaved.title")}>
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
