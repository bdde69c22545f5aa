import { type MutationFunction, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { errorText, NoNetworkError } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import type { TextKey } from "../texts/zh-cn.ts";
import { notify } from "./notice.tsx";

/** Something the user does: says how it went, and has what it changed asked for again. */
export function useAct<T, V = void>(
  work: MutationFunction<T, V>,
  done: {
    readonly says?: TextKey;
    /** The refusal is shown where it belongs, by whoever called. */
    readonly quiet?: boolean;
    readonly changes?: readonly string[];
    readonly after?: (result: T, input: V) => void | Promise<void>;
  } = {},
) {
  const text = useTexts();
  const queries = useQueryClient();
  const running = useRef(new Set<string>());
  const mutation = useMutation<T, Error, V>({
    async mutationFn(input, context) {
      if (!navigator.onLine) throw new NoNetworkError();
      return work(input, context);
    },
    onError: (error) => done.quiet || notify("failed", errorText(text, error)),
    async onSuccess(result, input) {
      if (done.says) notify("done", text(done.says));
      for (const key of done.changes ?? []) void queries.invalidateQueries({ queryKey: [key] });
      await done.after?.(result, input);
    },
    onSettled: (_result, _error, input) => void running.current.delete(nameOf(input)),
  });
  // A double click is one wish: the second click comes before the button is shown as busy.
  const mutate: typeof mutation.mutate = (...wish) => {
    const name = nameOf(wish[0]);
    if (running.current.has(name)) return;
    running.current.add(name);
    mutation.mutate(...wish);
  };
  return { ...mutation, mutate };
}

function nameOf(input: unknown): string {
  return JSON.stringify(input, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)) ?? "";
}
