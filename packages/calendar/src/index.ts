export type { BusinessCalendar, Span, Weekday } from "./business-calendar.ts";
export { addBusinessMs, businessMsBetween, isOpen, nextOpen, spansOn } from "./business-time.ts";
export { checkCalendar } from "./check-calendar.ts";
export { CHINA_HOLIDAY_YEARS } from "./china-holidays.ts";
