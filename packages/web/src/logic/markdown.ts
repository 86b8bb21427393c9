/**
 * Markdown as a tree of plain data: whoever draws it makes elements, never HTML, so that nothing in a
 * file can become part of the page. Raw HTML stays text, images become links, links lead to http(s) only.
 */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list';
      readonly isOrdered: boolean;
      readonly items: readonly (readonly Block[])[];
    }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: 'rule' };

/** Lists in quotes in lists: deeper than that is text. */
const MOST_DEPTH = 8;
const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])\s*(?:\1\s*){2,}$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const DIVIDER = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

export function parseMarkdown(text: string): readonly Block[] {
  return blocksOf(text.replace(/\r\n?/g, '\n').replace(/\t/g, '    ').split('\n'), 0);
}

interface Found {
  readonly block: Block;
  /** The first line behind it. */
  readonly end: number;
}

function blocksOf(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    if ((lines[at] ?? '').trim() === '') {
      at += 1;
      continue;
    }
    const { block, end } = blockAt(lines, at, depth);
    blocks.push(block);
    at = end;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number, depth: number): Found {
  const line = lines[at] ?? '';
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const [, marks = '', words = ''] = heading;
    return {
      block: { kind: 'heading', level: marks.length, parts: inlineOf(words) },
      end: at + 1,
    };
  }
  if (FENCE.test(line)) return fenceAt(lines, at);
  if (RULE.test(line)) return { block: { kind: 'rule' }, end: at + 1 };
  if (line.includes('|') && DIVIDER.test(lines[at + 1] ?? '')) return tableAt(lines, at);
  if (depth < MOST_DEPTH) {
    if (QUOTE.test(line)) return quoteAt(lines, at, depth);
    if (ITEM.test(line)) return listAt(lines, at, depth);
  }
  return paragraphAt(lines, at);
}

function fenceAt(lines: readonly string[], at: number): Found {
  const fence = FENCE.exec(lines[at] ?? '')?.[1] ?? '```';
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? '').trimStart().startsWith(fence)) end += 1;
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end: end + 1 };
}

function tableAt(lines: readonly string[], at: number): Found {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => inlineOf(cell.trim()));
  const rows = [lines[at] ?? '', ...lines.slice(at + 2, end)].map(cells);
  return { block: { kind: 'table', rows }, end };
}

function quoteAt(lines: readonly string[], at: number, depth: number): Found {
  let end = at;
  const inner: string[] = [];
  for (; end < lines.length; end += 1) {
    const said = QUOTE.exec(lines[end] ?? '');
    if (said === null) break;
    inner.push(said[1] ?? '');
  }
  return { block: { kind: 'quote', blocks: blocksOf(inner, depth + 1) }, end };
}

function listAt(lines: readonly string[], at: number, depth: number): Found {
  const isOrdered = /\d/.test(ITEM.exec(lines[at] ?? '')?.[2] ?? '');
  const items: string[][] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? '';
    const item = ITEM.exec(line);
    if (item !== null && /\d/.test(item[2] ?? '') === isOrdered) items.push([item[3] ?? '']);
    else if (
      line.trim() === ''
        ? /^( {2,}|\s*$)/.test(lines[end + 1] ?? '')
        : / {2,}/.test(line.slice(0, 2))
    )
      items.at(-1)?.push(line.replace(/^ {1,4}/, ''));
    else break;
  }
  return {
    block: { kind: 'list', isOrdered, items: items.map((item) => blocksOf(item, depth + 1)) },
    end: Math.max(end, at + 1),
  };
}

function paragraphAt(lines: readonly string[], at: number): Found {
  let end = at + 1;
  const isNew = (line: string) =>
    line.trim() === '' || [HEADING, FENCE, ITEM, QUOTE, RULE].some((start) => start.test(line));
  while (end < lines.length && !isNew(lines[end] ?? '')) end += 1;
  const words = lines.slice(at, end).map((line) => line.trim());
  return { block: { kind: 'paragraph', parts: inlineOf(words.join(' ')) }, end };
}

/** Each alternative begins with a sign of its own and ends at the next one: time grows with the text. */
const INLINE =
  /`([^`]+)`|!?\[([^\][]*)\]\(([^()\s]*)\)|\*\*([^*]+)\*\*|__([^_]+)__|~~([^~]+)~~|\*([^*\s][^*]*)\*|\b_([^_\s][^_]*)_\b/;

function inlineOf(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found !== null; found = INLINE.exec(rest)) {
    if (found.index > 0) parts.push({ kind: 'text', text: rest.slice(0, found.index) });
    parts.push(partOf(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

function partOf(found: RegExpExecArray): Inline {
  const [whole, code, label, href, strong, strongToo, del, em, emToo] = found;
  if (code !== undefined) return { kind: 'code', text: code };
  if (label !== undefined) {
    const parts = inlineOf(label === '' ? (href ?? '') : label);
    return href !== undefined && isWeb(href)
      ? { kind: 'link', href, parts }
      : { kind: 'em', parts };
  }
  const bold = strong ?? strongToo;
  if (bold !== undefined) return { kind: 'strong', parts: inlineOf(bold) };
  if (del !== undefined) return { kind: 'del', parts: inlineOf(del) };
  return { kind: 'em', parts: inlineOf(em ?? emToo ?? whole) };
}

function isWeb(href: string): boolean {
  return /^https?:\/\//i.test(href) && URL.canParse(href);
}
