import { Button, Kbd, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { callQueues, calls } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";

type Disposition = { readonly value: string; readonly label: string };
/** Where a queue names none of its own. */
const COMMON = ["solved", "follow_up", "wrong_number", "other"];

/** What the call was about, chosen from what its queue allows. Its place is there also when there is nothing to say. */
export function WrapUp({ call }: { readonly call: DesktopCall | undefined }) {
  const text = useTexts();
  const field = useRef<HTMLSelectElement>(null);
  useShortcuts({ KeyW: () => field.current?.focus() });
  const dispositions = useDispositions(call, text);
  const finish = useAct((disposition: string) => calls.finishWrapUp({ callId: call?.callId ?? "", disposition }), {
    says: "wrapUp.finished",
    changes: ["trail"],
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    finish.mutate(field.current?.value ?? "");
  };
  return (
    <Section
      title={text("wrapUp.title")}
      className={call ? "wrap-up due" : "wrap-up"}
      aside={call ? <Elapsed since={call.since} /> : <Kbd size="xs">Alt W</Kbd>}
    >
      <form className="row" onSubmit={submit}>
        <NativeSelect
          key={call?.callId ?? ""}
          ref={field}
          className="grow"
          aria-label={text("wrapUp.disposition")}
          aria-keyshortcuts="Alt+W"
          disabled={!call}
          required
          data={[{ value: "", label: text(call ? "wrapUp.choose" : "wrapUp.idle") }, ...(call ? dispositions : [])]}
        />
        <Button type="submit" disabled={!call} loading={finish.isPending}>
          {text("wrapUp.finish")}
        </Button>
      </form>
    </Section>
  );
}

function useDispositions(call: DesktopCall | undefined, text: Texts): readonly Disposition[] {
  const can = useService("CallQueueService");
  const { data, isLoading } = useQuery({
    queryKey: ["dispositions", call?.callId],
    enabled: can && call !== undefined,
    staleTime: 60_000,
    queryFn: async () => {
      // After a reload the pop, which names the queue, may be gone.
      const queueId = call?.pop?.queue || (await calls.getCall({ callId: call?.callId ?? "" })).call?.queue || "";
      return (await callQueues.getCallQueue({ queueId })).queue?.wrapUp?.dispositions ?? [];
    },
  });
  // A code shown for a moment could be chosen, and the queue would refuse it.
  if (isLoading) return [];
  return data && data.length > 0
    ? data.map(({ code, name }) => ({ value: code, label: name }))
    : COMMON.map((value) => ({ value, label: text.code("disposition", value) }));
}
