import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallbackTask } from "@trunkline/proto/service-desk";
import { callbackTasks } from "../api/clients.ts";
import { readable } from "../format/number.ts";
import { moment } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { instant } from "./caller-card.ts";
import { useColleagueNames } from "./colleagues.ts";
import { customerQuery } from "./customer-query.ts";
import { PlaceCall } from "./place-call.tsx";

/** Tried again then. */
const AGAIN_MS = 30 * 60_000;
const CHANGES = ["callback-tasks", "trail"] as const;

type Props = {
  readonly task: CallbackTask;
  /** Not to be tried yet. */
  readonly later: boolean;
  /** This agent has claimed it. */
  readonly mine: boolean;
  readonly onOpen: (customerId: string) => void;
  readonly onDone: (result: string) => void;
};

/** One who was missed. Whoever calls or takes it has it for a while; its result is given by a button, not by the way. */
export function CallbackLine({ task, later, mine, onOpen, onDone }: Props) {
  const text = useTexts();
  const { callbackTaskId, number, customerId, callIds, ownerId } = task;
  const names = useColleagueNames();
  const { data: customer } = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" });
  const claim = () => callbackTasks.claimCallbackTask({ callbackTaskId });
  const take = useAct(claim, { changes: CHANGES });
  const whole = readable(number) || text("call.withheld");
  const taken = ownerId !== "" && !mine;
  return (
    <li className={mine ? "callback mine" : "callback"}>
      <span className="row">
        <span className="grow">
          {customerId ? (
            <button type="button" className="plain title" onClick={() => onOpen(customerId)}>
              {customer?.name ?? whole}
            </button>
          ) : (
            <span className="num title">{whole}</span>
          )}
          <span className="dim num">
            {customer ? `${whole} · ` : ""}
            <About task={task} later={later} />
          </span>
        </span>
        {taken ? <span className="dim">{text("callbacks.taken", { name: names.get(ownerId) ?? "…" })}</span> : null}
        {taken || number === "" ? null : (
          <PlaceCall number={number} missedCallId={callIds.at(-1) ?? ""} customerId={customerId} {...(mine ? {} : { first: claim })} />
        )}
        {taken || mine ? null : (
          <Button
            size="compact-xs"
            variant="default"
            loading={take.isPending}
            onClick={() => take.mutate()}
            aria-label={`${text("callbacks.take")} ${whole}`}
          >
            {text("callbacks.take")}
          </Button>
        )}
      </span>
      {mine ? <Results callbackTaskId={callbackTaskId} whole={whole} onDone={onDone} /> : null}
    </li>
  );
}

/** Why it is here, how often, since when. */
function About({ task: { reason, callIds, attempts, openedAt, dueAt }, later }: Pick<Props, "task" | "later">) {
  const text = useTexts();
  const when = (at: number) => moment(at, Date.now(), text.language);
  return [
    text.code("callbacks", reason),
    callIds.length > 1 ? text("callbacks.calls", { count: callIds.length }) : "",
    attempts > 0 ? text("callbacks.attempts", { count: attempts }) : "",
    later ? text("callbacks.later", { when: when(instant(dueAt)) }) : when(instant(openedAt)),
  ]
    .filter(Boolean)
    .join(" · ");
}

type ResultsProps = { readonly callbackTaskId: string; readonly whole: string; readonly onDone: (result: string) => void };
type Result = { readonly result: "reached" | "no_answer" | "wrong_number"; readonly again?: boolean };

function Results({ callbackTaskId, whole, onDone }: ResultsProps) {
  const text = useTexts();
  const complete = useAct(
    ({ result, again }: Result) =>
      callbackTasks.completeCallbackTask({ callbackTaskId, result, retryAfterMs: BigInt(again ? AGAIN_MS : 0) }),
    {
      changes: CHANGES,
      after: (_, { result, again }) => {
        if (!again) onDone(result);
      },
    },
  );
  const release = useAct(() => callbackTasks.releaseCallbackTask({ callbackTaskId }), { changes: CHANGES });
  const busy = complete.isPending || release.isPending;
  const button = (label: string, act: () => void, main = false) => (
    <Button
      size="compact-xs"
      variant={main ? "filled" : "default"}
      disabled={busy}
      onClick={act}
      aria-label={`${label} ${whole}`}
      title={label}
    >
      {label}
    </Button>
  );
  return (
    <span className="row wrap results">
      {button(text("callbacks.reached"), () => complete.mutate({ result: "reached" }), true)}
      {button(text("callbacks.again"), () => complete.mutate({ result: "no_answer", again: true }))}
      {button(text("callbacks.no_answer"), () => complete.mutate({ result: "no_answer" }))}
      {button(text("callbacks.wrong_number"), () => complete.mutate({ result: "wrong_number" }))}
      {button(text("callbacks.release"), () => release.mutate())}
    </span>
  );
}
