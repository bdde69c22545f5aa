import type { Clock, Logger } from "@trunkline/runtime";
import type { CallReader } from "./clients/call-reader.ts";
import type { CustomerCheck } from "./clients/customer-check.ts";
import type { SurveySender } from "./clients/survey-sender.ts";
import type { SurveyLanguage } from "./domain/survey-text.ts";
import type { Stores } from "./stores/open-stores.ts";
import type { SurveyTokens } from "./survey-tokens.ts";

export type Context = Stores & {
  readonly sendSurvey: SurveySender;
  readonly readCall: CallReader;
  readonly checkCustomer: CustomerCheck;
  readonly surveyTokens: SurveyTokens;
  readonly surveyLanguage: SurveyLanguage;
  /** Has new requests numbered soon. */
  readonly nudgeNumbering: () => void;
  readonly now: Clock;
  readonly newId: () => string;
  readonly log: Logger;
};
