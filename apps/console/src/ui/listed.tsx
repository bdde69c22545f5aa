import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTexts } from "../texts/i18n.ts";
import { listState } from "./list-state.ts";

type Read = { readonly error: unknown; readonly isFetching: boolean; readonly refetch: () => unknown };
type Props = {
  readonly read: Read;
  /** Of its lines; undefined while it was never read. */
  readonly count: number | undefined;
};

/** How many there are; nothing is said while that is not known. */
export function Count({ read, count }: Props) {
  return <span className="count num">{listState(read.error, count) === "unread" ? "–" : (count ?? "–")}</span>;
}

/** Beside the lines of a list: that there are none, or that it could not be read, with another try. */
export function ListState({ read, count, none }: Props & { readonly none?: ReactNode }) {
  const text = useTexts();
  const state = listState(read.error, count);
  if (state === "none") return none;
  if (state !== "unread") return null;
  return (
    <p className="unread" role="status">
      <span>{text("list.unread")}</span>
      <Button size="compact-xs" variant="default" loading={read.isFetching} onClick={() => void read.refetch()}>
        {text("list.again")}
      </Button>
    </p>
  );
}
