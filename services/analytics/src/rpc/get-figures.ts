import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import { messageOf } from "@trunkline/proto";
import { FigureSchema, type GetFiguresRequestValid } from "@trunkline/proto/analytics";
import type { CallContext } from "@trunkline/rpc";
import { sumRange } from "../aggregation.ts";
import type { Context } from "../context.ts";
import { computeFigure, FIGURES } from "../domain/figures.ts";
import { rangeOf } from "./range.ts";

export async function getFigures({ buckets, facts, now }: Context, request: GetFiguresRequestValid, { tenant }: CallContext) {
  const { from, to } = rangeOf(request);
  const wanted = new Set(request.figures);
  const unknown = request.figures.find((name) => !FIGURES.some((figure) => figure.name === name));
  if (unknown !== undefined) throw new DomainError("invalid", "figure_unknown", `there is no figure ${unknown}`, { figure: unknown });
  const [oldest] = await facts.dirty(1);
  const asked = FIGURES.filter(({ name }) => wanted.size === 0 || wanted.has(name));
  const figuresOf = async (queue: string) => {
    const measures = await sumRange(buckets, tenant, queue || undefined, from, to);
    return asked.map((definition) => messageOf(FigureSchema, { ...definition, ...computeFigure(definition, measures, queue) }));
  };
  const figures = await figuresOf(request.queue);
  const queues: { queue: string; figures: typeof figures }[] = [];
  // One after the other: each is some reads of its own.
  for (const queue of request.queues) queues.push({ queue, figures: await figuresOf(queue) });
  return { figures, queues, completeUntil: timestampFromMs(oldest?.row.dirtySince ?? now()) };
}
