import type { DoctorCheckResult } from '@tenuto/contract';
import type { Palette } from './palette.ts';

type Verdict = DoctorCheckResult['verdict'];

const MARKS: Readonly<
  Record<Verdict, { readonly icon: string; readonly hue: 'green' | 'yellow' | 'red' }>
> = {
  ok: { icon: '✓', hue: 'green' },
  warning: { icon: '!', hue: 'yellow' },
  error: { icon: '✗', hue: 'red' },
};

/** Icon and word of what a check has found, in its colour. */
export function verdictText(verdict: Verdict, palette: Palette): string {
  const { icon, hue } = MARKS[verdict];
  return palette[hue](`${icon} ${verdict}`);
}
