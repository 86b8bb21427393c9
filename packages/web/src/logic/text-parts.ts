const PART_CHARS = 10_000;

/** A text in parts that are laid out one by one, cut at ends of lines where there are any in reach. */
export function linesInParts(text: string, chars = PART_CHARS): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  while (text.length - from > chars) {
    const line = text.lastIndexOf('\n', from + chars - 1);
    const isLine = line >= from;
    const to = isLine ? line : wholeEnd(text, from + chars);
    parts.push(text.slice(from, to));
    from = isLine ? to + 1 : to;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Not between the halves of a character. */
function wholeEnd(text: string, end: number): number {
  const code = text.charCodeAt(end);
  return code >= 0xdc00 && code <= 0xdfff ? end - 1 : end;
}
