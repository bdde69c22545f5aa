import { isDomainError } from "@trunkline/errors";
import { type ErrorRequestHandler, Router, urlencoded } from "express";
import type { Context } from "../context.ts";
import { languageOf, type Notice, noticePage, STYLE, surveyPage, unsubscribePage } from "./survey-page.ts";

/** As the form and the contract have it. */
const MAX_COMMENT = 2_000;
const STATUS: Record<Notice, number> = {
  thanks: 200,
  answered: 200,
  expired: 410,
  invalid: 404,
  failed: 503,
  unreadable: 415,
  unsubscribed: 200,
};

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
    let language = languageOf(request.headers["accept-language"]);
    try {
      const survey = await surveys.showSurvey({ token: request.params.token });
      language = languageOf(request.headers["accept-language"], survey.language);
      const over = survey.state === "answered" || survey.state === "expired" ? survey.state : undefined;
      response.status(over ? STATUS[over] : 200).send(over ? noticePage(language, over) : surveyPage(language, survey));
    } catch (error) {
      const notice = noticeOf(error);
      response.status(STATUS[notice]).send(noticePage(language, notice));
    }
  });
  router.post("/:token", urlencoded({ extended: false, limit: "16kb" }), async (request, response) => {
    const language = languageOf(request.headers["accept-language"]);
    const notify = (notice: Notice) => void response.status(STATUS[notice]).send(noticePage(language, notice));
    const { token = "" } = request.params;
    const answer = answerOf(request.body);
    if (!answer) return notify("unreadable");
    try {
      const survey = await surveys.showSurvey({ token });
      const counts = answer.score >= 1 && answer.score <= survey.maxScore;
      if (!counts && survey.state === "open") return void response.status(400).send(surveyPage(language, survey, answer));
      if (!counts) return notify(survey.state === "answered" ? "answered" : "expired");
      await surveys.answerSurvey({ token, ...answer });
      notify("thanks");
    } catch (error) {
      notify(noticeOf(error));
    }
  });
  router.use(unreadable);
  return router;
}

/** What the form sends; undefined for what no form sends. A score that is no whole number is 0. */
function answerOf(body: unknown): { readonly score: number; readonly comment: string } | undefined {
  if (body === undefined || body === null) return undefined;
  const { score, comment } = body as { score?: unknown; comment?: unknown };
  return {
    score: typeof score === "string" && /^\d{1,2}$/.test(score.trim()) ? Number(score) : 0,
    comment: typeof comment === "string" ? comment.trim().slice(0, MAX_COMMENT) : "",
  };
}

/** A body that cannot be read, or is too large: a page for a person, with the status that says why. */
const unreadable: ErrorRequestHandler = (error: { readonly status?: number }, request, response, next) => {
  const { status = 500 } = error;
  if (status < 400 || status >= 500) return next(error);
  response.status(status).send(noticePage(languageOf(request.headers["accept-language"]), "unreadable"));
};

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
