import { isDomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { recordSent, recordSuppressed, recordUnsent } from "../domain/survey.ts";

/** Asks marketing to send the link, from the survey's own timer: an outage of marketing holds up neither events nor other timers. */
export async function sendSurvey(
  { surveys, sendSurvey: send, surveyTokens, now, log }: Context,
  scope: CallScope,
  surveyId: string,
): Promise<void> {
  const survey = await surveys.get(scope.tenant, surveyId);
  if (survey.state !== "invited") return;
  try {
    const link = surveyTokens.link(scope.tenant, surveyId);
    const outcome = await send(scope, { surveyId, customerId: survey.customerId, link });
    await surveys.update(scope, surveyId, (current) =>
      outcome.sent ? recordSent(current, outcome.messageId, now()) : recordSuppressed(current, outcome.reason, now()),
    );
  } catch (error) {
    if (!isDomainError(error)) throw error;
    log.warn({ code: error.code, surveyId }, "marketing did not take the survey; it is tried again");
    await surveys.update(scope, surveyId, (current) => recordUnsent(current, error.code, now()));
  }
}
