import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import type { FigureService } from "@trunkline/proto/analytics";
import type { Handlers } from "@trunkline/rpc";
import { sumRange } from "../aggregation.ts";
import type { Context } from "../context.ts";
import { computeFigure, FIGURES } from "../domain/figures.ts";
import { rangeOf } from "./range.ts";

export function getFigures({ buckets, facts, now }: Context): Handlers<typeof FigureService>["getFigures"] {
  return async (request, { tenant }) => {
    const { from, to } = rangeOf(request);
    const wanted = new Set(request.figures);
    const unknown = request.figures.find((name) => !FIGURES.some((figure) => figure.name === name));
    if (unknown !== undefined) throw new DomainError("invalid", "figure_unknown", `there is no figure ${unknown}`, { figure: unknown });
    const [oldest] = await facts.dirty(1);
    const measures = await sumRange(buckets, tenant, request.queue || undefined, from, to);
    const figures = FIGURES.filter(({ name }) => wanted.size === 0 || wanted.has(name)).map((definition) =>
      computeFigure(definition, measures, request.queue),
    );
    return {
      figures: figures.map(({ definition, value, numerator, denominator, hasValue }) => ({
        name: definition.name,
        formulaId: definition.formulaId,
        unit: definition.unit,
        exclusions: [...definition.exclusions],
        value,
        numerator: BigInt(numerator),
        denominator: BigInt(denominator),
        hasValue,
      })),
      completeUntil: timestampFromMs(oldest?.row.dirtySince ?? now()),
    };
  };
}
