import type { LogLine } from '@tenuto/contract';

/** The lines that hold a text, whatever its case; all of them without one. */
export function matching(lines: readonly LogLine[], search: string): readonly LogLine[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return lines;
  return lines.filter(({ text }) => text.toLowerCase().includes(wanted));
}

// Colours of terminals are of no use here, and their codes hide the words.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes that are removed.
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*(?:\u0007|\u001b\\)/g;

/** What a line says, without the codes that colour a terminal. */
export function plain(text: string): string {
  return text.replace(ESCAPES, '');
}
