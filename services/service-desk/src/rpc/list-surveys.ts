import type { SurveyService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./survey-message.ts";

export function listSurveys({ surveys }: Context): Handlers<typeof SurveyService>["listSurveys"] {
  return async ({ pageSize, pageToken, requestId }, { tenant }) => {
    const page = await surveys.list(tenant, { requestId }, pageSize, pageToken);
    return { surveys: page.items.map(toMessage), nextPageToken: page.nextToken };
  };
}
