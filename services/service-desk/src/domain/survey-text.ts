export type SurveyLanguage = "zh-CN" | "en";

/** What the customer reads on the page. */
export const QUESTION: Record<SurveyLanguage, string> = {
  "zh-CN": "您对本次服务满意吗？请打 1 到 5 分，5 分为非常满意。",
  en: "How satisfied are you with our service? 1 to 5, where 5 is very satisfied.",
};

/** What the agents read in the complaint that a low score opens. */
export const COMPLAINT_SUBJECT: Record<SurveyLanguage, (score: number) => string> = {
  "zh-CN": (score) => `回访评分低：${score}/5`,
  en: (score) => `Low survey score: ${score} of 5`,
};
