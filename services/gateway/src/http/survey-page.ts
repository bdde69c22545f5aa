import type { ShowSurveyResponse } from "@trunkline/proto/service-desk";

const TEXTS = {
  "zh-CN": {
    title: "服务评价",
    ask: "请为本次服务打分",
    low: "很不满意",
    high: "非常满意",
    comment: "还想告诉我们什么？（可不填）",
    send: "提交",
    thanks: "谢谢您的评价！",
    answered: "您已经评价过了，谢谢！",
    expired: "这份调查已经结束。",
    choose: "请先选择一个分数。",
    unreadable: "没有收到您的评价，请返回页面重新提交。",
    invalid: "链接无效，请检查短信或邮件中的地址。",
    failed: "暂时无法提交，请稍后再试。",
    unsubscribe: "退订",
    unsubscribeAsk: "不再接收此类邮件？",
    unsubscribed: "已退订，我们不会再向您发送此类消息。",
  },
  en: {
    title: "How did we do?",
    ask: "Please rate the service",
    low: "very poor",
    high: "excellent",
    comment: "Anything else? (optional)",
    send: "Send",
    thanks: "Thank you for your answer!",
    answered: "You have answered already. Thank you!",
    expired: "This survey has ended.",
    choose: "Please choose a score first.",
    unreadable: "Your answer did not arrive: go back to the page and send it again.",
    invalid: "This link is not valid: check the address in the message.",
    failed: "That did not work just now. Please try again shortly.",
    unsubscribe: "Unsubscribe",
    unsubscribeAsk: "No more messages of this kind?",
    unsubscribed: "You are unsubscribed: there will be no more messages of this kind.",
  },
} as const;

export type Language = keyof typeof TEXTS;
export type Notice = "thanks" | "answered" | "expired" | "invalid" | "failed" | "unreadable" | "unsubscribed";

/** What the reader's browser likes best of what we have (RFC 9110, 12.5.4); where it says nothing that helps, the other one. */
export function languageOf(acceptLanguage: string | undefined, other = "zh-CN"): Language {
  const liked = (acceptLanguage ?? "")
    .split(",", 20)
    .map((range) => {
      const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
      const quality = Number(parameters.find((one) => one.startsWith("q="))?.slice(2) ?? 1);
      return { language: /^en\b/.test(tag) ? "en" : /^zh\b/.test(tag) ? "zh-CN" : undefined, quality } as const;
    })
    .filter(({ language, quality }) => language !== undefined && quality > 0)
    .toSorted((one, two) => two.quality - one.quality);
  return liked[0]?.language ?? (other === "en" ? "en" : "zh-CN");
}

export function noticePage(language: Language, notice: Notice): string {
  return page(language, `<p class="notice" role="status">${TEXTS[language][notice]}</p>`);
}

/**
 * A form that works without script, on any phone.
 * @param again what was sent without a score that counts: the page says so and keeps the words
 */
export function surveyPage(
  language: Language,
  survey: Pick<ShowSurveyResponse, "question" | "language" | "maxScore">,
  again?: { readonly comment: string },
): string {
  const text = TEXTS[language];
  const scores = Array.from({ length: survey.maxScore }, (_, index) => index + 1);
  const choices = scores
    .map((score) => `<label><input type="radio" name="score" value="${score}" required><span>${score}</span></label>`)
    .join("");
  return page(
    language,
    `${again ? `<p class="notice" role="alert">${text.choose}</p>` : ""}<form method="post"><fieldset><legend>${(survey.language === language && escapeHtml(survey.question)) || text.ask}</legend><div class="scores">${choices}</div>
<p class="ends"><span>1 = ${text.low}</span><span>${survey.maxScore} = ${text.high}</span></p></fieldset>
<label class="comment">${text.comment}<textarea name="comment" rows="3" maxlength="2000">${escapeHtml(again?.comment ?? "")}</textarea></label><button>${text.send}</button></form>`,
  );
}

/** One button; mail programs post to the same address by themselves. */
export function unsubscribePage(language: Language): string {
  const text = TEXTS[language];
  return page(
    language,
    `<form method="post"><p class="notice">${text.unsubscribeAsk}</p><button>${text.unsubscribe}</button></form>`,
    text.unsubscribe,
  );
}

export const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;margin:0;background:#f3f5f7;color:#1c2733}
main{max-width:26rem;margin:8vh auto;background:#fff;padding:1.5rem;border-radius:.75rem}h1{font-size:1.25rem;margin:0 0 1rem}
fieldset{border:0;padding:0;margin:0 0 1rem}legend{padding:0;margin-bottom:.75rem}.scores{display:flex;gap:.5rem}.scores label{flex:1}
.scores input{position:absolute;opacity:0}.scores span{display:block;text-align:center;padding:.75rem 0;border:1px solid #7b8794;border-radius:.5rem}
.scores input:checked+span{background:#0b5cad;border-color:#0b5cad;color:#fff}.scores input:focus-visible+span{outline:3px solid #8fc1f5}
.ends{display:flex;justify-content:space-between;color:#52606d;font-size:.875rem}.comment{display:block}
textarea{box-sizing:border-box;width:100%;font:inherit;margin-top:.25rem;border:1px solid #7b8794;border-radius:.5rem;padding:.5rem}
button{margin-top:1rem;width:100%;padding:.75rem;font:inherit;border:0;border-radius:.5rem;background:#0b5cad;color:#fff}.notice{margin:0}
@media(prefers-color-scheme:dark){body{background:#11161c;color:#e4e9ee}main{background:#1b222b}.ends{color:#a9b4bf}textarea{background:#11161c;color:inherit}}`;

function page(language: Language, body: string, title: string = TEXTS[language].title): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${title}</title><link rel="stylesheet" href="/s/style.css"></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
