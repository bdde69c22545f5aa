import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { BoardAgent } from "@trunkline/desktop-client";
import { type FormEvent, memo, useMemo, useState } from "react";
import { agentSessions, callControl, calls } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import { useCallWords } from "../calls/call-words.ts";
import { readable } from "../format/number.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Elapsed } from "../ui/elapsed.tsx";
import { FormButtons } from "../ui/form-buttons.tsx";
import { useNames } from "../ui/names.ts";
import { RowsInSight } from "../ui/rows-in-sight.tsx";
import { Empty, Scroll } from "../ui/section.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { nameOf } from "./agents-shown.ts";

const COLUMNS = ["board.agent", "board.extension", "board.state", "board.since", "board.call", "board.force"] as const;
const MODES = ["ready", "break", "offline"] as const;
/** Who needs eyes first. */
const ORDER = ["ringing", "reserved", "talking", "wrap_up", "ready", "break", "offline"];

/** What was set meanwhile holds when the call is through. */
const AT_WORK: ReadonlySet<string> = new Set(["reserved", "ringing", "talking", "wrap_up"]);

const byExtension = new Intl.Collator("en", { numeric: true });

export function AgentTable({ agents }: { readonly agents: readonly BoardAgent[] }) {
  const text = useTexts();
  const names = useNames();
  const [forcing, setForcing] = useState<BoardAgent>();
  const sorted = useMemo(
    () => agents.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || byExtension.compare(a.extension, b.extension)),
    [agents],
  );
  if (agents.length === 0) return <Empty title={text("board.noAgents")} />;
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={column === "board.since" ? "right" : ""}>
                {text(column)}
              </th>
            ))}
          </tr>
        </thead>
        <RowsInSight rows={sorted} columns={COLUMNS.length}>
          {(agent) => <AgentRow key={agent.employeeId} agent={agent} name={nameOf(agent, names)} onForce={setForcing} />}
        </RowsInSight>
      </table>
      {forcing ? <Force agent={forcing} name={nameOf(forcing, names)} onClose={() => setForcing(undefined)} /> : null}
    </Scroll>
  );
}

type AgentRowProps = { readonly agent: BoardAgent; readonly name: string; readonly onForce: (agent: BoardAgent) => void };

/** Drawn anew only when this agent has changed. */
const AgentRow = memo(({ agent, name, onForce }: AgentRowProps) => {
  const text = useTexts();
  const can = useService("CallControlService");
  return (
    <tr data-testid={`agent-${agent.extension}`}>
      <th scope="row">{name}</th>
      <td className="num">{agent.extension}</td>
      <td>
        <StateBadge state={agent.state} reason={agent.reason} />{" "}
        {AT_WORK.has(agent.state) && (agent.mode ?? "ready") !== "ready" ? (
          <span className="dim">{text("state.next", { mode: text.code("state", agent.mode) })}</span>
        ) : null}{" "}
        {agent.desktop || agent.state === "offline" ? null : <span className="tag tag-warn">{text("board.noDesktop")}</span>}
      </td>
      <td className="right">
        <Elapsed since={agent.stateSince} />
      </td>
      <td>{agent.callId ? <CurrentCall callId={agent.callId} /> : <span className="dim">–</span>}</td>
      <td>
        {agent.state === "talking" && can ? <ListenIn callId={agent.callId} name={name} /> : null}{" "}
        {wasTakenOff(agent) ? <TakeBack agent={agent} name={name} /> : null}{" "}
        <Button size="compact-xs" variant="default" onClick={() => onForce(agent)} aria-label={`${text("board.force")}: ${name}`}>
          {text("board.force")}
        </Button>
      </td>
    </tr>
  );
});

const useCall = (callId: string) =>
  useQuery({ queryKey: ["call", callId], queryFn: async () => (await calls.getCall({ callId })).call }).data;

function CurrentCall({ callId }: { readonly callId: string }) {
  const text = useTexts();
  const data = useCall(callId);
  const words = useCallWords();
  return (
    <span className="num ellipsis">
      {data ? readable(data.callerNumber) || text("call.withheld") : "…"}{" "}
      <span className="dim">{data?.queue ? words.queue(data) : ""}</span>
    </span>
  );
}

/** The supervisor's own phone rings; picked up, it carries the call. */
function ListenIn({ callId, name }: { readonly callId: string; readonly name: string }) {
  const text = useTexts();
  const listen = useAct(() => callControl.listenIn({ callId }), { says: "board.listening" });
  const call = useCall(callId);
  if (!call?.actions.includes("listen")) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={listen.isPending}
      onClick={() => listen.mutate()}
      aria-label={`${text("board.listen")}: ${name}`}
    >
      {text("board.listen")}
    </Button>
  );
}

/** Gets no calls without having chosen that: off line, or on break as the telephone did not answer. */
const wasTakenOff = ({ state, reason }: BoardAgent) => state === "offline" || (state === "break" && reason === "unreachable");

/** Taken off line, by whatever: ready again with one press. */
function TakeBack({ agent: { employeeId }, name }: Pick<ForceProps, "agent" | "name">) {
  const text = useTexts();
  const back = useAct(() => agentSessions.forceMode({ employeeId, mode: "ready", reason: "" }), { says: "board.takenBack" });
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={back.isPending}
      onClick={() => back.mutate()}
      aria-label={`${text("board.takeBack")}: ${name}`}
    >
      {text("board.takeBack")}
    </Button>
  );
}

/** What a supervisor most likely wants of somebody in this state. */
const firstChoice = (state: string): (typeof MODES)[number] => (state === "offline" || state === "break" ? "ready" : "break");

type ForceProps = { readonly agent: BoardAgent; readonly name: string; readonly onClose: () => void };

function Force({ agent, name, onClose }: ForceProps) {
  const text = useTexts();
  const force = useAct(
    (mode: string) => agentSessions.forceMode({ employeeId: agent.employeeId, mode, reason: mode === "break" ? "supervisor" : "" }),
    { says: "board.forced", after: onClose },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    force.mutate(String(new FormData(event.currentTarget).get("mode") ?? ""));
  };
  return (
    <Dialog opened onClose={onClose} title={text("board.forceOf", { name })}>
      <form className="stack" onSubmit={submit}>
        <NativeSelect
          name="mode"
          label={text("board.state")}
          data-autofocus
          defaultValue={firstChoice(agent.state)}
          data={MODES.map((value) => ({ value, label: text(`state.${value}`) }))}
        />
        <div className="row end">
          <FormButtons submit={text("board.force")} busy={force.isPending} cancel={text("app.cancel")} onCancel={onClose} />
        </div>
      </form>
    </Dialog>
  );
}
