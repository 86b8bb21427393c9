import type { Palette } from './palette.ts';
import { printable } from './text.ts';

/** What became of one look at a bundle: a mark, and a sentence. */
export function verdictLine(
  { ok, detail }: { readonly ok: boolean; readonly detail: string },
  palette: Palette,
): string {
  return `${ok ? palette.green('✓') : palette.red('✗')} ${printable(detail)}`;
}
