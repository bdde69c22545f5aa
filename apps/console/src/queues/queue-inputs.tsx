import { NativeSelect, TextInput } from "@mantine/core";
import type { CallQueue } from "@trunkline/proto/telephony";
import type { ReactNode } from "react";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { filled } from "../ui/filled.ts";
import { useCalendars } from "../ui/lists.ts";
import { Rows } from "../ui/rows.tsx";
import { QueueAgents, useSkills } from "./queue-agents.tsx";
import { defaultOf, type QueueFields, type QueueLine, type QueueList } from "./queue-fields.ts";

type Props = {
  readonly fields: QueueFields;
  readonly set: (change: Partial<QueueFields>) => void;
  readonly errorAt: (field: QueueLine | QueueList) => string | undefined;
  readonly isNew: boolean;
  readonly queues: readonly CallQueue[];
};

const STRATEGIES = ["longest_idle", "round_robin", "fewest_calls", "least_talk", "top_down", "best_skill"] as const;
const CALLBACKS = ["", "agent", "customer"] as const;
const WRAP_UPS = ["none", "optional", "mandatory"] as const;

function inputs({ fields, set, errorAt }: Props, text: Texts) {
  const bind = (name: QueueLine) => ({
    label: text(LABELS[name]),
    value: fields[name],
    error: errorAt(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const number = (name: QueueLine, min: number, max: number) => (
    <TextInput {...bind(name)} type="number" min={min} max={max} step={1} required withAsterisk={false} />
  );
  return { bind, number };
}

const LABELS = {
  queueId: "queues.id",
  name: "queues.name",
  strategy: "queues.strategy",
  target: "queues.target",
  offer: "queues.offer",
  maxWait: "queues.maxWait",
  overflow: "queues.overflow",
  calendarId: "queues.calendar",
  priority: "queues.priority",
  wrapUp: "queues.wrapUp",
  wrapUpLimit: "queues.wrapUpLimit",
  defaultDisposition: "queues.defaultDisposition",
  autoPause: "queues.autoPause",
  keepDays: "queues.keepDays",
  preferDays: "queues.preferDays",
  callbackFirst: "queues.callbackFirst",
  callbackKey: "queues.callbackKey",
  callbackAttempts: "queues.callbackAttempts",
  callbackGap: "queues.callbackGap",
} as const;

export function QueueInputs(props: Props) {
  return (
    <div className="sheet-body">
      <Basics {...props} />
      <People {...props} />
      <Waiting {...props} />
      <Callback {...props} />
      <After {...props} />
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="group">
      <h3>{title}</h3>
      <div className="group-inputs">{children}</div>
    </section>
  );
}

function Basics(props: Props) {
  const text = useTexts();
  const { bind, number } = inputs(props, text);
  return (
    <Group title={text("queues.groupBasics")}>
      <TextInput
        {...bind("queueId")}
        description={text("queues.idHint")}
        maxLength={40}
        readOnly={!props.isNew}
        required
        withAsterisk={false}
      />
      <TextInput {...bind("name")} description={"\u00a0"} maxLength={60} {...filled(text)} />
      <NativeSelect
        {...bind("strategy")}
        description={"\u00a0"}
        data={STRATEGIES.map((value) => ({ value, label: text(`strategy.${value}`) }))}
      />
      {number("target", 1, 3600)}
      {number("offer", 3, 120)}
      {number("autoPause", 0, 20)}
    </Group>
  );
}

function People({ fields, set, errorAt }: Props) {
  const text = useTexts();
  const skills = useSkills();
  return (
    <Group title={text("queues.groupPeople")}>
      <QueueAgents agents={fields.agents} onChange={(agents) => set({ agents })} error={errorAt("agents")} />
      <Rows
        label={text("queues.skills")}
        hint={text("queues.skillsHint")}
        error={errorAt("skills")}
        rows={fields.skills}
        onChange={(rows) => set({ skills: rows })}
        fields={[
          { label: text("queues.skill"), options: skills },
          { label: text("queues.level"), number: [1, 5] },
        ]}
        fresh={["", "1"]}
      />
      <Rows
        label={text("queues.relaxations")}
        hint={text("queues.relaxationsHint")}
        error={errorAt("relaxations")}
        rows={fields.relaxations}
        onChange={(rows) => set({ relaxations: rows })}
        fields={[
          { label: text("queues.after"), number: [1, 7200] },
          { label: text("queues.levels"), number: [1, 5] },
        ]}
        fresh={["30", "1"]}
      />
    </Group>
  );
}

function Waiting(props: Props) {
  const { fields, set, errorAt, queues } = props;
  const text = useTexts();
  const { bind, number } = inputs(props, text);
  const calendars = useCalendars();
  const known = fields.calendarId === "" || calendars.includes(fields.calendarId) ? calendars : [fields.calendarId, ...calendars];
  return (
    <Group title={text("queues.groupWaiting")}>
      {number("maxWait", 0, 7200)}
      <NativeSelect {...bind("overflow")} data={overflows(text, queues, fields.queueId)} />
      <NativeSelect
        {...bind("calendarId")}
        data={[{ value: "", label: text("queues.alwaysOpen") }, ...known.map((value) => ({ value, label: value }))]}
      />
      {number("priority", 0, 10_000)}
      {number("preferDays", 0, 90)}
      <Rows
        label={text("queues.grades")}
        hint={text("queues.gradesHint")}
        error={errorAt("grades")}
        rows={fields.grades}
        onChange={(rows) => set({ grades: rows })}
        fields={[{ label: text("queues.grade") }, { label: text("queues.points"), number: [1, 10_000] }]}
        fresh={["A", "60"]}
      />
    </Group>
  );
}

/** Whether callers may keep their place, and how they are called back. */
function Callback(props: Props) {
  const text = useTexts();
  const { bind, number } = inputs(props, text);
  return (
    <Group title={text("queues.groupCallback")}>
      <NativeSelect
        {...bind("callbackFirst")}
        data={CALLBACKS.map((value) => ({ value, label: text(`callbackFirst.${value || "none"}`) }))}
      />
      {props.fields.callbackFirst === "" ? null : (
        <>
          <TextInput {...bind("callbackKey")} maxLength={1} />
          {number("callbackAttempts", 1, 10)}
          {number("callbackGap", 10, 86_400)}
        </>
      )}
    </Group>
  );
}

function After(props: Props) {
  const { fields, set, errorAt } = props;
  const text = useTexts();
  const { bind, number } = inputs(props, text);
  return (
    <>
      <Group title={text("queues.groupAfter")}>
        <NativeSelect {...bind("wrapUp")} data={WRAP_UPS.map((value) => ({ value, label: text(`wrapUpMode.${value}`) }))} />
        {number("wrapUpLimit", 1, 3600)}
        <NativeSelect
          {...bind("defaultDisposition")}
          data={fields.dispositions.map(([code, name]) => ({ value: code.trim(), label: name }))}
          value={defaultOf(fields)}
        />
        <Rows
          label={text("queues.dispositions")}
          hint={text("queues.dispositionsHint")}
          error={errorAt("dispositions")}
          rows={fields.dispositions}
          onChange={(rows) => set({ dispositions: rows })}
          fields={[{ label: text("queues.code") }, { label: text("queues.dispositionName") }]}
          fresh={["", ""]}
        />
      </Group>
      <Group title={text("queues.groupRecording")}>
        {number("keepDays", 0, 3650)}
        <p className="dim hint-text">{text("queues.keepDaysHint")}</p>
      </Group>
    </>
  );
}

function overflows(text: Texts, queues: readonly CallQueue[], queueId: string) {
  const others = queues.filter((queue) => queue.queueId !== queueId);
  return [
    { value: "", label: text("overflow.end") },
    { value: "callback", label: text("overflow.callback") },
    ...others.map((queue) => ({ value: `queue:${queue.queueId}`, label: text("overflow.queue", { name: queue.name }) })),
  ];
}
