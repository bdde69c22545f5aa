import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { type Colleague, useColleagues } from "./colleagues.ts";
import { useMySession } from "./my-session.ts";

export type Kind = "blind" | "attended";
type Props = {
  /** The exchange can let the two agents talk first. */
  readonly consults: boolean;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onTransfer: (extension: string, kind: Kind) => void;
};

const EXTENSION = /^[0-9A-Za-z_-]{1,20}$/;
const SHOWN = 50;

/** To a colleague from the list, or to an extension that nobody here has once that is confirmed. */
export function TransferDialog({ consults, busy, onClose, onTransfer }: Props) {
  const text = useTexts();
  const { colleagues, loading, error } = useColleagues();
  const extension = useMySession().session?.extension;
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState("");
  const others = colleagues.filter((one) => one.extension !== extension && matches(one, typed));
  // Half an extension is nobody's yet, while the list still has whom it may become.
  const whole = others.length === 0 || others.some((one) => one.extension === typed);
  const to = chosen || (EXTENSION.test(typed) && whole ? typed : "");
  const stranger = to !== "" && !loading && !colleagues.some((one) => one.extension === to);
  const go = (kind: Kind) => () => onTransfer(to, kind);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Enter is only for who is known; a stranger's extension takes a click.
    const only = others.length === 1 ? others[0] : undefined;
    if (!chosen && only) setChosen(only.extension);
    else if (to !== "" && !stranger && !loading) onTransfer(to, consults ? "attended" : "blind");
  };
  return (
    <Dialog opened onClose={onClose} title={text("call.transfer")} returnFocus={false}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={text("transfer.to")}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value.trimStart());
            setChosen("");
          }}
          maxLength={40}
          data-autofocus
        />
        <ul className="people" aria-label={text("transfer.colleagues")}>
          {others.slice(0, SHOWN).map((one) => (
            <Person key={one.employeeId} person={one} chosen={one.extension === to} onChoose={() => setChosen(one.extension)} />
          ))}
        </ul>
        <p className="line-2" role="status">
          {error ? errorText(text, error) : null}
          {stranger ? <strong className="bad">{text("transfer.stranger", { extension: to })}</strong> : null}
          {!stranger && consults ? <span className="dim">{text("transfer.consultHint")}</span> : null}
        </p>
        <div className="row end wrap">
          <Button variant="default" onClick={onClose}>
            {text("app.cancel")}
          </Button>
          <Button variant={consults ? "default" : "filled"} disabled={to === "" || loading} loading={busy} onClick={go("blind")}>
            {text(stranger ? "transfer.anyway" : "transfer.now")}
          </Button>
          {consults && !stranger ? (
            <Button disabled={to === "" || loading} loading={busy} onClick={go("attended")}>
              {text("transfer.consult")}
            </Button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

const matches = ({ name, extension }: Colleague, typed: string) =>
  extension.startsWith(typed) || name.toLowerCase().includes(typed.toLowerCase());

type PersonProps = { readonly person: Colleague; readonly chosen: boolean; readonly onChoose: () => void };

function Person({ person: { name, extension, state, reason }, chosen, onChoose }: PersonProps) {
  return (
    <li>
      <button type="button" className="person" aria-pressed={chosen} onClick={onChoose}>
        <span className="grow ellipsis">{name}</span>
        <span className="num dim">{extension}</span>
        <StateBadge state={state} reason={reason} />
      </button>
    </li>
  );
}
