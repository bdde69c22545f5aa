import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { CallQueue } from "@trunkline/proto/telephony";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { defaultOf, dispositionsOf, type QueueFields } from "./queue-fields.ts";

type Props = {
  readonly fields: QueueFields;
  readonly set: (name: keyof QueueFields, value: string) => void;
  readonly wrong: readonly string[];
  readonly isNew: boolean;
  readonly queues: readonly CallQueue[];
};

const STRATEGIES = ["longest_idle", "round_robin", "fewest_calls", "least_talk", "top_down", "best_skill"] as const;
/** name:number, separated by commas */
const LISTS = ["agents", "skills", "relaxations", "grades"] as const;
const CALLBACKS = ["", "agent", "customer"] as const;
const WRAP_UPS = ["none", "optional", "mandatory"] as const;

export function QueueInputs({ fields, set, wrong, isNew, queues }: Props) {
  const text = useTexts();
  const bind = (name: keyof QueueFields) => ({
    value: fields[name],
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  const number = (name: keyof QueueFields, min: number, max: number) => ({
    ...bind(name),
    type: "number",
    min,
    max,
    step: 1,
    required: true,
    withAsterisk: false,
  });
  return (
    <div className="queue-inputs">
      <TextInput
        label={text("queues.id")}
        description={text("queues.idHint")}
        pattern="[0-9A-Za-z_\-]{1,40}"
        readOnly={!isNew}
        required
        withAsterisk={false}
        {...bind("queueId")}
      />
      <TextInput label={text("queues.name")} description={" "} maxLength={60} required withAsterisk={false} {...bind("name")} />
      <NativeSelect
        label={text("queues.strategy")}
        description={" "}
        data={STRATEGIES.map((value) => ({ value, label: text(`strategy.${value}`) }))}
        {...bind("strategy")}
      />
      <TextInput label={text("queues.target")} {...number("target", 1, 3600)} />
      <TextInput label={text("queues.offer")} {...number("offer", 3, 120)} />
      <TextInput label={text("queues.maxWait")} {...number("maxWait", 0, 7200)} />
      <NativeSelect label={text("queues.overflow")} data={overflows(text, queues, fields.queueId)} {...bind("overflow")} />
      <TextInput label={text("queues.priority")} {...number("priority", 0, 10_000)} />
      <TextInput label={text("queues.autoPause")} {...number("autoPause", 0, 20)} />
      <CallbackInputs first={fields.callbackFirst} bind={bind} number={number} />
      <TextInput label={text("queues.preferDays")} {...number("preferDays", 0, 90)} />
      <TextInput label={text("queues.keepDays")} {...number("keepDays", 0, 3650)} />
      {LISTS.map((name) => (
        <TextInput
          key={name}
          label={text(`queues.${name}`)}
          description={text(`queues.${name}Hint`)}
          error={wrong.includes(name) ? text(`queues.${name}Invalid`) : undefined}
          {...bind(name)}
        />
      ))}
      <TextInput label={text("queues.calendar")} description={text("queues.calendarHint")} maxLength={64} {...bind("calendarId")} />
      <NativeSelect
        label={text("queues.wrapUp")}
        description={" "}
        data={WRAP_UPS.map((value) => ({ value, label: text(`wrapUpMode.${value}`) }))}
        {...bind("wrapUp")}
      />
      <Textarea
        className="span-2"
        label={text("queues.dispositions")}
        description={text("queues.dispositionsHint")}
        rows={4}
        error={wrong.includes("dispositions") ? text("queues.dispositionsInvalid") : undefined}
        {...bind("dispositions")}
      />
      <div className="stack">
        <TextInput label={text("queues.wrapUpLimit")} {...number("wrapUpLimit", 1, 3600)} />
        <NativeSelect
          label={text("queues.defaultDisposition")}
          data={(dispositionsOf(fields.dispositions) ?? []).map(({ code, name }) => ({ value: code, label: name }))}
          {...bind("defaultDisposition")}
          value={defaultOf(fields)}
        />
      </div>
    </div>
  );
}

type Bind = (name: keyof QueueFields) => object;
type CallbackProps = {
  readonly first: string;
  readonly bind: Bind;
  readonly number: (name: keyof QueueFields, min: number, max: number) => object;
};

/** Whether callers may keep their place, and how they are called back. */
function CallbackInputs({ first, bind, number }: CallbackProps) {
  const text = useTexts();
  return (
    <>
      <NativeSelect
        label={text("queues.callbackFirst")}
        data={CALLBACKS.map((value) => ({ value, label: text(`callbackFirst.${value || "none"}`) }))}
        {...bind("callbackFirst")}
      />
      {first === "" ? null : (
        <>
          <TextInput label={text("queues.callbackKey")} pattern="[0-9*#]?" maxLength={1} {...bind("callbackKey")} />
          <TextInput label={text("queues.callbackAttempts")} {...number("callbackAttempts", 1, 10)} />
          <TextInput label={text("queues.callbackGap")} {...number("callbackGap", 10, 86_400)} />
        </>
      )}
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
