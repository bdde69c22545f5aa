/** "+86139****0001": enough to talk about it, not enough to dial it. */
export function maskedNumber(number: string): string {
  if (number.length < 4) return number === "" ? "" : "****";
  const shown = number.length >= 11 ? number.length - 8 : 0;
  return `${number.slice(0, shown)}****${number.slice(number.length >= 11 ? -4 : -2)}`;
}
