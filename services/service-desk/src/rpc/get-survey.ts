import { messageOf } from "@trunkline/proto";
import { type GetSurveyRequest, SurveySchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function getSurvey({ surveys }: Context, { surveyId }: GetSurveyRequest, { tenant }: CallContext) {
  return { survey: messageOf(SurveySchema, await surveys.get(tenant, surveyId)) };
}
