import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useDesktop } from "../desktop/desktop-store.ts";
import { readable } from "../format/number.ts";
import { useStored } from "../session/stored.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { notify } from "../ui/notice.tsx";
import { fateOf, isSaid, itemOf, type Kept, lapsedBetween, type Said, saidOf, type WrapUpItem, withSaid } from "./wrap-up-items.ts";
import { dispositionsOf, givenOf, wrapUpRecord } from "./wrap-up-record.ts";

export type WrapUps = {
  readonly kept: readonly Kept[];
  /** The agent has chosen or written something; it stays until it is saved. */
  readonly write: (item: WrapUpItem, said: Said) => void;
  /** It is saved, or the agent does not want to say anything. */
  readonly done: (callId: string) => void;
};

const WrapUpsContext = createContext<WrapUps | undefined>(undefined);

export function useWrapUps(): WrapUps {
  const wrapUps = useContext(WrapUpsContext);
  if (!wrapUps) throw new Error("nobody keeps the wrap-ups above this component");
  return wrapUps;
}

export const whoOf = (text: Texts, { number }: WrapUpItem) => (number === "" ? text("call.withheld") : readable(number));

/** Above all rooms: a wrap-up goes on, ends and keeps its words also while its agent looks at the board. */
export function KeepWrapUps({ children }: { readonly children: ReactNode }) {
  const calls = useDesktop((state) => state.calls);
  const [kept, setKept] = useStored<readonly Kept[]>("wrap-ups", []);
  const finished = useRef(new Set<string>());
  const done = (callId: string) => {
    finished.current.add(callId);
    setKept((known) => known.filter((one) => one.callId !== callId));
  };
  const write = (item: WrapUpItem, said: Said) => {
    const isDue = calls.some(({ callId }) => callId === item.callId);
    setKept((known) => (isDue && !isSaid(said) ? known.filter(({ callId }) => callId !== item.callId) : withSaid(known, item, said)));
  };
  const late = (item: WrapUpItem) => setKept((known) => withSaid(known, item, saidOf(known, item.callId)));
  useEffect(() => {
    // The same call may come back, and has another wrap-up then.
    for (const { callId, state } of calls) if (state !== "wrap_up") finished.current.delete(callId);
  }, [calls]);
  useLapse(calls, finished.current, { kept, late, done });
  return <WrapUpsContext value={{ kept, write, done }}>{children}</WrapUpsContext>;
}

type After = Pick<WrapUps, "kept" | "done"> & { readonly late: (item: WrapUpItem) => void };

/** Says what has become of a wrap-up that is gone without this tab having finished it. */
function useLapse(calls: readonly DesktopCall[], finished: ReadonlySet<string>, after: After): void {
  const text = useTexts();
  const queries = useQueryClient();
  const before = useRef(calls);
  const now = useRef(after);
  now.current = after;
  const lapse = useRef(async (_: DesktopCall) => {});
  lapse.current = async (call) => {
    const item = itemOf(call);
    const { callId } = call;
    const record = await queries.fetchQuery({ ...wrapUpRecord(callId), staleTime: 0 }).catch(() => undefined);
    // The word that it is over may come before the answer to this tab's own finish.
    if (finished.has(callId)) return;
    const { kept, late, done } = now.current;
    const given = givenOf(record, call.since);
    const said = saidOf(kept, callId);
    const fate = fateOf(said, given);
    const who = whoOf(text, item);
    if (fate !== "elsewhere") {
      late(item);
      notify("failed", text(fate === "differs" ? "wrapUp.differs" : isSaid(said) ? "wrapUp.lapsedBegun" : "wrapUp.lapsed", { who }));
      return;
    }
    done(callId);
    const dispositions = await queries.fetchQuery(dispositionsOf(item)).catch(() => []);
    const code = given?.disposition ?? "";
    const result = dispositions.find((one) => one.code === code)?.name ?? text.code("disposition", code);
    notify("done", text("wrapUp.elsewhere", { who, result: [result, given?.note].filter(Boolean).join(" · ") }));
  };
  useEffect(() => {
    const lapsed = lapsedBetween(before.current, calls, finished);
    before.current = calls;
    for (const call of lapsed) void lapse.current(call);
  }, [calls, finished]);
}
