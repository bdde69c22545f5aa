import type { ReactNode } from "react";
import { rooms } from "./unsaved.tsx";
import type { View } from "./views.ts";

type Props = { readonly view: View; readonly className?: string; readonly current?: boolean; readonly children: ReactNode };

/** To another room; asks first where something is not saved. In a window of its own nothing is left. */
export function RoomLink({ view, className, current = false, children }: Props) {
  return (
    <a
      href={`#${view}`}
      className={className}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        rooms.enter(view);
      }}
    >
      {children}
    </a>
  );
}
