import { useQuery } from "@tanstack/react-query";
import type { CallerCard } from "@trunkline/desktop-client";
import type { Customer } from "@trunkline/proto/customer";
import { customers } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { Assets } from "./assets.tsx";
import { OpenRequests, Trail, Visits } from "./customer-work.tsx";
import { Alerts, Grade } from "./marks.tsx";
import { PlaceCall } from "./place-call.tsx";

type Props = { readonly customerId: string; readonly card: CallerCard | undefined; readonly masked: boolean };

export const customerQuery = (customerId: string) => ({
  queryKey: ["customer", customerId],
  queryFn: async () => (await customers.getCustomer({ customerId })).customer,
});

/** The customer; what the pop brought is there at once, the rest fills its places. */
export function CustomerCard({ customerId, card, masked }: Props) {
  const text = useTexts();
  const { data, error } = useQuery(customerQuery(customerId));
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
  return (
    <Section title={text("customer.title")} className="customer">
      {title}
      {error ? <p className="form-error">{errorText(text, error)}</p> : <Facts customer={data} masked={masked} />}
      <div className="customer-work">
        <div className="column">
          <OpenRequests customerId={customerId} card={card} />
          <Visits customerId={customerId} />
        </div>
        <div className="column halves">
          <Assets customerId={customerId} card={card} />
          <Trail customerId={customerId} card={card} />
        </div>
      </div>
    </Section>
  );
}

function Facts({ customer, masked }: { readonly customer: Customer | undefined; readonly masked: boolean }) {
  const text = useTexts();
  const phones = customer?.phones ?? [];
  return (
    <dl className="facts wide">
      <dt>{text("customer.phones")}</dt>
      <dd className="num">
        {masked ? text("customer.masked") : null}
        {masked
          ? null
          : phones.map((phone) => (
              <span key={phone} className="phone">
                {phone} <PlaceCall number={phone} customerId={customer?.customerId ?? ""} />
              </span>
            ))}
        {customer && phones.length === 0 ? "–" : null}
      </dd>
      <dt>{text("customer.emails")}</dt>
      <dd>{customer?.emails.join(", ") || "–"}</dd>
      <dt>{text("customer.region")}</dt>
      <dd>{[customer?.regionCode, customer?.address].filter(Boolean).join(" · ") || "–"}</dd>
      <dt>{text("customer.tags")}</dt>
      <dd>{customer?.tags.join(", ") || "–"}</dd>
    </dl>
  );
}
