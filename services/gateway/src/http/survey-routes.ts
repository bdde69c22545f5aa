import { isDomainError } from "@trunkline/errors";
import { Router, urlencoded } from "express";
import type { Context } from "../context.ts";
import { languageOf, type Notice, noticePage, STYLE, surveyPage, unsubscribePage } from "./survey-page.ts";

const STATUS: Record<Notice, number> = { thanks: 200, answered: 200, expired: 410, invalid: 404, failed: 503, unsubscribed: 200 };

/** The public survey: whoever holds the link may answer, once. */
export function surveyRoutes({ surveys, log }: Context): Router {
  const router = Router();
  const noticeOf = (error: unknown): Notice => {
    if (isDomainError(error) && error.code === "survey_expired") return "expired";
    if (isDomainError(error) && (error.kind === "invalid" || error.kind === "not_found")) return "invalid";
    log.warn({ err: error }, "a survey page failed");
    return "failed";
  };
  router.get("/style.css", (_request, response) => void response.type("css").set("cache-control", "max-age=3600").send(STYLE));
  router.get("/:token", async (request, response) => {
    const language = languageOf(request.headers["accept-language"]);
    try {
      const survey = await surveys.showSurvey({ token: request.params.token });
      const over = survey.state === "answered" || survey.state === "expired" ? survey.state : undefined;
      response.status(over ? STATUS[over] : 200).send(over ? noticePage(language, over) : surveyPage(language, survey));
    } catch (error) {
      const notice = noticeOf(error);
      response.status(STATUS[notice]).send(noticePage(language, notice));
    }
  });
  router.post("/:token", urlencoded({ extended: false, limit: "16kb" }), async (request, response) => {
    const language = languageOf(request.headers["accept-language"]);
    const { score, comment } = request.body as { score?: unknown; comment?: unknown };
    try {
      await surveys.answerSurvey({
        token: request.params.token,
        score: Number.parseInt(String(score), 10) || 0,
        comment: typeof comment === "string" ? comment : "",
      });
      response.send(noticePage(language, "thanks"));
    } catch (error) {
      const notice = noticeOf(error);
      response.status(STATUS[notice]).send(noticePage(language, notice));
    }
  });
  return router;
}

/** The link in every e-mail (RFC 8058): a person is asked once, a mail program is taken at its word. */
export function unsubscribeRoutes({ policy, log }: Context): Router {
  const router = Router();
  router.get("/:token", (request, response) => void response.send(unsubscribePage(languageOf(request.headers["accept-language"]))));
  router.post("/:token", async (request, response) => {
    const language = languageOf(request.headers["accept-language"]);
    const notice = await policy.optOutByLink({ token: request.params.token }).then(
      (): Notice => "unsubscribed",
      (error: unknown): Notice => {
        if (isDomainError(error) && (error.kind === "invalid" || error.kind === "not_found")) return "invalid";
        log.warn({ err: error }, "an unsubscribe page failed");
        return "failed";
      },
    );
    response.status(STATUS[notice]).send(noticePage(language, notice));
  });
  return router;
}
