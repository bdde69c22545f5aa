import type { Measures } from "./fact.ts";

/** A figure and where it comes from: change a formula here and nowhere else, and give it a new version. */
export type FigureDefinition = {
  readonly name: string;
  readonly formulaId: string;
  readonly unit: "count" | "ratio" | "ms" | "score";
  /** Measures added up, minus those that begin with "-". */
  readonly numerator: readonly string[];
  /** Empty: the figure is the numerator itself. */
  readonly denominator: readonly string[];
  readonly exclusions: readonly string[];
};

const counted = (name: string): FigureDefinition => ({
  name,
  formulaId: `${name}.count.v1`,
  unit: "count",
  numerator: [name],
  denominator: [],
  exclusions: [],
});
const mean = (
  name: string,
  formulaId: string,
  unit: "ms" | "score" | "ratio",
  numerator: string,
  denominator: readonly string[],
  exclusions: readonly string[] = [],
): FigureDefinition => ({ name, formulaId, unit, numerator: [numerator], denominator, exclusions });

const COUNTED = [
  "calls_offered",
  "calls_answered",
  "calls_abandoned",
  "short_abandons",
  "calls_left_queue",
  "calls_handled",
  "calls_transferred",
  "agent_non_responses",
  "offers_unreachable",
  "pops_shown",
  "requests_opened",
  "complaints_opened",
  "requests_escalated",
  "request_assignments",
  "requests_target_missed",
  "requests_resolved",
  "work_orders_dispatched",
  "work_orders_completed",
  "surveys_invited",
  "surveys_sent",
  "surveys_answered",
  "messages",
  "messages_queued",
  "messages_sent",
  "messages_delivered",
  "messages_failed_retryable",
  "messages_failed_final",
  "messages_suppressed",
  "messages_expired",
  "callback_tasks_opened",
  "callback_tasks_done",
] as const;

export const FIGURES: readonly FigureDefinition[] = [
  ...COUNTED.map(counted),
  mean(
    "service_level",
    "service_level.answered_in_queue_target_over_answered_plus_abandoned.v1",
    "ratio",
    "answered_in_target",
    ["calls_answered", "calls_abandoned", "-short_abandons"],
    ["short_abandons_under_5s", "calls_left_queue"],
  ),
  mean(
    "service_level_80_20",
    "service_level.answered_in_20s_over_answered_plus_abandoned.v1",
    "ratio",
    "answered_in_time",
    ["calls_answered", "calls_abandoned", "-short_abandons"],
    ["short_abandons_under_5s", "calls_left_queue"],
  ),
  mean("abandonment_rate", "abandonment.abandoned_over_offered.v1", "ratio", "calls_abandoned", ["calls_offered"]),
  mean("asa", "asa.mean_queue_to_answer.v1", "ms", "answered_wait_ms", ["calls_answered"]),
  mean("average_abandon_time", "abandon_time.mean_queue_to_leave.v1", "ms", "abandoned_wait_ms", ["calls_abandoned"]),
  mean("aht", "aht.talk_plus_hold_plus_wrap_up_over_handled.v1", "ms", "handle_ms", ["calls_handled"], ["calls_still_open"]),
  mean("ring_to_shown", "pop.mean_ring_to_shown.v1", "ms", "pop_shown_ms", ["pops_shown"]),
  {
    name: "occupancy",
    formulaId: "occupancy.handle_over_handle_plus_ready.v1",
    unit: "ratio",
    numerator: ["agent_handle_ms"],
    denominator: ["agent_handle_ms", "agent_ready_ms"],
    exclusions: ["breaks", "ringing", "states_that_still_last"],
  },
  {
    name: "utilisation",
    formulaId: "utilisation.handle_over_on_line.v1",
    unit: "ratio",
    numerator: ["agent_handle_ms"],
    denominator: ["agent_handle_ms", "agent_ready_ms", "agent_ring_ms", "agent_break_ms"],
    exclusions: ["states_that_still_last"],
  },
  mean("resolution_time", "requests.mean_open_to_resolved.v1", "ms", "resolution_ms", ["requests_resolved"]),
  mean("survey_score", "csat.mean_score_of_5.v1", "score", "survey_score_sum", ["surveys_answered"]),
  mean("csat", "csat.top_two_of_5_over_answers.v1", "ratio", "surveys_satisfied", ["surveys_answered"]),
  {
    name: "max_queued_time",
    formulaId: "queue.longest_wait_abandons_included.v1",
    unit: "ms",
    numerator: ["max_queued_ms"],
    denominator: [],
    exclusions: [],
  },
];

/** Of facts that belong to no queue: asked for one queue they have no value, which is not the same as zero. */
const WITHOUT_QUEUE = /^(work_orders_|surveys_|messages|callback_tasks_|survey_score$|csat$|occupancy$|utilisation$)/;

export type Figure = {
  readonly definition: FigureDefinition;
  readonly value: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly hasValue: boolean;
};

/** @param queue the one whose measures these are; undefined or empty: of all */
export function computeFigure(definition: FigureDefinition, measures: Measures, queue?: string): Figure {
  if (queue && WITHOUT_QUEUE.test(definition.name)) return { definition, numerator: 0, denominator: 0, hasValue: false, value: 0 };
  const numerator = total(definition.numerator, measures);
  const plain = definition.denominator.length === 0;
  const denominator = plain ? 1 : total(definition.denominator, measures);
  return { definition, numerator, denominator, hasValue: plain || denominator > 0, value: denominator > 0 ? numerator / denominator : 0 };
}

export function total(names: readonly string[], measures: Measures): number {
  return names.reduce((sum, name) => sum + (name.startsWith("-") ? -(measures[name.slice(1)] ?? 0) : (measures[name] ?? 0)), 0);
}
