import type { ShowSurveyRequest } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import { MAX_SCORE, shownState } from "../domain/survey.ts";
import { QUESTION } from "../domain/survey-text.ts";

/** Public: whoever holds the link sees the question and nothing of the customer. */
export async function showSurvey({ surveys, surveyTokens, surveyLanguage, now }: Context, { token }: ShowSurveyRequest) {
  const { tenant, surveyId } = surveyTokens.read(token);
  const survey = await surveys.find(tenant, surveyId);
  // A link that we signed, to what was removed as old.
  const state = survey ? shownState(survey, now()) : "expired";
  return { state, question: QUESTION[surveyLanguage], language: surveyLanguage, maxScore: MAX_SCORE };
}
