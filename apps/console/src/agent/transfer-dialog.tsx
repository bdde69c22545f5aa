import { Button, Textarea, TextInput } from "@mantine/core";
import type { CallAction } from "@trunkline/desktop-client";
import { type FormEvent, useState } from "react";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { useQueueNames } from "./call-record.ts";
import { type Colleague, useColleagues } from "./colleagues.ts";
import { useMySession } from "./my-session.ts";

type To = { readonly case: "extension" | "queue"; readonly value: string };
export type Transfer = { readonly to: To; readonly kind: "blind" | "attended"; readonly note: string };
type Props = {
  /** What the exchange can do with this call; undefined when that is not remembered. */
  readonly actions: readonly CallAction[] | undefined;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onTransfer: (transfer: Transfer) => void;
};

const EXTENSION = /^[0-9A-Za-z_-]{1,20}$/;
const SHOWN = 50;
/** A phone that rings there is likely to be answered by nobody. */
const AWAY = new Set(["offline", "break"]);

/** To a colleague or a queue from the list, or to an extension that nobody here has once that is confirmed. */
export function TransferDialog({ actions, busy, onClose, onTransfer }: Props) {
  const text = useTexts();
  const does = (action: CallAction) => actions?.includes(action) ?? true;
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<To>();
  const [note, setNote] = useState("");
  const { people, queues, to, stranger, away, loading, error } = useTargets(typed, chosen, does("transfer_to_queue"));
  const consults = does("consult") && to?.case !== "queue" && !stranger;
  const ready = to !== undefined && !loading;
  const go = (kind: Transfer["kind"]) => to && onTransfer({ to, kind, note: note.trim() });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Enter is only for who is known; a stranger's extension takes a click.
    const [only, ...others] = [...people.map(({ extension }) => ofPerson(extension)), ...queues.map(([id]) => ofQueue(id))];
    if (!chosen && only && others.length === 0) setChosen(only);
    else if (ready && !stranger) go(consults ? "attended" : "blind");
  };
  return (
    <Dialog opened onClose={onClose} title={text("call.transfer")} returnFocus={false}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={text(does("transfer_to_queue") ? "transfer.toAny" : "transfer.to")}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value.trimStart());
            setChosen(undefined);
          }}
          maxLength={40}
          data-autofocus
        />
        <ul className="people" aria-label={text("transfer.colleagues")}>
          {people.slice(0, SHOWN).map((one) => (
            <Person key={one.employeeId} person={one} to={to} onChoose={setChosen} />
          ))}
          {queues.slice(0, SHOWN).map(([id, name]) => (
            <Queue key={id} id={id} name={name} to={to} onChoose={setChosen} />
          ))}
        </ul>
        <Textarea
          label={text("transfer.note")}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={500}
          rows={2}
        />
        <p className="line-2" role="status">
          {error ? errorText(text, error) : null}
          {away ? <strong className="bad">{text("transfer.away", { name: away.name })}</strong> : null}
          {stranger ? <strong className="bad">{text("transfer.stranger", { extension: to?.value ?? "" })}</strong> : null}
          {to?.case === "queue" ? <span className="dim">{text("transfer.queueHint")}</span> : null}
          {consults && !away ? <span className="dim">{text("transfer.consultHint")}</span> : null}
        </p>
        <div className="row end wrap">
          <Button variant="default" onClick={onClose}>
            {text("app.cancel")}
          </Button>
          <Button variant={consults ? "default" : "filled"} disabled={!ready} loading={busy} onClick={() => go("blind")}>
            {text(stranger ? "transfer.anyway" : "transfer.now")}
          </Button>
          {consults ? (
            <Button disabled={!ready} loading={busy} onClick={() => go("attended")}>
              {text("transfer.consult")}
            </Button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

const ofPerson = (value: string): To => ({ case: "extension", value });
const ofQueue = (value: string): To => ({ case: "queue", value });

/** Whom the call may go to, and whom it goes to by what was chosen or typed. */
function useTargets(typed: string, chosen: To | undefined, withQueues: boolean) {
  const { colleagues, loading, error } = useColleagues();
  const mine = useMySession().session?.extension;
  const all = useQueueNames(0);
  const like = (...words: readonly string[]) => words.some((word) => word.toLowerCase().includes(typed.toLowerCase()));
  const people = colleagues.filter(({ extension, name }) => extension !== mine && (extension.startsWith(typed) || like(name)));
  const queues = withQueues ? [...all].filter(([id, name]) => like(id, name)) : [];
  // Half an extension is nobody's yet, while the list still has whom it may become.
  const whole = people.length + queues.length === 0 || people.some(({ extension }) => extension === typed);
  const to = chosen ?? (EXTENSION.test(typed) && typed !== mine && whole ? ofPerson(typed) : undefined);
  const stranger = to?.case === "extension" && !loading && !colleagues.some(({ extension }) => extension === to.value);
  const away = colleagues.find(({ extension, state }) => to?.case === "extension" && extension === to.value && AWAY.has(state));
  return { people, queues, to, stranger, away, loading, error };
}

type Choose = { readonly to: To | undefined; readonly onChoose: (to: To) => void };

function Person({ person: { name, extension, state, reason }, to, onChoose }: Choose & { readonly person: Colleague }) {
  const chosen = to?.case === "extension" && to.value === extension;
  return (
    <li>
      <button type="button" className="person" aria-pressed={chosen} onClick={() => onChoose(ofPerson(extension))}>
        <span className="grow ellipsis">{name}</span>
        <span className="num dim">{extension}</span>
        <StateBadge state={state} reason={reason} />
      </button>
    </li>
  );
}

function Queue({ id, name, to, onChoose }: Choose & { readonly id: string; readonly name: string }) {
  const text = useTexts();
  return (
    <li>
      <button type="button" className="person" aria-pressed={to?.case === "queue" && to.value === id} onClick={() => onChoose(ofQueue(id))}>
        <span className="grow ellipsis">{name || id}</span>
        <span className="tag">{text("call.queue")}</span>
      </button>
    </li>
  );
}
