/** Finds `${...}` in a text. */

/** Text as it stands, or the source of an expression. */
export type Segment =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'expression'; readonly source: string };

/** Undefined segments: a `${` without its `}`. */
export interface Scan {
  readonly segments: readonly Segment[];
  /** Offset of a `${` that nothing closes. */
  readonly openAt?: number;
}

/** Splits a text into its segments; `$${` stands for the text `${`. */
export function scanTemplate(text: string): Scan {
  const segments: Segment[] = [];
  let plain = '';
  let at = 0;
  for (;;) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    plain += text.slice(at, dollar);
    if (text.startsWith('$${', dollar)) {
      plain += '${';
      at = dollar + 3;
    } else if (text.startsWith('${', dollar)) {
      const end = closingBrace(text, dollar + 2);
      if (end === undefined) return { segments, openAt: dollar };
      if (plain !== '') segments.push({ type: 'text', text: plain });
      plain = '';
      segments.push({ type: 'expression', source: text.slice(dollar + 2, end) });
      at = end + 1;
    } else {
      plain += '$';
      at = dollar + 1;
    }
  }
  plain += text.slice(at);
  if (plain !== '') segments.push({ type: 'text', text: plain });
  return { segments };
}

/** Returns where the expression that starts at `from` is closed, minding its literals. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") at = literalEnd(text, at) - 1;
    else if (char === '/' && text[at + 1] === '/') at = lineEnd(text, at) - 1;
    else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
  }
  return undefined;
}

/** Returns the offset after a CEL string literal; a backslash guards even in raw ones. */
function literalEnd(text: string, from: number): number {
  const quote = text[from] ?? '';
  const fence = text.startsWith(quote.repeat(3), from) ? quote.repeat(3) : quote;
  for (let at = from + fence.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(fence, at)) return at + fence.length;
  }
  return text.length;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
