/** Whether a reply says nothing but a keyword; width, case, spaces and closing punctuation do not matter. */
export function isOptOut(text: string, keywords: readonly string[]): boolean {
  return keywords.some((keyword) => plain(keyword) !== "" && plain(keyword) === plain(text));
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s"'“”‘’。.!,;:，、！]+/g, "");
}
