import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import express from "express";
import { surveyRoutes } from "./survey-routes.ts";

const TOKEN = "a-token-of-a-survey";
const answers: unknown[] = [];
let state = "open";
let asked = "en";
/** As service-desk answers. */
const surveys = {
  showSurvey: async ({ token }: { token: string }) => {
    if (token !== TOKEN) throw new DomainError("not_found", "survey_not_found", "there is no such survey");
    return { state, question: "您对本次服务满意吗？", language: asked, maxScore: 5 };
  },
  answerSurvey: async (answer: unknown) => {
    answers.push(answer);
    return { state: "answered" };
  },
};
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const server = express()
  .use("/s", surveyRoutes({ surveys, log: silent } as never))
  .listen(0, "127.0.0.1");

beforeAll(() => new Promise<void>((resolve) => (server.listening ? resolve() : void server.once("listening", resolve))));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  answers.length = 0;
  state = "open";
  asked = "zh-CN";
});

async function post(body: string | undefined, type?: string, token = TOKEN) {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/s/${token}`, {
    method: "POST",
    headers: { "accept-language": "en", ...(type ? { "content-type": type } : {}) },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}
const FORM = "application/x-www-form-urlencoded";

describe("the page of a survey", () => {
  const shown = async (accept: string) =>
    await (
      await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/s/${TOKEN}`, { headers: { "accept-language": accept } })
    ).text();

  it.each([
    ["en-GB,en;q=0.9,zh;q=0.8", "en", "Please rate the service"],
    ["fr-FR,fr;q=0.9,en;q=0.5", "en", "Please rate the service"],
    ["en;q=0.3,zh-TW", "zh-CN", "您对本次服务满意吗？"],
    ["fr", "zh-CN", "您对本次服务满意吗？"],
    ["*", "zh-CN", "您对本次服务满意吗？"],
  ])("is for who reads %s in %s, the question too", async (accept, language, question) => {
    const page = await shown(accept);
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain(`<legend>${question}</legend>`);
  });

  it("is in the language of its invitation where the browser asks for none that there is", async () => {
    asked = "en";
    expect(await shown("fr")).toContain('<html lang="en">');
  });
});

describe("an answer to a survey", () => {
  it("from the form is taken", async () => {
    expect(await post("score=4&comment=fine", FORM)).toMatchObject({ status: 200, text: expect.stringContaining("Thank you") });
    expect(answers).toEqual([{ token: TOKEN, score: 4, comment: "fine" }]);
  });

  it.each([
    ["no body", undefined, undefined],
    ["JSON", '{"score":5}', "application/json"],
    ["broken JSON", "{", "application/json"],
    ["multipart", "--x\r\n\r\n--x--", "multipart/form-data; boundary=x"],
    ["another charset", "score=5", `${FORM}; charset=utf-99`],
    ["too much", `comment=${"a".repeat(20_000)}`, FORM],
  ])("as %s is refused with a page for people", async (_, body, type) => {
    const answer = await post(body, type);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer).toMatchObject({ type: "text/html; charset=utf-8", text: expect.stringContaining("send it again") });
    expect(answers).toEqual([]);
  });

  it.each([
    "comment=good+%3Cb%3E",
    "score=&comment=good+%3Cb%3E",
    "score=9&comment=good+%3Cb%3E",
    "score=x&comment=good+%3Cb%3E",
    "score=1&score=2&comment=good+%3Cb%3E",
  ])("%s shows the form again, with what was written", async (body) => {
    const { status, text } = await post(body, FORM);
    expect(status).toBe(400);
    expect(text).toContain("Please choose a score first.");
    expect(text).toContain("good &lt;b&gt;</textarea>");
    expect(answers).toEqual([]);
  });

  it("without a score is told what became of the survey where it is over, or that there is none", async () => {
    state = "answered";
    expect(await post("comment=x", FORM)).toMatchObject({ status: 200, text: expect.stringContaining("answered already") });
    state = "expired";
    expect((await post("comment=x", FORM)).status).toBe(410);
    expect((await post("comment=x", FORM, "another-token-of-none")).status).toBe(404);
  });
});
