import type { Engineer, Job } from "./dispatch-policy.ts";
import { at, office } from "./given.test-support.ts";

/** A visit in Shanghai's Xuhui district (310104) on a working Monday morning. */
export const job = (change: Partial<Job> = {}): Job => ({
  requiredSkills: ["chiller", "electric"],
  regionCode: "310104",
  latitude: 31.19,
  longitude: 121.43,
  windowFrom: at("2026-03-09 09:00"),
  windowTo: at("2026-03-09 11:00"),
  rejections: [],
  ...change,
});

export const engineer = (id: string, change: Partial<Engineer> = {}): Engineer => ({
  id,
  active: true,
  skills: { chiller: 3, electric: 3 },
  territories: ["3101"],
  base: { latitude: 31.25, longitude: 121.43 },
  calendar: office,
  dailyCapacity: 4,
  visits: 1,
  ...change,
});

/** Twenty-two: who fails each rule alone, who fails several, two of equal worth, and the best far down the list. */
export const team: readonly Engineer[] = [
  engineer("e01", { active: false }),
  engineer("e02", { skills: { chiller: 5 } }),
  engineer("e03", { skills: { chiller: 5, electric: 0 } }),
  engineer("e04", { territories: ["3201", "33"] }),
  engineer("e05", { territories: [] }),
  engineer("e06", { calendar: { ...office, exceptions: { "2026-03-09": [{ from: "13:00", to: "18:00" }] } } }),
  engineer("e07", { calendar: undefined }),
  engineer("e08", { visits: 4 }),
  engineer("e09", { dailyCapacity: 0, visits: 0 }),
  engineer("e10"),
  engineer("e11", { visits: 2 }),
  engineer("e12", { visits: 3 }),
  engineer("e13", { base: undefined }),
  engineer("e14", { base: { latitude: 39.9, longitude: 116.4 } }),
  engineer("e15", { skills: { chiller: 1, electric: 1 } }),
  engineer("e16", { skills: { chiller: 5, electric: 4 } }),
  engineer("e17", { skills: { chiller: 5, electric: 5 }, base: { latitude: 31.2, longitude: 121.43 }, visits: 0 }),
  engineer("e18", { skills: { chiller: 5, electric: 4 } }),
  engineer("e19", { territories: ["310104"] }),
  engineer("e20", { territories: ["31010"], visits: 2 }),
  engineer("e21", { active: false, territories: [], visits: 9 }),
  engineer("e22", { skills: { chiller: 5, electric: 5 }, base: { latitude: 31.19, longitude: 121.43 }, visits: 0 }),
];
/** e22 would be the best of all, but has been here and said no. */
export const rejected = [{ employeeId: "e22" }];
