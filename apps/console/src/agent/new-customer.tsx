import { Button, NativeSelect, TextInput } from "@mantine/core";
import { CustomerKind } from "@trunkline/proto/customer";
import { type ChangeEvent, type FormEvent, type ReactNode, useState } from "react";
import { customers } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import type { TextKey } from "../texts/zh-cn.ts";
import { useAct } from "../ui/act.ts";
import { filled } from "../ui/filled.ts";
import { Section } from "../ui/section.tsx";
import { Duplicates } from "./duplicates.tsx";
import { firstFields, type NewDraft, type NewFields, withFields } from "./new-drafts.ts";

/** A browser takes an address without a dot; mail does not get there. */
const EMAIL_PATTERN = "[^@\\s]+@[^@\\s]+\\.[^@\\s.]+";

type Props = {
  /** Of its draft. */
  readonly id: string;
  readonly title: string;
  /** What it begins with: the caller's number, and what was looked for. */
  readonly number: string;
  readonly typed: string;
  /** Who is created is linked to the call. */
  readonly links: boolean;
  readonly inCall: boolean;
  readonly drafts: readonly NewDraft[];
  readonly onDrafts: (change: (drafts: readonly NewDraft[]) => readonly NewDraft[]) => void;
  readonly back: ReactNode;
  /** Created, or found to be there already. */
  readonly onDone: (customerId: string) => void;
};

/** A new record. What is typed stays with its call, or by itself, until it is saved or cleared. */
export function NewCustomer({ id, title, number, typed, links, inCall, drafts, onDrafts, back, onDone }: Props) {
  const text = useTexts();
  const first = firstFields(number, typed);
  const draft = drafts.find((one) => one.id === id);
  const fields = draft?.fields ?? first;
  // One try, one id, also of a form in which nothing was changed: sent again it makes no second customer.
  const [requestId, setRequestId] = useState(() => draft?.requestId ?? crypto.randomUUID());
  const drop = () => {
    onDrafts((known) => known.filter((one) => one.id !== id));
    setRequestId(crypto.randomUUID());
  };
  const done = (customerId: string) => {
    drop();
    onDone(customerId);
  };
  const name = fields.name.trim();
  const [phone, email, address] = [fields.phone.trim(), fields.email.trim(), fields.address.trim()];
  const create = useAct(
    () =>
      customers.createCustomer({
        requestId,
        kind: fields.kind === "company" ? CustomerKind.COMPANY : CustomerKind.PERSON,
        name,
        phones: phone ? [phone] : [],
        emails: email ? [email] : [],
        address,
      }),
    { says: "customer.created", after: ({ customer }) => customer && done(customer.customerId) },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate();
  };
  const bind = (field: keyof NewFields, label: TextKey) => ({
    label: text(label),
    value: fields[field],
    onChange: ({ currentTarget: { value } }: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      onDrafts((known) => withFields(known, { id, requestId, fields: { ...fields, [field]: value } }, first)),
  });
  const aside = (
    <span className="row">
      {draft ? (
        <Button size="compact-xs" variant="default" onClick={drop}>
          {text("request.clear")}
        </Button>
      ) : null}
      {inCall || !draft ? back : null}
    </span>
  );
  return (
    <Section title={title} className="customer" aside={aside}>
      {links ? <p className="dim">{text("customer.searchFirst")}</p> : null}
      <form className="stack new-customer" onSubmit={submit}>
        <h3>{text("customer.newTitle")}</h3>
        <div className="pair">
          <TextInput {...bind("name", "customer.name")} maxLength={200} {...filled(text)} />
          <NativeSelect
            {...bind("kind", "customer.kind")}
            data={[
              { value: "person", label: text("customer.person") },
              { value: "company", label: text("customer.company") },
            ]}
          />
        </div>
        <div className="pair">
          <TextInput {...bind("phone", "customer.phone")} type="tel" maxLength={64} />
          <TextInput
            {...bind("email", "customer.email")}
            type="email"
            pattern={EMAIL_PATTERN}
            title={text("customer.emailHint")}
            maxLength={254}
          />
        </div>
        <TextInput {...bind("address", "customer.address")} maxLength={500} />
        <Button type="submit" loading={create.isPending}>
          {text(links ? "customer.create" : "customer.createOnly")}
        </Button>
      </form>
      <Duplicates typed={{ name, phone, email, address }} onUse={done} />
    </Section>
  );
}
