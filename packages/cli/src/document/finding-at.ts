import type { ParsedText } from './parsed-text.ts';
import { readPointer } from './pointer.ts';
import type { Finding } from './source-text.ts';

/** What a server said about a part of a document, and where that part stands. */
export interface Complaint {
  /** The part as the server names it. */
  readonly pointer: string;
  /** Keys and indexes that lead to it in the file. */
  readonly path: readonly string[];
  readonly message: string;
}

/** Puts a complaint at the place of its value in the file, or of the nearest one around it. */
export function findingAt(parsed: ParsedText, { pointer, path, message }: Complaint): Finding {
  const { at, isExact } = offsetOf(parsed, path);
  const subject = isExact ? (readPointer(pointer).at(-1) ?? '') : pointer;
  // "must be <= 10" says nothing without its field; other messages are sentences.
  const needsSubject = !isExact || /^(must|is|has) /.test(message);
  return { message: needsSubject ? `${subject} ${message}` : message, offset: at };
}

function offsetOf(parsed: ParsedText, path: readonly string[]) {
  for (let length = path.length; length > 0; length -= 1) {
    const at = parsed.offsetOf(path.slice(0, length));
    if (at !== undefined) return { at, isExact: length === path.length };
  }
  return { at: parsed.offsetOf([]) ?? 0, isExact: path.length === 0 };
}
