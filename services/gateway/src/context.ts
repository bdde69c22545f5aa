import type { ContactPolicyService } from "@trunkline/proto/marketing";
import type { SurveyService } from "@trunkline/proto/service-desk";
import type { RecordingService, WebhookService } from "@trunkline/proto/telephony";
import type { Client } from "@trunkline/rpc";
import type { Logger } from "@trunkline/runtime";

export type Context = {
  readonly surveys: Pick<Client<typeof SurveyService>, "showSurvey" | "answerSurvey">;
  readonly policy: Pick<Client<typeof ContactPolicyService>, "optOutByLink">;
  readonly recordings: Pick<Client<typeof RecordingService>, "readRecording">;
  readonly webhooks: Pick<Client<typeof WebhookService>, "takeWebhook">;
  readonly log: Logger;
};
