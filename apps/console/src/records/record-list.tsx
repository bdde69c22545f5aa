import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Field, Kind, Record as Shown } from "@trunkline/proto/records";
import { type FormEvent, useState } from "react";
import { useColleagueNames } from "../agent/colleagues.ts";
import { records } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { Empty, Scroll, Section } from "../ui/section.tsx";
import { filterOf } from "./conditions.ts";
import { jsonOf } from "./field-values.ts";
import { Filters } from "./filters.tsx";
import { fieldOf, labelOf, rightOf, useShown } from "./kinds.ts";
import type { RecordAddress } from "./record-address.ts";
import type { Go } from "./records-page.tsx";

const PAGE = 50;

type Props = { readonly kind: Kind; readonly kinds: readonly Kind[]; readonly address: RecordAddress; readonly go: Go };

/** The records of one kind: searched, or narrowed and in an order; how many there are as far as it is known. */
export function RecordList({ kind, kinds, address, go }: Props) {
  const text = useTexts();
  const [searched, setSearched] = useState("");
  const { read, rows, count } = useListed(kind, address, searched);
  const aside = (
    <span className="row">
      <span className="count num">{count === undefined ? "" : count > 1_000 ? "1,000+" : count}</span>
      <Button size="compact-xs" variant="default" loading={read.isFetching} onClick={() => void read.refetch()}>
        {text("calls.again")}
      </Button>
      {rightOf(kind, "create") ? <Button onClick={() => go({ recordId: "new" })}>{text("records.new")}</Button> : null}
    </span>
  );
  return (
    <Section title={labelOf(text, kind.label)} className="fill staff-list" aside={aside}>
      <Finding kind={kind} kinds={kinds} onSearch={setSearched} go={go} />
      {searched === "" ? <Filters kind={kind} address={address} go={go} /> : null}
      {read.error ? (
        <p className="form-error" role="alert">
          {errorText(text, read.error)}
        </p>
      ) : null}
      <ListState read={read} count={rows?.length} none={<None filtered={address.conditions.length > 0 || searched !== ""} />} />
      {rows && rows.length > 0 ? <Table kind={kind} rows={rows} chosen={address.recordId} open={(recordId) => go({ recordId })} /> : null}
      {read.more ? (
        <Button size="compact-xs" variant="default" loading={read.isFetching} onClick={read.more}>
          {text("records.more")}
        </Button>
      ) : null}
    </Section>
  );
}

/** What was searched for, or else the list as its address says. */
function useListed(kind: Kind, { conditions, sort, removed }: RecordAddress, searched: string) {
  const list = useInfiniteQuery({
    queryKey: ["records", kind.kind, conditions, sort, removed],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      records.listRecords({
        kind: kind.kind,
        filter: filterOf(kind, conditions),
        sort,
        removed,
        pageSize: PAGE,
        pageToken: pageParam,
        count: pageParam === "",
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
    enabled: searched === "",
  });
  const hits = useQuery({
    queryKey: ["records", kind.kind, "search", searched],
    queryFn: async () =>
      (await records.searchRecords({ searchText: searched, kinds: [kind.kind] })).found.flatMap(({ record }) => record ?? []),
    enabled: searched !== "",
  });
  if (searched !== "") return { read: { ...hits, more: undefined }, rows: hits.data, count: hits.data?.length };
  const more = list.hasNextPage ? () => void list.fetchNextPage() : undefined;
  return { read: { ...list, more }, rows: list.data?.pages.flatMap((page) => page.records), count: list.data?.pages[0]?.count };
}

type FindingProps = Pick<Props, "kind" | "kinds" | "go"> & { readonly onSearch: (text: string) => void };

function Finding({ kind, kinds, onSearch, go }: FindingProps) {
  const text = useTexts();
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(typed.trim());
  };
  return (
    <form className="row bottom" onSubmit={submit}>
      {kinds.length > 1 ? (
        <NativeSelect
          label={text("records.kind")}
          data={kinds.map((one) => ({ value: one.kind, label: labelOf(text, one.label) }))}
          value={kind.kind}
          onChange={(event) => go({ kind: event.currentTarget.value, recordId: "", conditions: [], sort: "", removed: false })}
        />
      ) : null}
      <TextInput
        className="grow"
        type="search"
        label={text("records.find")}
        placeholder={text("records.findHint")}
        value={typed}
        maxLength={60}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          if (event.currentTarget.value === "") onSearch("");
        }}
      />
      <Button type="submit" variant="default">
        {text("search.submit")}
      </Button>
    </form>
  );
}

function None({ filtered }: { readonly filtered: boolean }) {
  const text = useTexts();
  return <Empty title={text(filtered ? "records.noMatch" : "records.none")} />;
}

type TableProps = {
  readonly kind: Kind;
  readonly rows: readonly Shown[];
  readonly chosen: string;
  readonly open: (recordId: string) => void;
};

const RIGHT: ReadonlySet<string> = new Set(["number", "money"]);

function Table({ kind, rows, chosen, open }: TableProps) {
  const text = useTexts();
  const shown = useShown();
  const people = useColleagueNames();
  const columns = kind.columns.flatMap((name) => fieldOf(kind, name) ?? []).filter(({ retired }) => !retired);
  const cell = (record: Shown, field: Field) => shown(field, ofRecord(record, field), { linked: record.linked, people });
  // What leads to the record: its first text, else its number.
  const lead = columns.find(({ type, readOnly }) => type === "text" && !readOnly) ?? columns[0];
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            {columns.map((field) => (
              <th key={field.name} scope="col" className={RIGHT.has(field.type) ? "right" : ""}>
                {labelOf(text, field.label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((record) => (
            <tr key={record.recordId} className={record.recordId === chosen ? "chosen" : ""}>
              {columns.map((field) =>
                field === lead ? (
                  <th key={field.name} scope="row" className="cell">
                    <button type="button" className="plain" onClick={() => open(record.recordId)}>
                      {cell(record, field) || text("records.unnamed")}
                    </button>
                  </th>
                ) : (
                  <td key={field.name} className={`cell ${RIGHT.has(field.type) ? "right num" : ""}`}>
                    {cell(record, field) || "–"}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** A record's value of a field, also of those that the product keeps itself. */
export function ofRecord(record: Shown, { name, readOnly }: Field): unknown {
  if (!readOnly) return jsonOf(record.values[name]);
  const { number, state, ownerId, createdAt, changedAt } = record;
  const ms = (at: typeof createdAt) => (at ? Number(at.seconds) * 1000 + at.nanos / 1e6 : undefined);
  return { number, state, ownerId, createdAt: ms(createdAt), changedAt: ms(changedAt) }[name];
}
