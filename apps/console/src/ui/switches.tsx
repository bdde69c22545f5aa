import { type MantineColorScheme, NativeSelect, useMantineColorScheme } from "@mantine/core";
import { type Language, setLanguage, useTexts } from "../texts/i18n.ts";

/** Each language is named in itself, so that whoever needs it can read it. */
const LANGUAGES = [
  { value: "zh-CN", label: "中文" },
  { value: "en", label: "English" },
];

export function LanguageSwitch() {
  const text = useTexts();
  return (
    <NativeSelect
      aria-label={text("app.language")}
      data={LANGUAGES}
      value={text.language}
      onChange={(event) => setLanguage(event.currentTarget.value as Language)}
    />
  );
}

export function ThemeSwitch() {
  const text = useTexts();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      aria-label={text("app.theme")}
      data={[
        { value: "auto", label: text("app.system") },
        { value: "light", label: text("app.light") },
        { value: "dark", label: text("app.dark") },
      ]}
      value={colorScheme}
      onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)}
    />
  );
}
