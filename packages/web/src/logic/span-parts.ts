import type { Span } from './ansi.ts';

/** Lines of an entry that are laid out together. */
const LINES = 100;

/** Spans that are laid out together, and how many lines they are. */
export interface SpanPart {
  readonly spans: readonly Span[];
  readonly lines: number;
}

/** An entry of many lines in parts of so many, cut behind ends of lines; colours go on over the cuts. */
export function spanParts(spans: readonly Span[], most = LINES): readonly SpanPart[] {
  const parts: SpanPart[] = [];
  let part: Span[] = [];
  let lines = 0;
  const put = (span: Span, from: number, to: number) => {
    if (to > from) part.push({ ...span, text: span.text.slice(from, to) });
  };
  for (const span of spans) {
    let from = 0;
    for (let end = span.text.indexOf('\n'); end !== -1; end = span.text.indexOf('\n', end + 1)) {
      lines += 1;
      if (lines < most) continue;
      put(span, from, end + 1);
      parts.push({ spans: part, lines });
      [part, lines, from] = [[], 0, end + 1];
    }
    put(span, from, span.text.length);
  }
  if (part.length > 0 || parts.length === 0) parts.push({ spans: part, lines: lines + 1 });
  return parts;
}
