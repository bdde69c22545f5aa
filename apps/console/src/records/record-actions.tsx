import { Button, NativeSelect } from "@mantine/core";
import type { Action, Kind, Record as Shown } from "@trunkline/proto/records";
import { type FormEvent, useState } from "react";
import { useColleagueNames } from "../agent/colleagues.ts";
import { records } from "../api/clients.ts";
import { errorCode, errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";
import { FormButtons } from "../ui/form-buttons.tsx";
import type { Draft } from "./field-values.ts";
import { fieldOf, labelOf, rightOf } from "./kinds.ts";
import { filled } from "./new-record.tsx";
import { problemsOf } from "./problems.ts";
import { FieldInputs } from "./record-form.tsx";

type Props = { readonly kind: Kind; readonly record: Shown };

/** The steps that can be taken from where the record is; whose it is to be; the bin and back. */
export function RecordActions({ kind, record }: Props) {
  const text = useTexts();
  const [asking, setAsking] = useState<Action>();
  const [assigning, setAssigning] = useState(false);
  const about = { kind: kind.kind, recordId: record.recordId };
  const done = { says: "records.saved", changes: ["records"] } as const;
  const act = useAct((action: Action) => records.actOnRecord({ ...about, action: action.action }), done);
  const remove = useAct(() => records.removeRecord(about), done);
  const restore = useAct(() => records.restoreRecord(about), done);
  if (record.removedAt) {
    return rightOf(kind, "remove") ? (
      <div className="row wrap-row">
        <p className="grow">{text("records.inBin")}</p>
        <Button loading={restore.isPending} onClick={() => restore.mutate()}>
          {text("records.restore")}
        </Button>
      </div>
    ) : null;
  }
  const possible = kind.actions.filter(({ from }) => from.includes(record.state));
  return (
    <div className="row wrap-row">
      {possible.map((action) => (
        <Button
          key={action.action}
          variant="light"
          loading={act.isPending && act.variables?.action === action.action}
          onClick={() => (action.asks.length > 0 ? setAsking(action) : act.mutate(action))}
        >
          {labelOf(text, action.label)}
        </Button>
      ))}
      <div className="grow" />
      {rightOf(kind, "assign") ? (
        <Button variant="default" onClick={() => setAssigning(true)}>
          {text("records.assign")}
        </Button>
      ) : null}
      {rightOf(kind, "remove") ? (
        <Button variant="default" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {text("records.remove")}
        </Button>
      ) : null}
      {asking ? <Ask kind={kind} record={record} action={asking} onClose={() => setAsking(undefined)} /> : null}
      {assigning ? <Assign kind={kind} record={record} onClose={() => setAssigning(false)} /> : null}
    </div>
  );
}

function Ask({ kind, record, action, onClose }: Props & { readonly action: Action; readonly onClose: () => void }) {
  const text = useTexts();
  const [draft, setDraft] = useState<Draft>({});
  const act = useAct(
    () => records.actOnRecord({ kind: kind.kind, recordId: record.recordId, action: action.action, input: filled(action.asks, draft) }),
    { quiet: true, says: "records.saved", changes: ["records"], after: onClose },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={labelOf(text, action.label)}>
      <form className="stack" onSubmit={submit} noValidate>
        <FieldInputs
          fields={action.asks}
          draft={draft}
          set={(name, value) => setDraft((now) => ({ ...now, [name]: value }))}
          problems={problemsOf(text, act.error)}
          linked={record.linked}
        />
        {act.error && errorCode(act.error) !== "record_invalid" ? (
          <p className="form-error" role="alert">
            {says(text, kind, act.error)}
          </p>
        ) : null}
        <div className="row end">
          <FormButtons submit={labelOf(text, action.label)} busy={act.isPending} cancel={text("app.cancel")} onCancel={onClose} />
        </div>
      </form>
    </Dialog>
  );
}

/** What is missing by the names that the reader knows. */
function says(text: ReturnType<typeof useTexts>, kind: Kind, error: unknown): string {
  const missing = [...problemsOf(text, error).keys()].map((name) => labelOf(text, fieldOf(kind, name)?.label) || name);
  return missing.length > 0 ? text("error.action_needs_fields", { message: missing.join(", ") }) : errorText(text, error);
}

function Assign({ kind, record, onClose }: Props & { readonly onClose: () => void }) {
  const text = useTexts();
  const people = useColleagueNames();
  const [ownerId, setOwnerId] = useState(record.ownerId);
  const assign = useAct(() => records.assignRecord({ kind: kind.kind, recordId: record.recordId, ownerId }), {
    says: "records.saved",
    changes: ["records"],
    after: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ownerId !== "") assign.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={text("records.assign")}>
      <form className="stack" onSubmit={submit}>
        <NativeSelect
          label={labelOf(text, fieldOf(kind, "ownerId")?.label)}
          data={[{ value: "", label: "–" }, ...[...people].map(([value, label]) => ({ value, label }))]}
          value={ownerId}
          onChange={(event) => setOwnerId(event.currentTarget.value)}
        />
        <div className="row end">
          <FormButtons submit={text("records.assign")} busy={assign.isPending} cancel={text("app.cancel")} onCancel={onClose} />
        </div>
      </form>
    </Dialog>
  );
}
