import { messageOf } from "@trunkline/proto";
import { type ListSurveysRequest, SurveySchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { given, newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";

export async function listSurveys({ surveys }: Context, { pageSize, pageToken, requestId }: ListSurveysRequest, { tenant }: CallContext) {
  const page = await surveys.page(tenant, given({ requestId }), newestFirst("invitedAt", { pageSize, pageToken }));
  return { surveys: page.items.map((one) => messageOf(SurveySchema, one)), nextPageToken: page.nextToken };
}
