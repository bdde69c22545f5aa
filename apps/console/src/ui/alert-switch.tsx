import { Button } from "@mantine/core";
import { useState } from "react";
import { useTexts } from "../texts/i18n.ts";

const STORED = "trunkline.alerts";

/** Sound and notification when it rings: the choice of whoever sits at this machine. */
export const alertsOn = (): boolean => localStorage.getItem(STORED) !== "off";

export function AlertSwitch() {
  const text = useTexts();
  const [on, setOn] = useState(alertsOn);
  const change = () => {
    localStorage.setItem(STORED, on ? "off" : "on");
    setOn(!on);
    // Asked only on a click: browsers refuse it otherwise.
    if (!on && "Notification" in window && Notification.permission === "default") void Notification.requestPermission();
  };
  return (
    <Button variant="subtle" color="gray" aria-pressed={on} title={text("alert.hint")} onClick={change}>
      {text(on ? "alert.on" : "alert.off")}
    </Button>
  );
}
