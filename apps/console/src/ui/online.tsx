import { useSyncExternalStore } from "react";
import { useTexts } from "../texts/i18n.ts";

const subscribe = (changed: () => void) => {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
};

/** As the browser says it, at once; a socket notices it much later. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);

export function NoNetwork() {
  const text = useTexts();
  return useOnline() ? null : (
    <p className="no-network" role="alert">
      {text("app.noNetwork")}
    </p>
  );
}
