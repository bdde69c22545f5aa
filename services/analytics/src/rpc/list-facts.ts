import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import type { ListFactsRequestValid } from "@trunkline/proto/analytics";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { callOfFact } from "../domain/call-visit.ts";
import { sumParts } from "../domain/fact.ts";
import { FIGURES, total } from "../domain/figures.ts";
import { rangeOf } from "./range.ts";

/** The contacts behind a figure: those that hold something of its denominator, or of its numerator where it has none. */
export async function listFacts({ facts }: Context, request: ListFactsRequestValid, { tenant }: CallContext) {
  const definition = FIGURES.find(({ name }) => name === request.figure);
  if (!definition) throw new DomainError("invalid", "figure_unknown", `there is no figure ${request.figure}`, { figure: request.figure });
  const { from, to } = rangeOf(request);
  const behind = definition.denominator.length > 0 ? definition.denominator : definition.numerator;
  const counts = behind.filter((name) => !name.startsWith("-"));
  const page = await facts.page(tenant, { measures: counts, from, to, queue: request.queue }, request.pageSize, request.pageToken);
  return {
    nextPageToken: page.nextToken,
    facts: page.items.flatMap((fact) => {
      const measures = sumParts(fact.parts, from, to);
      // It was found by the day: the rest of that day may lie outside.
      if (!counts.some((name) => name in measures)) return [];
      const denominator = definition.denominator.length > 0 ? total(definition.denominator, measures) : 1;
      return {
        kind: fact.kind,
        sourceId: sourceOf(fact),
        at: timestampFromMs(fact.at),
        numerator: BigInt(total(definition.numerator, measures)),
        denominator: BigInt(denominator),
      };
    }),
  };
}

function sourceOf({ id, kind }: { readonly id: string; readonly kind: string }): string {
  const source = id.slice(kind.length + 1);
  return kind === "call" ? callOfFact(source) : source;
}
