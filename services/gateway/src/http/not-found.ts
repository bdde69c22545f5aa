import type { Request, Response } from "express";
import { type Language, languageOf } from "./survey-page.ts";

const TEXTS: Readonly<Record<Language, Readonly<Record<"title" | "hint" | "link", string>>>> = {
  "zh-CN": { title: "没有这个页面", hint: "地址可能不完整，请检查后重试。", link: "打开控制台" },
  en: { title: "There is no such page", hint: "The address may be cut off: check it and try again.", link: "Open the console" },
};

/** An address that is none: a page for people, who ask for text/html, and JSON for everybody else. */
export function notFound(request: Request, response: Response): void {
  response.status(404).vary("Accept");
  const reads = request.method === "GET" || request.method === "HEAD";
  if (reads && request.accepts("json", "html") === "html") {
    const language = languageOf(request.headers["accept-language"]);
    response.type("html").send(page(language));
    return;
  }
  response.json({ code: "not_found", message: "there is nothing here: the API is POST /<package>.<Service>/<Method>" });
}

function page(language: Language): string {
  const { title, hint, link } = TEXTS[language];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body><main><h1>${title}</h1><p>${hint}</p><p><a href="/">${link}</a></p></main></body></html>`;
}
