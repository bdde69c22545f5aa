import type { ListSurveysRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./survey-message.ts";

export async function listSurveys({ surveys }: Context, { pageSize, pageToken, requestId }: ListSurveysRequest, { tenant }: CallContext) {
  const page = await surveys.list(tenant, { requestId }, pageSize, pageToken);
  return { surveys: page.items.map(toMessage), nextPageToken: page.nextToken };
}
