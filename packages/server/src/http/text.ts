/**
 * Whether a text can be stored and shown as it is: no NUL (PostgreSQL has none) and no half of a
 * surrogate pair (UTF-8 has none).
 */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
