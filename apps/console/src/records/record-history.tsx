import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Change, Kind, Record as Shown } from "@trunkline/proto/records";
import { instant } from "../agent/caller-card.ts";
import { useColleagueNames } from "../agent/colleagues.ts";
import { records } from "../api/clients.ts";
import { moment } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { jsonOf } from "./field-values.ts";
import { fieldOf, labelOf, useShown } from "./kinds.ts";

type Props = { readonly kind: Kind; readonly record: Shown };

/** Who did what with the record, newest first. */
export function RecordHistory({ kind, record }: Props) {
  const text = useTexts();
  const read = useInfiniteQuery({
    queryKey: ["records", kind.kind, "history", record.recordId],
    initialPageParam: "",
    queryFn: ({ pageParam }) => records.listHistory({ kind: kind.kind, recordId: record.recordId, pageToken: pageParam }),
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
  });
  const changes = read.data?.pages.flatMap((page) => page.changes);
  return (
    <div className="group">
      <h3>{text("records.history")}</h3>
      <ListState read={read} count={changes?.length} />
      <ul className="stack tight">
        {(changes ?? []).map((change) => (
          <Line key={change.revision} kind={kind} record={record} change={change} />
        ))}
      </ul>
      {read.hasNextPage ? (
        <Button size="compact-xs" variant="default" loading={read.isFetching} onClick={() => void read.fetchNextPage()}>
          {text("records.older")}
        </Button>
      ) : null}
    </div>
  );
}

function Line({ kind, record, change: { at, actor, what, fields } }: Props & { readonly change: Change }) {
  const text = useTexts();
  const shown = useShown();
  const people = useColleagueNames();
  const names = { linked: record.linked, people };
  const action = kind.actions.find((one) => one.action === what);
  const asks = new Map(kind.actions.flatMap((one) => one.asks.map((field) => [field.name, field] as const)));
  const parts = fields.map(({ field: name, was, is }) => {
    const field = fieldOf(kind, name) ?? asks.get(name);
    const read = (value: typeof was) => (field ? shown(field, jsonOf(value), names) : String(jsonOf(value) ?? ""));
    const [from, to] = [read(was), read(is)];
    return `${labelOf(text, field?.label) || name}: ${from === "" ? "" : `${from} → `}${to || "–"}`;
  });
  const by = actor.startsWith("employee/") ? (people.get(actor.slice("employee/".length)) ?? "–") : text("records.bySystem");
  return (
    <li>
      <span className="num dim">{at ? moment(instant(at), Date.now(), text.language) : ""}</span> {by}{" "}
      {action ? labelOf(text, action.label) : text.code("change", what)}
      {parts.length > 0 ? <div className="dim">{parts.join("; ")}</div> : null}
    </li>
  );
}
