import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallbackTask } from "@trunkline/proto/service-desk";
import { useEffect, useRef, useState } from "react";
import { callbackTasks } from "../api/clients.ts";
import { useDesktop } from "../desktop/desktop-store.ts";
import { readable } from "../format/number.ts";
import { currentSession } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { useNow } from "../ui/elapsed.tsx";
import { Count, ListState } from "../ui/listed.tsx";
import { Section } from "../ui/section.tsx";
import { CallbackLine } from "./callback-line.tsx";
import { instant } from "./caller-card.ts";

/** Should the word that they have changed be lost. */
const REFRESH_MS = 300_000;
const UNDO_MS = 60_000;

/** What was just done about one, to be taken back. */
type Done = { readonly task: CallbackTask; readonly result: string; readonly at: number };

/** Who was missed: whoever has waited longest first, who is to be tried later last. */
export function Callbacks({ onOpen }: { readonly onOpen: (customerId: string) => void }) {
  const text = useTexts();
  const [done, setDone] = useState<Done>();
  const now = useNow();
  const read = useOpenTasks();
  const tasks = read.data ?? [];
  const isLater = (task: CallbackTask) => instant(task.dueAt) > now;
  const ordered = [...tasks.filter((task) => !isLater(task)), ...tasks.filter(isLater)];
  return (
    <Section title={text("callbacks.title")} className="callbacks" aside={<Count read={read} count={read.data?.length} />}>
      {done && now - done.at < UNDO_MS ? <Undo done={done} onUndone={() => setDone(undefined)} /> : null}
      <ListState read={read} count={read.data?.length} none={<p className="dim none">{text("callbacks.none")}</p>} />
      <ul className="lines">
        {ordered.map((task) => (
          <CallbackLine
            key={task.callbackTaskId}
            task={task}
            later={isLater(task)}
            mine={task.ownerId === currentSession()?.employeeId}
            onOpen={onOpen}
            onDone={(result) => setDone({ task, result, at: Date.now() })}
          />
        ))}
      </ul>
    </Section>
  );
}

/** Read when the socket says that they have changed. */
function useOpenTasks() {
  const changes = useDesktop((state) => state.callbackChanges);
  const read = useQuery({
    queryKey: ["callback-tasks"],
    queryFn: async () => (await callbackTasks.listCallbackTasks({ state: "open", pageSize: 100 })).callbackTasks,
    refetchInterval: REFRESH_MS,
  });
  const { refetch } = read;
  const known = useRef(changes);
  useEffect(() => {
    if (known.current === changes) return;
    known.current = changes;
    void refetch();
  }, [changes, refetch]);
  return read;
}

function Undo({ done: { task, result }, onUndone }: { readonly done: Done; readonly onUndone: () => void }) {
  const text = useTexts();
  const { callbackTaskId, number } = task;
  const undo = useAct(() => callbackTasks.reopenCallbackTask({ callbackTaskId }), {
    says: "callbacks.undone",
    changes: ["callback-tasks", "trail"],
    after: onUndone,
  });
  return (
    <p className="row undo" role="status">
      <span className="grow ellipsis">
        {readable(number) || text("call.withheld")}: {text.code("callbacks", result)}
      </span>
      <Button size="compact-xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
        {text("callbacks.undo")}
      </Button>
    </p>
  );
}
