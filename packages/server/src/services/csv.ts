/** What a spreadsheet would take for a formula, also behind blanks. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@\t\r|%]/u;

/**
 * A line of CSV (RFC 4180). A cell that a spreadsheet would run as a formula begins with an
 * apostrophe, which makes it text.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
