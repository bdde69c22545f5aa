import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { WorkOrder } from "@trunkline/proto/service-desk";
import { useState } from "react";
import { instant } from "../agent/caller-card.ts";
import { customerQuery } from "../agent/customer-query.ts";
import { workOrders } from "../api/clients.ts";
import { readable } from "../format/number.ts";
import { moment } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { Empty, Section } from "../ui/section.tsx";

const PAGE = 20;
const STATES = ["", "assigned", "accepted", "in_progress", "closed_complete"] as const;

/** An engineer's own visits, to be read on a phone. */
export function Visits({ engineerId }: { readonly engineerId: string }) {
  const text = useTexts();
  const [state, setState] = useState("");
  const read = useInfiniteQuery({
    queryKey: ["visits", engineerId, state],
    initialPageParam: "",
    queryFn: ({ pageParam }) => workOrders.listWorkOrders({ engineerId, state, pageSize: PAGE, pageToken: pageParam }),
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
  });
  const { data, hasNextPage, fetchNextPage, isFetching } = read;
  const visits = data?.pages.flatMap((page) => page.workOrders) ?? [];
  return (
    <Section title={text("home.visits")} className="fill">
      <NativeSelect
        label={text("home.visitState")}
        data={STATES.map((value) => ({ value, label: value === "" ? text("home.anyState") : text(`visit.${value}`) }))}
        value={state}
        onChange={(event) => setState(event.currentTarget.value)}
      />
      <ListState read={read} count={data && visits.length} none={<Empty title={text("home.noVisit")} />} />
      <ul className="visits">
        {visits.map((visit) => (
          <Visit key={visit.workOrderId} visit={visit} />
        ))}
      </ul>
      {hasNextPage ? (
        <Button variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
          {text("home.moreVisits")}
        </Button>
      ) : null}
    </Section>
  );
}

function Visit({ visit: { customerId, windowFrom, windowTo, state, summary } }: { readonly visit: WorkOrder }) {
  const text = useTexts();
  const { data } = useQuery({ ...customerQuery(customerId), enabled: customerId !== "", staleTime: 60_000 });
  const at = (when: WorkOrder["windowFrom"]) => (when ? moment(instant(when), Date.now(), text.language) : "–");
  const [phone] = data?.phones ?? [];
  return (
    <li>
      <p className="row">
        <strong className="num grow">
          {at(windowFrom)} – {at(windowTo)}
        </strong>
        <span className="tag tag-none">{text.code("visit", state)}</span>
      </p>
      <p>
        {data?.name ?? ""} {phone ? <a href={`tel:${phone}`}>{readable(phone)}</a> : null}
      </p>
      {data?.address ? <p className="dim">{data.address}</p> : null}
      {summary ? <p className="dim">{summary}</p> : null}
    </li>
  );
}
