import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { SurveySchema } from "@trunkline/proto/service-desk";
import type { Survey } from "../domain/survey.ts";

export function toMessage({
  id,
  requestId,
  customerId,
  state,
  score,
  comment,
  invitedAt,
  answeredAt,
  caseRequestId,
  messageId,
}: Survey): MessageInitShape<typeof SurveySchema> {
  return {
    surveyId: id,
    requestId,
    customerId,
    state,
    score,
    comment,
    caseRequestId,
    messageId,
    invitedAt: timestampFromMs(invitedAt),
    ...(answeredAt === undefined ? {} : { answeredAt: timestampFromMs(answeredAt) }),
  };
}
