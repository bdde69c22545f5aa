export { type CalendarCopy, openCalendarCopy } from "./calendar-copy.ts";
export { calendarOf } from "./calendar-of.ts";
export { type Copied, type CopySpec, openReferenceCopy, type ReferenceCopy } from "./reference-copy.ts";
