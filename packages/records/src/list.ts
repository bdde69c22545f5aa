import type { Principal } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { type Bounds, type Compiled, compile, type Filter } from "@trunkline/filter";
import type { Elements, Page, PageOptions } from "@trunkline/store";
import type { FieldType } from "./field.ts";
import { filterableIn } from "./filterable.ts";
import type { AnyRecord } from "./record.ts";
import type { Rights } from "./rights.ts";
import type { Shape } from "./shape.ts";
import { inBin, LIVE, ownTerm, type RecordStore, SORTED, sortKey } from "./store.ts";
import { TYPES } from "./values.ts";
import { ZONE } from "./zone.ts";

export type Asked = {
  readonly filter: Filter;
  /** A field, "-" before it: the largest first. */
  readonly sort: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly timeZone: string;
  readonly removed: boolean;
  readonly count: boolean;
};
export type Listed = { readonly records: readonly AnyRecord[]; readonly nextToken: string; readonly count?: number };

/** Records looked at for one page; what an index cannot tell is looked at one by one. */
const MOST_EXAMINED = 2_000;
/** Of them, in one question, where few may match. */
const MOST_AT_ONCE = 200;
const COUNTED = 1_000;
const PAGE = 50;

/**
 * A page of those that match: an index leads to them by the terms and bounds of the filter, the rest of it is looked at in each.
 * @throws invalid filter_* | sort_unknown | time_zone_invalid | page_token_invalid
 */
export async function listRecords(
  { shape, store, sortable }: { readonly shape: Shape; readonly store: RecordStore; readonly sortable: readonly string[] },
  tenant: string,
  asked: Asked,
  { rights, reader, now }: { readonly rights: Rights; readonly reader: Principal; readonly now: number },
): Promise<Listed> {
  const compiled = compile(asked.filter, filterableIn(shape, reader), { now, zone: zoneOf(asked.timeZone) });
  const { field, direction } = orderOf(asked.sort, sortable);
  const terms = termsOf(shape, compiled, asked.removed, rights);
  if (!terms) return { records: [], nextToken: "", count: 0 };
  const filter = { terms, ...rangeOf(shape, field, compiled.bounds(field)) };
  const options = { by: sortKey(field), direction, size: Math.min(asked.pageSize || PAGE, 200), token: asked.pageToken };
  const page = await walk((more) => store.page(tenant, filter, more), options, compiled);
  const count = asked.count ? await countOf(page, asked.pageToken, compiled, () => store.count(tenant, filter, COUNTED + 1)) : undefined;
  return { ...page, ...(count === undefined ? {} : { count }) };
}

/** Kinds of fields in which few records have the same; an engine goes by the first term that it is given. */
const TELLING: readonly FieldType[] = ["phone", "email", "text", "link", "address", "money", "number", "date", "instant"];

/** Undefined: nothing can match. */
function termsOf(
  { fields }: Shape,
  { needs }: Pick<Compiled<AnyRecord>, "needs">,
  removed: boolean,
  { ownOf }: Rights,
): Elements | undefined {
  if (needs.some((one) => one.length === 0)) return undefined;
  const rank = (term: string) => {
    const type = fields[term.slice(0, term.indexOf("="))]?.type;
    const place = type === undefined ? -1 : TELLING.indexOf(type);
    return place < 0 ? TELLING.length : place;
  };
  const single = [...new Set(needs.flatMap((one) => (one.length === 1 ? one : [])))].toSorted((a, b) => rank(a) - rank(b));
  const some = needs.filter((one) => one.length > 1).toSorted((a, b) => a.length - b.length)[0];
  const all = [...single, ...(ownOf === undefined ? [] : [ownTerm(ownOf)])];
  const place = removed ? inBin : (term: string) => term;
  return { $all: (all.length === 0 ? [LIVE] : all).map(place), ...(some ? { $in: some.map(place) } : {}) };
}

/** Only what is kept in the field as it is compared has bounds there. */
function rangeOf({ fields }: Shape, field: string, { from, to }: Bounds) {
  const as = SORTED.includes(field) ? "instant" : fields[field] && TYPES[fields[field].type].as;
  if (as === undefined || as === "text" || as === "exact" || (from === undefined && to === undefined)) return {};
  return {
    [sortKey(field)]: { ...(from === undefined ? {} : { $gte: from as number }), ...(to === undefined ? {} : { $lte: to as number }) },
  };
}

async function walk(
  read: (options: PageOptions) => Promise<Page<AnyRecord>>,
  options: PageOptions,
  { matches, isTerms }: Pick<Compiled<AnyRecord>, "matches" | "isTerms">,
): Promise<{ readonly records: readonly AnyRecord[]; readonly nextToken: string }> {
  const records: AnyRecord[] = [];
  let { token } = options;
  for (let examined = 0; examined < MOST_EXAMINED; ) {
    const page = await read({ ...options, size: isTerms ? options.size : MOST_AT_ONCE, token });
    for (const [n, record] of page.items.entries()) {
      if (matches(record)) records.push(record);
      if (records.length === options.size) return { records, nextToken: n === page.items.length - 1 ? page.nextToken : page.tokenAfter(n) };
    }
    examined += page.items.length;
    token = page.nextToken;
    if (token === "") break;
  }
  return { records, nextToken: token };
}

async function countOf(
  { records, nextToken }: Listed,
  token: string,
  { isTerms, needs }: Compiled<AnyRecord>,
  count: () => Promise<number>,
): Promise<number | undefined> {
  if (token === "" && nextToken === "") return records.length;
  return isTerms && needs.filter((one) => one.length > 1).length < 2 ? count() : undefined;
}

function orderOf(sort: string, sortable: readonly string[]): { readonly field: string; readonly direction: 1 | -1 } {
  const down = sort.startsWith("-");
  const field = down ? sort.slice(1) : sort;
  if (sortable.includes(field)) return { field, direction: down ? -1 : 1 };
  throw new DomainError("invalid", "sort_unknown", `a list cannot be sorted by ${field.slice(0, 60)}: take one of ${sortable.join(", ")}`);
}

function zoneOf(timeZone: string): string {
  if (timeZone === "") return ZONE;
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new DomainError("invalid", "time_zone_invalid", "there is no such time zone: write it as Asia/Shanghai, or leave it empty");
  }
}
