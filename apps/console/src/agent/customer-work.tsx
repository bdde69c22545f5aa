import { useQueries, useQuery } from "@tanstack/react-query";
import type { CallerCard } from "@trunkline/desktop-client";
import type { Request } from "@trunkline/proto/service-desk";
import { customers, requests, workOrders } from "../api/clients.ts";
import { errorCode } from "../api/error-text.ts";
import { clock, moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Count, ListState } from "../ui/listed.tsx";
import { Lines, Section } from "../ui/section.tsx";
import { instant } from "./caller-card.ts";
import { canOpen, type OpenRecord } from "./record-dialog.tsx";

const VISITS = 10;
const TRAIL = 40;

const requestsQuery = (customerId: string) => ({
  queryKey: ["requests", customerId],
  queryFn: async () => (await requests.listRequests({ customerId, pageSize: 100 })).requests,
});

type Of = { readonly customerId: string; readonly onOpen: (record: OpenRecord) => void };

/** Opens what the line is about, where that can be opened. */
function Title({ record, onOpen, children }: Pick<Of, "onOpen"> & { readonly record: OpenRecord; readonly children: string }) {
  if (!canOpen(record)) return <span className="title">{children}</span>;
  return (
    <button type="button" className="plain title" onClick={() => onOpen(record)}>
      {children}
    </button>
  );
}

type Line = {
  readonly id: string;
  readonly type: string;
  readonly priority: string;
  readonly openedAt: number;
  readonly request?: Request;
};

export function OpenRequests({ customerId, card, onOpen }: Of & { readonly card: CallerCard | undefined }) {
  const text = useTexts();
  const read = useQuery(requestsQuery(customerId));
  const { data } = read;
  const lines: Line[] = data
    ? data
        .filter(({ state }) => state !== "resolved")
        .map((request) => ({
          id: request.requestId,
          type: request.type,
          priority: request.priority,
          openedAt: instant(request.openedAt),
          request,
        }))
    : (card?.openRequests ?? []).map(({ requestId, ...rest }) => ({ id: requestId, ...rest }));
  const count = data ? lines.length : undefined;
  return (
    <Section title={text("customer.requests")} aside={<Count read={read} count={count} />} className="sub">
      <ListState read={read} count={count} none={<p className="dim none">{text("customer.noRequests")}</p>} />
      <Lines>
        {lines.map((line) => (
          <RequestLine key={line.id} line={line} text={text} onOpen={onOpen} />
        ))}
      </Lines>
    </Section>
  );
}

type RequestLineProps = Pick<Of, "onOpen"> & { readonly line: Line; readonly text: Texts };

function RequestLine({ line: { id, type, priority, openedAt, request }, text, onOpen }: RequestLineProps) {
  return (
    <li>
      <span className={`priority priority-${priority}`}>{text.code("priority", priority)}</span>
      <span className="grow">
        <Title record={{ kind: "request", id }} onOpen={onOpen}>
          {request?.subject || text.code("type", type)}
        </Title>
        <span className="dim">
          {[text.code("type", type), request ? text.code("requestState", request.state) : "", request?.number].filter(Boolean).join(" · ")}
        </span>
      </span>
      <When at={openedAt} text={text} />
    </li>
  );
}

/** Of the customer's requests, newest first. */
export function Visits({ customerId, onOpen }: Of) {
  const text = useTexts();
  const listed = useQuery(requestsQuery(customerId));
  const ids = (listed.data ?? []).flatMap(({ workOrderIds }) => workOrderIds).slice(-VISITS);
  const found = useQueries({
    queries: ids.map((workOrderId) => ({
      queryKey: ["work-order", workOrderId],
      queryFn: async () => (await workOrders.getWorkOrder({ workOrderId })).workOrder,
    })),
  });
  const visits = found.flatMap((visit) => (visit.data ? [visit.data] : []));
  const all = [listed, ...found];
  const read = {
    // One that was removed as old is not there any more.
    error: all.find(({ error }) => error && errorCode(error) !== "work_order_not_found")?.error,
    isFetching: all.some(({ isFetching }) => isFetching),
    refetch: () => all.map(({ refetch }) => refetch()),
  };
  const count = all.some(({ isPending }) => isPending) ? undefined : visits.length;
  const newest = visits.toSorted((a, b) => instant(b.windowFrom) - instant(a.windowFrom));
  return (
    <Section title={text("customer.visits")} aside={<Count read={read} count={count} />} className="sub">
      <ListState read={read} count={count} none={<p className="dim none">{text("customer.noVisits")}</p>} />
      <Lines>
        {newest.map((visit) => (
          <li key={visit.workOrderId}>
            <span className="grow">
              <Title record={{ kind: "work_order", id: visit.workOrderId }} onOpen={onOpen}>
                {text.code("visit", visit.state)}
              </Title>
            </span>
            <When at={instant(visit.windowFrom)} text={text} />
          </li>
        ))}
      </Lines>
    </Section>
  );
}

export function Trail({ customerId, card, onOpen }: Of & { readonly card: CallerCard | undefined }) {
  const text = useTexts();
  const read = useQuery({
    queryKey: ["trail", customerId],
    queryFn: async () => (await customers.listContacts({ customerId, pageSize: TRAIL })).contacts,
  });
  const { data } = read;
  const lines = data
    ? data.map(({ contactId, kind, state, at }) => ({
        id: contactId,
        kind,
        state,
        at: instant(at),
        source: contactId.slice(kind.length + 1),
      }))
    : (card?.lastContacts ?? []).map((contact) => ({ id: `${contact.kind}/${contact.at}`, source: "", ...contact }));
  return (
    <Section title={text("customer.trail")} aside={<Count read={read} count={data?.length} />} className="sub">
      <ListState read={read} count={data?.length} none={<p className="dim none">{text("customer.noTrail")}</p>} />
      <Lines>
        {lines.map(({ id, kind, state, at, source }) => (
          <li key={id}>
            <span className="grow">
              <Title record={{ kind, id: source }} onOpen={onOpen}>
                {text.code("contact", kind)}
              </Title>
              <span className="dim">{text.code("contactState", state)}</span>
            </span>
            <When at={at} text={text} />
          </li>
        ))}
      </Lines>
    </Section>
  );
}

/** Nothing where the time is not known. */
function When({ at, text }: { readonly at: number; readonly text: Texts }) {
  if (at === 0) return null;
  return (
    <time className="num dim" dateTime={new Date(at).toISOString()} title={clock(at, text.language)}>
      {moment(at, Date.now(), text.language)}
    </time>
  );
}
