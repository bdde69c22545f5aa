import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { SurveyEventSchema } from "@trunkline/proto/service-desk";
import { type AggregateStore, newestFirst, type StoreBackend } from "@trunkline/store";
import { type Survey, type SurveyEvent, surveyDueAt } from "../domain/survey.ts";

export const surveyTopic = topic("service_desk.survey", SurveyEventSchema);

export type SurveyStore = AggregateStore<Survey, SurveyEvent> & {
  findByMessage(tenant: string, messageId: string): Promise<Survey | undefined>;
};

export async function openSurveyStore(backend: StoreBackend): Promise<SurveyStore> {
  const store = await backend.aggregates<Survey, SurveyEvent, typeof SurveyEventSchema, "nextDueAt">({
    name: "surveys",
    noun: "survey",
    indexes: [
      { tenant: 1, invitedAt: -1, _id: -1 },
      { tenant: 1, requestId: 1, invitedAt: -1, _id: -1 },
      { tenant: 1, messageId: 1, invitedAt: -1, _id: -1 },
      [{ nextDueAt: 1 }, { sparse: true }],
    ],
    topic: surveyTopic,
    // The comment stays here: it may name anybody.
    encode: (event) => caseOf(SurveyEventSchema, event),
    overSince,
    derived: (_tenant, survey) => ({ nextDueAt: surveyDueAt(survey) }),
  });
  return {
    ...store,
    findByMessage: async (tenant, messageId) => (await store.page(tenant, { messageId }, newestFirst("invitedAt", 1))).items[0],
  };
}

function overSince({ state, answeredAt, expiresAt }: Survey): number | undefined {
  if (state === "invited" || state === "sent") return undefined;
  return answeredAt ?? expiresAt;
}
