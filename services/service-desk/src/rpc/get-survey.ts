import type { SurveyService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./survey-message.ts";

export function getSurvey({ surveys }: Context): Handlers<typeof SurveyService>["getSurvey"] {
  return async ({ surveyId }, { tenant }) => ({ survey: toMessage(await surveys.get(tenant, surveyId)) });
}
