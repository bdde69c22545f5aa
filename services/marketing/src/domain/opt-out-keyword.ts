/** Whether a reply says nothing but a keyword; width, case, and whatever stands around the letters do not matter. */
export function isOptOut(text: string, keywords: readonly string[]): boolean {
  const said = plain(text);
  return said !== "" && keywords.some((keyword) => plain(keyword) === said);
}

/** Letters and digits alone; some invisible fillers count as letters. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, "");
}
