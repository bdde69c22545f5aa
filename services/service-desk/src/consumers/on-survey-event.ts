import { on, type Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import { followUpAnswer } from "../flows/open-complaint.ts";
import { surveyTopic } from "../stores/survey-store.ts";

export function onSurveyEvent(context: Context): Subscription {
  return on(surveyTopic, async ({ event: { event }, id, scope }) => {
    if (event.case === "answered") await followUpAnswer(context, scope, id);
  });
}
