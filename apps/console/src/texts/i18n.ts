import { createInstance } from "i18next";
import { useSyncExternalStore } from "react";
import { en } from "./en.ts";
import { type TextKey, zhCN } from "./zh-cn.ts";

export type Language = "zh-CN" | "en";
export type Texts = {
  (key: TextKey, values?: Readonly<Record<string, string | number>>): string;
  /** The text of a code that the server gave; the code itself when nobody has named it. */
  code(group: string, code: string): string;
  has(key: string): key is TextKey;
  readonly language: Language;
};

const STORED = "trunkline.language";
const i18n = createInstance();

/** The reader's choice, else the first of the browser's languages that we speak. */
function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "zh-CN") return stored;
  const spoken = navigator.languages.find((language) => /^(zh|en)\b/i.test(language));
  return spoken && /^zh/i.test(spoken) ? "zh-CN" : "en";
}

export function startTexts(): void {
  void i18n.init({
    lng: firstLanguage(),
    fallbackLng: "en",
    resources: { "zh-CN": { translation: zhCN }, en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18n.language;
}

export function setLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  void i18n.changeLanguage(language);
}

function textsOf(language: Language): Texts {
  const text = (key: TextKey, values: Readonly<Record<string, string | number>> = {}) => i18n.t(key, { ...values, lng: language });
  const has = (key: string): key is TextKey => Object.hasOwn(zhCN, key);
  return Object.assign(text, {
    has,
    language,
    code(group: string, code: string) {
      const key = `${group}.${code}`;
      return has(key) ? text(key) : code;
    },
  });
}

const made: Partial<Record<Language, Texts>> = {};
const current = (): Texts => {
  const language = i18n.language as Language;
  made[language] ??= textsOf(language);
  return made[language];
};
const subscribe = (changed: () => void) => {
  i18n.on("languageChanged", changed);
  return () => i18n.off("languageChanged", changed);
};

/** The texts in the reader's language; changes with it. */
export const useTexts = (): Texts => useSyncExternalStore(subscribe, current);
