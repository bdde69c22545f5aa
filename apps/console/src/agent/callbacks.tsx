import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallbackTask } from "@trunkline/proto/service-desk";
import { callbackTasks } from "../api/clients.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Section } from "../ui/section.tsx";
import { instant } from "./caller-card.ts";
import { When } from "./customer-work.tsx";
import { PlaceCall } from "./place-call.tsx";

const RESULTS = ["reached", "no_answer", "wrong_number"] as const;
const REFRESH_MS = 15_000;

/** Who was missed, oldest first. */
export function Callbacks({ onOpen }: { readonly onOpen: (customerId: string) => void }) {
  const text = useTexts();
  const { data } = useQuery({
    queryKey: ["callback-tasks"],
    queryFn: async () => (await callbackTasks.listCallbackTasks({ state: "open", pageSize: 100 })).callbackTasks,
    refetchInterval: REFRESH_MS,
  });
  const tasks = (data ?? []).toSorted((a, b) => instant(a.openedAt) - instant(b.openedAt));
  return (
    <Section title={text("callbacks.title")} className="callbacks" aside={<span className="count num">{tasks.length}</span>}>
      <ul className="lines">
        {tasks.map((task) => (
          <Task key={task.callbackTaskId} task={task} text={text} onOpen={onOpen} />
        ))}
      </ul>
      {data && tasks.length === 0 ? <p className="dim none">{text("callbacks.none")}</p> : null}
    </Section>
  );
}

type TaskProps = { readonly task: CallbackTask; readonly text: Texts; readonly onOpen: (customerId: string) => void };

function Task({ task: { callbackTaskId, number, customerId, callIds, reason, openedAt }, text, onOpen }: TaskProps) {
  const complete = useAct((result: string) => callbackTasks.completeCallbackTask({ callbackTaskId, result }), {
    says: "callbacks.done",
    changes: ["callback-tasks", "trail"],
  });
  const title = <span className="num title">{number || text("call.withheld")}</span>;
  return (
    <li>
      <span className="grow">
        {customerId ? (
          <button type="button" className="plain" onClick={() => onOpen(customerId)}>
            {title}
          </button>
        ) : (
          title
        )}
        <span className="dim">
          {text.code("callbacks", reason)}
          {callIds.length > 1 ? ` · ${text("callbacks.calls", { count: callIds.length })}` : ""} ·{" "}
          <When at={instant(openedAt)} text={text} />
        </span>
      </span>
      {number ? <PlaceCall number={number} customerId={customerId} /> : null}
      <NativeSelect
        className="result"
        aria-label={`${text("callbacks.result")} ${number}`}
        value=""
        disabled={complete.isPending}
        onChange={(event) => complete.mutate(event.currentTarget.value)}
        data={[{ value: "", label: "…" }, ...RESULTS.map((value) => ({ value, label: text(`callbacks.${value}`) }))]}
      />
    </li>
  );
}
