import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { MessageEventSchema, Purpose } from "@trunkline/proto/marketing";
import { RequestQueueService, RequestService, SurveyService } from "@trunkline/proto/service-desk";
import { contentId } from "@trunkline/runtime";
import { removeOld } from "@trunkline/store";
import { MINUTE } from "../domain/given.test-support.ts";
import { agent, openRepair, repairs, seededDesk } from "../seeded-desk.test-support.ts";

const { answerSurvey, getSurvey, listSurveys, showSurvey } = SurveyService.method;
const { getRequest, listRequests, resolveRequest } = RequestService.method;
const anybody = { id: "public", tenant: "", kind: "service" as const };
const refusal = (code: string) => expect.objectContaining({ code });
const DAY = 24 * 60 * MINUTE;

/** A desk on which a repair has been resolved and its survey is out. */
async function surveyed(change: { customerId?: string; outcome?: "unavailable" | { sent: false; reason: string } } = {}) {
  const desk = await seededDesk();
  if (change.outcome) desk.world.sendOutcome = change.outcome;
  const { requestId } = await openRepair(desk, { customerId: change.customerId ?? "c1" });
  await desk.ask(resolveRequest, { requestId, resolution: "done" }, agent);
  await desk.drain();
  expect(desk.world.sent).toEqual([]);
  await desk.pass(0);
  await desk.drain();
  const surveyId = contentId("t1", "survey", requestId);
  const token = desk.context.surveyTokens.write("t1", surveyId);
  const survey = async () => (await desk.ask(getSurvey, { surveyId }, agent)).survey;
  return { desk, requestId, surveyId, token, survey };
}

describe("a resolved request", () => {
  it("has its customer asked once, through marketing, with the link", async () => {
    const { desk, requestId, surveyId, token, survey } = await surveyed();
    await desk.redeliver();
    expect(desk.world.sent).toEqual([{ surveyId, customerId: "c1", link: `https://desk.example/survey/${token}` }]);
    expect(await survey()).toMatchObject({ state: "sent", requestId, customerId: "c1", messageId: "m1" });
    expect((await desk.ask(listSurveys, { requestId }, agent)).surveys).toHaveLength(1);
  });

  it("of nobody known asks nobody", async () => {
    const { desk } = await surveyed({ customerId: "" });
    expect((await desk.ask(listSurveys, {}, agent)).surveys).toEqual([]);
  });

  it("has the refusal of marketing's gate recorded", async () => {
    const { survey, desk } = await surveyed({ outcome: { sent: false, reason: "opted_out" } });
    expect(await survey()).toMatchObject({ state: "suppressed" });
    expect(desk.world.published.map(({ type }) => type).slice(-2)).toEqual(["invited", "suppressed"]);
  });

  it("waits for marketing without holding anything up, and is sent when it is back", async () => {
    const { desk, survey } = await surveyed({ outcome: "unavailable" });
    expect((await survey())?.state).toBe("invited");
    desk.world.sendOutcome = { sent: true, messageId: "m2" };
    await desk.pass(MINUTE - 1);
    expect(desk.world.sent).toHaveLength(0);
    await desk.pass(1);
    expect(await survey()).toMatchObject({ state: "sent", messageId: "m2" });
  });

  it("is told when marketing suppresses the message later", async () => {
    const { desk, survey } = await surveyed();
    const suppressed = (purpose: Purpose) =>
      desk.publish(topic("marketing.message", MessageEventSchema), "t1", "m1", 2, {
        messageId: "m1",
        event: { case: "suppressed", value: { reason: "quiet_hours", purpose } },
      });
    await suppressed(Purpose.MARKETING);
    expect((await survey())?.state).toBe("sent");
    await suppressed(Purpose.SURVEY);
    expect((await survey())?.state).toBe("suppressed");
  });
});

describe("the public page", () => {
  it("shows the question, takes one answer, and says so the second time", async () => {
    const { desk, token, survey } = await surveyed();
    expect(await desk.ask(showSurvey, { token }, anybody)).toMatchObject({ state: "open", language: "en", maxScore: 5 });
    await desk.ask(answerSurvey, { token, score: 4, comment: "fine" }, anybody);
    expect((await desk.ask(answerSurvey, { token, score: 1 }, anybody)).state).toBe("answered");
    expect(await survey()).toMatchObject({ state: "answered", score: 4, comment: "fine", caseRequestId: "" });
    expect((await desk.ask(showSurvey, { token }, anybody)).state).toBe("answered");
  });

  it("refuses every token but the right one, and one that has ended", async () => {
    const { desk, token, surveyId } = await surveyed();
    const forged = desk.context.surveyTokens.write("t2", surveyId).split(".");
    const parts = token.split(".");
    for (const bad of [
      "x".repeat(40),
      `${token}x`,
      token.slice(0, -1),
      [...parts.slice(0, 2), forged[2]].join("."),
      [forged[0], ...parts.slice(1)].join("."),
    ]) {
      await expect(desk.ask(showSurvey, { token: bad }, anybody)).rejects.toEqual(refusal("survey_token_invalid"));
      await expect(desk.ask(answerSurvey, { token: bad, score: 5 }, anybody)).rejects.toEqual(refusal("survey_token_invalid"));
    }
    await desk.pass(14 * DAY);
    expect((await desk.ask(showSurvey, { token }, anybody)).state).toBe("expired");
    await expect(desk.ask(answerSurvey, { token, score: 5 }, anybody)).rejects.toEqual(refusal("survey_expired"));
  });
});

describe("a survey that was removed as old", () => {
  it("has ended, for whoever still has its link", async () => {
    const { desk, token } = await surveyed();
    await desk.pass(14 * DAY);
    expect(await removeOld(desk.context.surveys, desk.world.now - 1)).toBe(false);
    expect((await desk.ask(showSurvey, { token }, anybody)).state).toBe("expired");
    await removeOld(desk.context.surveys, desk.world.now);
    expect(await desk.context.surveys.find("t1", desk.context.surveyTokens.read(token).surveyId)).toBeUndefined();
    expect((await desk.ask(showSurvey, { token }, anybody)).state).toBe("expired");
    await expect(desk.ask(answerSurvey, { token, score: 5 }, anybody)).rejects.toEqual(refusal("survey_expired"));
  });
});

describe("a low score", () => {
  it("opens one complaint in the same queue, linked both ways, without another survey after it", async () => {
    const { desk, requestId, token, survey } = await surveyed();
    await desk.ask(answerSurvey, { token, score: 2, comment: "it leaks again" }, anybody);
    await desk.drain();
    await desk.redeliver();
    const { requests } = await desk.ask(listRequests, { customerId: "c1" }, agent);
    const complaint = requests.find(({ type }) => type === "complaint");
    expect(requests).toHaveLength(2);
    expect(complaint).toMatchObject({
      state: "new",
      priority: "high",
      queueId: "repairs",
      description: "it leaks again",
      relatedRequestIds: [requestId],
      subject: "Low survey score: 2 of 5",
    });
    const { request } = await desk.ask(getRequest, { requestId }, agent);
    expect(request?.relatedRequestIds).toEqual([complaint?.requestId]);
    expect(request?.history.filter(({ what }) => what === "survey_answered")).toMatchObject([{ reason: "score_2_of_5" }]);
    expect((await survey())?.caseRequestId).toBe(complaint?.requestId);
    await desk.ask(resolveRequest, { requestId: complaint?.requestId ?? "", resolution: "apologised" }, agent);
    await desk.drain();
    expect(desk.world.sent).toHaveLength(1);
  });

  it("goes to the complaints queue where there is one, and three points open nothing", async () => {
    const { desk, token } = await surveyed();
    await desk.ask(RequestQueueService.method.putRequestQueue, { queue: { ...repairs, queueId: "complaints" } }, agent);
    await desk.ask(answerSurvey, { token, score: 1 }, anybody);
    await desk.drain();
    expect((await desk.ask(listRequests, { queueId: "complaints" }, agent)).requests).toHaveLength(1);
    const other = await surveyed();
    await other.desk.ask(answerSurvey, { token: other.token, score: 3 }, anybody);
    await other.desk.drain();
    expect((await other.desk.ask(listRequests, {}, agent)).requests).toHaveLength(1);
  });

  it("keeps the comment and the token out of every event", async () => {
    const { desk, token } = await surveyed();
    await desk.ask(answerSurvey, { token, score: 2, comment: "canary-comment" }, anybody);
    await desk.drain();
    const all = Buffer.concat(desk.world.published.map(({ payload }) => payload)).toString("latin1");
    for (const canary of ["canary-comment", token, "The pump leaks"]) expect(all).not.toContain(canary);
  });
});
