/** Telephone numbers as people read them; what is no number of this kind stays as it is. */

/** Area codes of two digits; all others have three. */
const SHORT_AREA = /^(10|2\d)/;

/** +8613900001000: 139 0000 1000; +861088886666: 010 8888 6666; other countries: +44 2079460000 as it came. */
export function readable(number: string): string {
  const national = /^\+86(\d{9,11}|[\d*]{9,11})$/.exec(number)?.[1];
  if (national === undefined) return number;
  if (/^1[3-9*]/.test(national) && national.length === 11) return `${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}`;
  const area = SHORT_AREA.test(national) ? 2 : 3;
  const rest = national.slice(area);
  return `0${national.slice(0, area)} ${rest.slice(0, -4)} ${rest.slice(-4)}`;
}
