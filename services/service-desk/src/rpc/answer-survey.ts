import type { AnswerSurveyRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { answer, surveyExpired } from "../domain/survey.ts";
import { plain } from "./caller.ts";

/** Public: the link is the right to answer, and it says the tenant. */
export async function answerSurvey(
  { surveys, surveyTokens, now }: Context,
  { token, score, comment }: AnswerSurveyRequest,
  call: CallContext,
) {
  const { tenant, surveyId } = surveyTokens.read(token);
  const asked = await surveys.find(tenant, surveyId);
  // Removed as old.
  if (!asked) throw surveyExpired();
  const scope = { ...plain(call), tenant, actor: `customer/${asked.customerId}` };
  const survey = await surveys.update(scope, surveyId, (current) => answer(current, { score, comment, at: now() }));
  return { state: survey.state };
}
