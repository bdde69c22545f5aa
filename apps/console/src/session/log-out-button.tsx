import { Button } from "@mantine/core";
import { useState } from "react";
import { agentSessions } from "../api/clients.ts";
import { useDesktop } from "../desktop/desktop-store.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { logOut } from "./session.ts";

/** The log-out itself takes the agent off line too; it waits no longer than this for it to be done at once. */
const OFFLINE_MS = 2_000;

/** Nobody is to ring at an empty seat: off line first. With a call in hand it is asked. */
export function LogOutButton() {
  const text = useTexts();
  const inCall = useDesktop(({ calls }) => calls.length > 0);
  const [asking, setAsking] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const leave = async () => {
    setLeaving(true);
    await agentSessions.changeMyMode({ mode: "offline" }, { timeoutMs: OFFLINE_MS }).catch(() => undefined);
    logOut();
  };
  return (
    <>
      <Button variant="default" loading={leaving} onClick={() => (inCall ? setAsking(true) : void leave())}>
        {text("app.logOut")}
      </Button>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={text("logOut.title")}>
        <p>{text("logOut.inCall")}</p>
        <div className="row end">
          <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
            {text("app.cancel")}
          </Button>
          <Button color="red" loading={leaving} onClick={() => void leave()}>
            {text("logOut.anyway")}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
