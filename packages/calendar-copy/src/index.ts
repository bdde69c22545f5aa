export { type CalendarCopy, openCalendarCopy } from "./calendar-copy.ts";
export { onCalendarEvent, toCalendar } from "./on-calendar-event.ts";
