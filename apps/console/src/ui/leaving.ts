/** What was changed on the screen and is not saved, and where somebody wants to go meanwhile. */
export type Leaving = {
  changed(is: boolean): void;
  /** Goes there, or asks first. */
  leave(go: () => void): void;
  /** The answer: go and lose it, or stay. */
  answer(goes: boolean): void;
  readonly isAsking: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
};

export function openLeaving(): Leaving {
  let unsaved = false;
  let waiting: (() => void) | undefined;
  const listeners = new Set<() => void>();
  const wait = (go: (() => void) | undefined) => {
    waiting = go;
    for (const listener of listeners) listener();
  };
  return {
    changed(is) {
      unsaved = is;
    },
    leave(go) {
      if (unsaved) wait(go);
      else go();
    },
    answer(goes) {
      const go = waiting;
      wait(undefined);
      if (goes) go?.();
    },
    isAsking: () => waiting !== undefined,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
