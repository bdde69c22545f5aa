import { type BusinessCalendar, businessMsBetween } from "@trunkline/calendar";
import { linear, type Params, type Policy, type Ranked, type Ranking, score } from "@trunkline/matching";
import { distanceKm } from "./distance.ts";
import type { Candidate, Rejection, Visit } from "./work-order.ts";

/** What a dispatch looks at in an engineer. */
export type Engineer = {
  readonly id: string;
  readonly active: boolean;
  /** Grade 1 to 5 by skill. */
  readonly skills: Readonly<Record<string, number>>;
  /** Region codes; a code holds every region that begins with it. */
  readonly territories: readonly string[];
  readonly base: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly calendar: BusinessCalendar | undefined;
  readonly dailyCapacity: number;
  /** Visits that their day holds already, without this one. */
  readonly visits: number;
};
export type Job = Visit & { readonly rejections: readonly Pick<Rejection, "employeeId">[] };

/** Beyond this the distance earns nothing. */
const FAR_KM = 50;

const need = (needed: string | number, have: string | number): Params => ({ need: String(needed), have: String(have) });

const policy: Policy<Engineer, Job> = {
  id: ({ id }) => id,
  rules: [
    { code: "active", check: (_job, { active }) => ({ pass: active, params: need("active", active ? "active" : "inactive") }) },
    {
      code: "skill",
      check: ({ requiredSkills }, { skills }) => ({
        pass: requiredSkills.every((skill) => (skills[skill] ?? 0) >= 1),
        params: need(list(requiredSkills), list(held(requiredSkills, skills))),
      }),
    },
    {
      code: "territory",
      check: ({ regionCode }, { territories }) => ({
        pass: covers(territories, regionCode),
        params: need(regionCode, list(territories.slice(0, 20))),
      }),
    },
    { code: "working_hours", check: workingHours },
    {
      code: "capacity",
      check: (_job, { visits, dailyCapacity }) => ({ pass: visits < dailyCapacity, params: capacityParams(visits, dailyCapacity) }),
    },
    {
      code: "not_rejected",
      check: ({ rejections }, { id }) => {
        const rejected = rejections.some(({ employeeId }) => employeeId === id);
        return { pass: !rejected, params: need("not rejected", rejected ? "rejected" : "not rejected") };
      },
    },
  ],
  factors: [
    { code: "skill_level", weight: 40, grade: ({ requiredSkills }, { skills }) => skillGrade(requiredSkills, skills) },
    {
      code: "distance",
      weight: 40,
      grade: ({ latitude, longitude }, { base }) => {
        if (!base) return { grade: 0, reason: "base_unknown" };
        const km = distanceKm(base, { latitude, longitude });
        return { grade: linear(km, FAR_KM, 0), reason: "km_from_base", params: { km: Math.round(km * 10) / 10 } };
      },
    },
    {
      code: "workload",
      weight: 20,
      grade: (_job, { visits, dailyCapacity }) => ({
        grade: dailyCapacity > 0 ? linear(visits, dailyCapacity, 0) : 0,
        reason: "visits_that_day",
        params: { visits, dailyCapacity },
      }),
    },
  ],
  tieBreaks: [{ code: "fewest_visits", value: ({ visits }) => visits }],
};

/** Every engineer held against the visit: hard rules first, then the weighted factors. */
export function rankEngineers(job: Job, engineers: readonly Engineer[]): Ranking<Engineer> {
  return score(job, engineers, policy);
}

export function capacityParams(visits: number, dailyCapacity: number): { readonly need: string; readonly have: string } {
  return { need: `fewer than ${dailyCapacity} visits`, have: `${visits} visits` };
}

/** The record of one candidate, as it is kept with the work order. */
export function toCandidate({ id, eligible, rules, factors, score: points }: Ranked<Engineer>): Candidate {
  return {
    employeeId: id,
    passed: eligible,
    rules: rules.map(({ code, pass, params }) => ({
      rule: code,
      passed: pass,
      need: String(params?.["need"] ?? ""),
      have: String(params?.["have"] ?? ""),
    })),
    factors: factors.map(({ code, grade, weight, points: earned }) => ({ factor: code, grade, weight, points: earned })),
    score: points,
  };
}

/** The rule that put the winner before who had equal points; empty when nobody had. */
export function tieBrokenBy(ranking: Ranking<Engineer>, winnerId: string): string {
  const tie = ranking.ties.find(({ ids }) => ids.includes(winnerId));
  return tie?.decidedBy[tie.ids.indexOf(winnerId)] ?? "";
}

function workingHours({ windowFrom, windowTo }: Job, { calendar }: Engineer) {
  const minutes = (ms: number) => `${Math.floor(ms / 60_000)} minutes at work`;
  if (!calendar) return { pass: false, params: need(minutes(windowTo - windowFrom), "no calendar") };
  const open = businessMsBetween(calendar, windowFrom, windowTo);
  return { pass: open === windowTo - windowFrom, params: need(minutes(windowTo - windowFrom), minutes(open)) };
}

function covers(territories: readonly string[], regionCode: string): boolean {
  return territories.some((territory) => territory !== "" && regionCode.startsWith(territory));
}

function skillGrade(required: readonly string[], skills: Engineer["skills"]) {
  if (required.length === 0) return { grade: 100, reason: "no_skill_needed" };
  const mean = required.reduce((sum, skill) => sum + (skills[skill] ?? 0), 0) / required.length;
  return { grade: linear(mean, 0, 5), reason: "mean_skill_level", params: { mean } };
}

function held(required: readonly string[], skills: Engineer["skills"]): string[] {
  return required.filter((skill) => (skills[skill] ?? 0) >= 1).map((skill) => `${skill} ${skills[skill]}`);
}

function list(items: readonly string[]): string {
  return items.length > 0 ? items.join(", ") : "none";
}
