import type { SurveyService } from "@trunkline/proto/service-desk";
import type { Client } from "@trunkline/rpc";
import type { Logger } from "@trunkline/runtime";

export type Context = { readonly surveys: Pick<Client<typeof SurveyService>, "showSurvey" | "answerSurvey">; readonly log: Logger };
