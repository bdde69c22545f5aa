import { messageOf } from "@trunkline/proto";
import { type ListSurveysRequest, SurveySchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function listSurveys({ surveys }: Context, { pageSize, pageToken, requestId }: ListSurveysRequest, { tenant }: CallContext) {
  const page = await surveys.list(tenant, { requestId }, pageSize, pageToken);
  return { surveys: page.items.map((one) => messageOf(SurveySchema, one)), nextPageToken: page.nextToken };
}
