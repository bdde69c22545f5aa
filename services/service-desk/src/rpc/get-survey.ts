import type { GetSurveyRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./survey-message.ts";

export async function getSurvey({ surveys }: Context, { surveyId }: GetSurveyRequest, { tenant }: CallContext) {
  return { survey: toMessage(await surveys.get(tenant, surveyId)) };
}
