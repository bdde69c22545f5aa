/** One condition of a list, as its reader has made it; the values as they were typed. */
export type Asked = { readonly field: string; readonly operator: string; readonly values: readonly string[] };

/** Where in the room of records somebody is: everything that a link to it must say. */
export type RecordAddress = {
  readonly kind: string;
  /** Empty: none is open. `new`: one that is being entered. `settings`: what the administrator sets of the kind. */
  readonly recordId: string;
  readonly conditions: readonly Asked[];
  /** Empty: as the kind says. */
  readonly sort: string;
  readonly removed: boolean;
};

const MOST = 20;
const NOWHERE: RecordAddress = { kind: "", recordId: "", conditions: [], sort: "", removed: false };

/** @param room behind the # of the page's address */
export function recordAddress(room: string): RecordAddress {
  const [path = "", query = ""] = room.split("?");
  const [, kind = "", recordId = ""] = path.split("/").map(decoded);
  const asked = new URLSearchParams(query);
  return {
    kind,
    recordId,
    conditions: conditionsOf(asked.get("where")),
    sort: asked.get("sort") ?? "",
    removed: asked.get("bin") === "1",
  };
}

export function roomOf(address: Partial<RecordAddress>): string {
  const { kind, recordId, conditions, sort, removed } = { ...NOWHERE, ...address };
  const path = ["records", ...(kind === "" ? [] : [kind, ...(recordId === "" ? [] : [recordId])])].map(encodeURIComponent).join("/");
  const asked = new URLSearchParams({
    ...(conditions.length > 0
      ? { where: JSON.stringify(conditions.map(({ field, operator, values }) => [field, operator, ...values])) }
      : {}),
    ...(sort === "" ? {} : { sort }),
    ...(removed ? { bin: "1" } : {}),
  });
  return asked.size === 0 ? path : `${path}?${asked}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** Whatever an address says that is no condition asks nothing. */
function conditionsOf(text: string | null): readonly Asked[] {
  try {
    const rows = JSON.parse(text ?? "[]") as unknown;
    const isRow = (row: unknown): row is string[] => Array.isArray(row) && row.length >= 2 && row.every((part) => typeof part === "string");
    return Array.isArray(rows)
      ? rows
          .filter(isRow)
          .slice(0, MOST)
          .map(([field = "", operator = "", ...values]) => ({ field, operator, values }))
      : [];
  } catch {
    return [];
  }
}
