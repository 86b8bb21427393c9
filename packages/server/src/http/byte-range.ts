/** Conditions and ranges of RFC 9110, as they apply to bytes that never change. */

/** Both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SET = /^bytes[ \t]*=[ \t]*(.*)$/i;
const SPEC = /^(\d{1,15})?-(\d{1,15})?$/;

/**
 * What a Range header asks for of so many bytes: one range, or all of them, also where it asks for
 * several ranges or in another unit. Undefined for one that none of the bytes is in.
 */
export function byteRangeOf(
  header: string | undefined,
  size: number,
): ByteRange | 'all' | undefined {
  const spec = SPEC.exec(SET.exec(header ?? '')?.[1]?.trim() ?? '');
  const [, first, last] = spec ?? [];
  if (first === undefined && last === undefined) return 'all';
  if (first === undefined) {
    const length = Math.min(Number(last), size);
    return length === 0 ? undefined : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === undefined ? size - 1 : Number(last);
  if (last !== undefined && end < start) return 'all';
  return start >= size ? undefined : { start, end: Math.min(end, size - 1) };
}

/** Whether an If-None-Match header names a tag; weak and strong tags are the same here. */
export function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags: readonly string[] = header.match(/"[^"]*"/g) ?? [];
  return tags.includes(tag);
}

/** Whether an If-Range header allows a range: only by the very tag, never by a weak one or a date. */
export function allowsRange(header: string | undefined, tag: string): boolean {
  return header === undefined || header.trim() === tag;
}
