import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallerCard } from "@trunkline/desktop-client";
import type { Customer } from "@trunkline/proto/customer";
import { type ReactNode, useState } from "react";
import { customers } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { readable } from "../format/number.ts";
import { regionName } from "../format/regions.ts";
import { useSeesContactDetails } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Section } from "../ui/section.tsx";
import { Assets } from "./assets.tsx";
import { customerQuery } from "./customer-query.ts";
import { OpenRequests, Trail, Visits } from "./customer-work.tsx";
import { Alerts, Grade } from "./marks.tsx";
import type { Owner } from "./new-asset.tsx";
import { PlaceCall } from "./place-call.tsx";
import { type OpenRecord, RecordDialog } from "./record-dialog.tsx";

type Props = {
  readonly customerId: string;
  readonly card: CallerCard | undefined;
  /** The number of their call. */
  readonly calledFrom: string;
  /** What else can be done here. */
  readonly aside: ReactNode;
  readonly onEdit: (customer: Customer) => void;
  readonly onAddAsset: (owner: Owner) => void;
};

/** The customer; what the pop brought is there at once, the rest fills its places. */
export function CustomerCard({ customerId, card, calledFrom, aside: more, onEdit, onAddAsset }: Props) {
  const text = useTexts();
  const { data, error } = useQuery(customerQuery(customerId));
  const whole = useSeesContactDetails();
  const [record, setRecord] = useState<OpenRecord>();
  const name = data?.name ?? card?.name ?? "…";
  const title = (
    <div className="customer-head">
      <Grade grade={data?.grade ?? card?.grade ?? ""} />
      <p className="customer-name" data-testid="customer-name">
        {name}
      </p>
      <Alerts alerts={data?.alerts ?? card?.alerts ?? []} />
    </div>
  );
  const aside = (
    <span className="row">
      {more}
      {data && whole && calledFrom && !data.phones.includes(calledFrom) ? <AddNumber customer={data} number={calledFrom} /> : null}
      <Button size="compact-xs" variant="default" disabled={!data} onClick={() => data && onEdit(data)}>
        {text("customer.edit")}
      </Button>
    </span>
  );
  return (
    <Section title={text("customer.title")} className="customer" aside={aside}>
      {title}
      {error ? <p className="form-error">{errorText(text, error)}</p> : <Facts customer={data} whole={whole} />}
      <div className="customer-work">
        <div className="column">
          <OpenRequests customerId={customerId} card={card} onOpen={setRecord} />
          <Visits customerId={customerId} onOpen={setRecord} />
        </div>
        <div className="column halves">
          <Assets customerId={customerId} card={card} onAdd={() => onAddAsset({ customerId, name })} />
          <Trail customerId={customerId} card={card} onOpen={setRecord} />
        </div>
      </div>
      {record ? <RecordDialog record={record} onClose={() => setRecord(undefined)} /> : null}
    </Section>
  );
}

/** Next time they are known at once. */
function AddNumber({ customer, number }: { readonly customer: Customer; readonly number: string }) {
  const text = useTexts();
  const { customerId, phones, revision } = customer;
  const add = useAct(
    () => customers.changeCustomer({ customerId, phones: [...phones, number], updateMask: { paths: ["phones"] }, revision }),
    { says: "customer.numberAdded", changes: ["customer"] },
  );
  return (
    <Button size="compact-xs" loading={add.isPending} onClick={() => add.mutate()}>
      {text("customer.addNumber", { number: readable(number) })}
    </Button>
  );
}

type FactsProps = {
  readonly customer: Customer | undefined;
  /** Numbers come whole: others cannot be called. */
  readonly whole: boolean;
};

function Facts({ customer, whole }: FactsProps) {
  const text = useTexts();
  const phones = customer?.phones ?? [];
  return (
    <dl className="facts wide">
      <dt>{text("customer.phones")}</dt>
      <dd className="num phones">
        {phones.map((phone) => (
          <span key={phone}>
            {readable(phone)} {whole ? <PlaceCall number={phone} customerId={customer?.customerId ?? ""} /> : null}
          </span>
        ))}
        {customer && phones.length === 0 ? "–" : null}
      </dd>
      <dt>{text("customer.emails")}</dt>
      <dd>{customer?.emails.join(", ") || "–"}</dd>
      <dt>{text("customer.region")}</dt>
      <dd>{[regionName(customer?.regionCode ?? "", text.language), customer?.address].filter(Boolean).join(" · ") || "–"}</dd>
      <dt>{text("customer.tags")}</dt>
      <dd>{customer?.tags.join(", ") || "–"}</dd>
    </dl>
  );
}
