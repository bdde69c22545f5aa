import type { PlannedCall } from "./plan.ts";

/** What a figure should be: exactly for counts; for times within a tolerance a call, because clocks and phones are real. */
export type Expectation = { readonly figure: string; readonly numerator: number; readonly denominator: number; readonly tolerance: number };

/** Beside the planned calls, what the played main loop did, counted by whoever did it. */
export type Tally = Readonly<Record<string, number>>;

const TOLERANCE_MS = 400;
const SHORT_MS = 5_000;
const LATE_MS = 20_000;

/** The figures of one tenant, from the plan alone. */
export function expectedFigures(plan: readonly PlannedCall[], tally: Tally, ringsAlways = false): Expectation[] {
  const answered = plan.filter(({ extension }) => extension !== "");
  const abandoned = plan.filter(({ extension }) => extension === "");
  const short = abandoned.filter(({ waitMs }) => waitMs < SHORT_MS);
  const inTime = answered.filter(({ waitMs }) => waitMs <= LATE_MS);
  const waits = (calls: readonly PlannedCall[]) => calls.reduce((sum, { waitMs }) => sum + waitMs, 0);
  // A real exchange rings the one phone also for callers who then give up.
  const rings = (ringsAlways ? plan.length : answered.length) + answered.filter(({ transferTo }) => transferTo !== undefined).length;
  const extra = (name: string) => tally[name] ?? 0;
  const count = (figure: string, n: number): Expectation => ({ figure, numerator: n + extra(figure), denominator: 1, tolerance: 0 });
  const allAnswered = answered.length + extra("calls_answered");
  const allAbandoned = abandoned.length + extra("calls_abandoned");
  const offered = plan.length + extra("calls_offered");
  return [
    count("calls_offered", plan.length),
    count("calls_answered", answered.length),
    count("calls_abandoned", abandoned.length),
    count("short_abandons", short.length),
    count("calls_transferred", plan.filter(({ transferTo }) => transferTo !== undefined).length),
    count("pops_shown", rings),
    {
      figure: "service_level_80_20",
      numerator: inTime.length + extra("answered_in_time"),
      denominator: allAnswered + allAbandoned - short.length - extra("short_abandons"),
      tolerance: 0,
    },
    { figure: "abandonment_rate", numerator: allAbandoned, denominator: offered, tolerance: 0 },
    {
      figure: "asa",
      numerator: waits(answered) + extra("answered_wait_ms"),
      denominator: allAnswered,
      tolerance: TOLERANCE_MS * allAnswered,
    },
    {
      figure: "average_abandon_time",
      numerator: waits(abandoned) + extra("abandoned_wait_ms"),
      denominator: allAbandoned,
      tolerance: TOLERANCE_MS * allAbandoned,
    },
    { figure: "aht", numerator: extra("handle_ms"), denominator: allAnswered, tolerance: TOLERANCE_MS * allAnswered * 2 },
    ...[
      "requests_opened",
      "complaints_opened",
      "requests_escalated",
      "requests_resolved",
      "work_orders_dispatched",
      "work_orders_completed",
      "surveys_answered",
      "messages",
      "messages_delivered",
      "messages_sent",
      "messages_suppressed",
      "callback_tasks_opened",
    ].map((name) => count(name, 0)),
    ...(extra("surveys_answered") > 0
      ? [{ figure: "survey_score", numerator: extra("survey_score_sum"), denominator: extra("surveys_answered"), tolerance: 0 }]
      : []),
  ];
}
