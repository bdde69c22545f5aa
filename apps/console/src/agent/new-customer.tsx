import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { CallerView } from "@trunkline/desktop-client";
import { CustomerKind } from "@trunkline/proto/customer";
import { type FormEvent, useState } from "react";
import { customers } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { filled } from "../ui/filled.ts";
import { Section } from "../ui/section.tsx";
import { submitted } from "../ui/submitted.ts";
import { Duplicates } from "./duplicates.tsx";

type Fields = Record<"kind" | "name" | "phone" | "email" | "address", string>;
/** A browser takes an address without a dot; mail does not get there. */
const EMAIL_PATTERN = "[^@\\s]+@[^@\\s]+\\.[^@\\s.]+";

/** Nobody has the number, or it was withheld: a new record, linked to the call. */
export function NewCustomer({ caller, onCreated }: { readonly caller: CallerView; readonly onCreated: (customerId: string) => void }) {
  const text = useTexts();
  // One try, one id: sent again it makes no second customer.
  const [requestId] = useState(() => crypto.randomUUID());
  const withheld = caller.status === "withheld";
  const number = caller.number.includes("*") ? "" : caller.number;
  const [typed, setTyped] = useState({ name: "", phone: number, email: "", address: "" });
  const create = useAct(
    ({ kind, name, phone, email, address }: Fields) =>
      customers.createCustomer({
        requestId,
        kind: kind === "company" ? CustomerKind.COMPANY : CustomerKind.PERSON,
        name,
        phones: phone ? [phone] : [],
        emails: email ? [email] : [],
        address,
      }),
    { says: "customer.created", after: ({ customer }) => customer && onCreated(customer.customerId) },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const field = submitted(event);
    create.mutate({ kind: field("kind"), name: field("name"), phone: field("phone"), email: field("email"), address: field("address") });
  };
  const typing = (event: FormEvent<HTMLFormElement>) => {
    const data = new FormData(event.currentTarget);
    const field = (name: string) => String(data.get(name) ?? "").trim();
    setTyped({ name: field("name"), phone: field("phone"), email: field("email"), address: field("address") });
  };
  return (
    <Section title={text(withheld ? "customer.withheldTitle" : "customer.noneTitle")} className="customer">
      <p className="dim">{text("customer.searchFirst")}</p>
      <form className="stack new-customer" onSubmit={submit} onInput={typing}>
        <h3>{text("customer.newTitle")}</h3>
        <div className="pair">
          <TextInput name="name" label={text("customer.name")} maxLength={200} {...filled(text)} />
          <NativeSelect
            name="kind"
            label={text("customer.kind")}
            data={[
              { value: "person", label: text("customer.person") },
              { value: "company", label: text("customer.company") },
            ]}
          />
        </div>
        <div className="pair">
          <TextInput name="phone" type="tel" label={text("customer.phone")} defaultValue={number} maxLength={64} />
          <TextInput
            name="email"
            type="email"
            pattern={EMAIL_PATTERN}
            title={text("customer.emailHint")}
            label={text("customer.email")}
            maxLength={254}
          />
        </div>
        <TextInput name="address" label={text("customer.address")} maxLength={500} />
        <Button type="submit" loading={create.isPending}>
          {text("customer.create")}
        </Button>
      </form>
      <Duplicates typed={typed} onUse={onCreated} />
    </Section>
  );
}
