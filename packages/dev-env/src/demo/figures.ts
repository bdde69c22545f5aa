import type { Api } from "../system/api.ts";
import type { Expectation } from "./expected.ts";

export type Reported = ReadonlyMap<string, { readonly numerator: number; readonly denominator: number; readonly formulaId: string }>;

type Answer = { figures: { name: string; formulaId: string; numerator: string; denominator: string }[] };

const HOUR_MS = 3_600_000;

/** What the public API reports for a tenant around now. */
export async function readFigures(api: Api, around: number): Promise<Reported> {
  const range = { from: new Date(around - HOUR_MS).toISOString(), to: new Date(around + HOUR_MS).toISOString() };
  const { figures } = await api.call<Answer>("analytics.v1.FigureService/GetFigures", range);
  return new Map(
    figures.map(({ name, formulaId, numerator, denominator }) => [
      name,
      { formulaId, numerator: Number(numerator), denominator: Number(denominator) },
    ]),
  );
}

export type Comparison = {
  readonly figure: string;
  readonly formulaId: string;
  readonly expected: string;
  readonly reported: string;
  readonly equal: boolean;
};

/** Compares what was added since `before` with what should have been. */
export function compareFigures(expected: readonly Expectation[], before: Reported, after: Reported): Comparison[] {
  return expected.map(({ figure, numerator, denominator, tolerance }) => {
    const [start, end] = [before.get(figure), after.get(figure)];
    const counted = (end?.numerator ?? 0) - (start?.numerator ?? 0);
    const plain = denominator === 1 && end?.denominator === 1 && start?.denominator === 1;
    const over = plain ? 1 : (end?.denominator ?? 0) - (start?.denominator ?? 0);
    return {
      figure,
      formulaId: end?.formulaId ?? "",
      expected: `${Math.round(numerator)}/${denominator}`,
      reported: `${counted}/${over}`,
      equal: end !== undefined && Math.abs(counted - numerator) <= tolerance && over === denominator,
    };
  });
}
