import { useSyncExternalStore } from "react";

export type Notice = { readonly id: number; readonly kind: "done" | "failed"; readonly message: string };

const SHOWN_MS = 5_000;
const MOST = 2;
let notices: readonly Notice[] = [];
let ids = 0;
const listeners = new Set<() => void>();
const set = (next: readonly Notice[]) => {
  notices = next;
  for (const listener of listeners) listener();
};

/** Says how it went, for some seconds, in the header, where it covers nothing that is worked with. */
export function notify(kind: Notice["kind"], message: string): void {
  const notice = { id: ++ids, kind, message };
  set([...notices, notice].slice(-MOST));
  setTimeout(() => set(notices.filter((one) => one !== notice)), SHOWN_MS);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Notices() {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map(({ id, kind, message }) => (
        <p key={id} className={`notice notice-${kind}`}>
          {message}
        </p>
      ))}
    </div>
  );
}
