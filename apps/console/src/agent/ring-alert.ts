import { useEffect } from "react";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useTexts } from "../texts/i18n.ts";
import { alertsOn } from "../ui/alert-switch.tsx";
import { numberOf } from "./call-panel.tsx";

const BEEP_EVERY_MS = 2_000;
const TONES = [880, 660] as const;
const TONE_S = 0.18;

/** Who rings, as title, header and notification say it; empty when nobody does. */
export function useRingText(ring: DesktopCall | undefined): string {
  const text = useTexts();
  if (!ring) return "";
  const matches = ring.pop?.caller.matches ?? [];
  const name = matches.length === 1 ? matches[0]?.name : undefined;
  return text("alert.ringing", { who: name || numberOf(text, ring) });
}

/** A ring is seen and heard also behind another window: title always, sound and notification where the agent wants them. */
export function useRingAlert(ring: DesktopCall | undefined, title: string): void {
  const callId = ring?.callId;
  useEffect(() => {
    document.title = title ? `☎ ${title}` : "Trunkline";
    return () => {
      document.title = "Trunkline";
    };
  }, [title]);
  useEffect(() => (callId && alertsOn() ? beep() : undefined), [callId]);
  useEffect(() => {
    if (!callId || !alertsOn() || document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    const shown = new Notification(title, { tag: callId });
    shown.onclick = () => window.focus();
    return () => shown.close();
    // Of one tag: when it is known who calls, it replaces the one before.
  }, [callId, title]);
}

/** Two tones, again and again. A browser that has seen no click yet keeps quiet. */
function beep(): () => void {
  const audio = new AudioContext();
  const play = () => {
    if (audio.state !== "running") return;
    TONES.forEach((frequency, n) => {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      gain.gain.value = 0.08;
      tone.frequency.value = frequency;
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + n * TONE_S);
      tone.stop(audio.currentTime + (n + 1) * TONE_S);
    });
  };
  play();
  const timer = setInterval(play, BEEP_EVERY_MS);
  return () => {
    clearInterval(timer);
    void audio.close();
  };
}
