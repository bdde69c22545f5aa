/** A spreadsheet takes a cell that begins so for a formula, and would carry it out; the wide forms too where Chinese or Japanese is typed. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** As Excel opens it, Chinese too: with a byte order mark, lines that end in CRLF, and no cell that is a formula. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("")}`;
}

function cellOf(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
