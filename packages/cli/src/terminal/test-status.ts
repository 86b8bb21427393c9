import type { TestStatus } from '@tenuto/contract';
import type { Palette } from './palette.ts';

const MARKS: Readonly<
  Record<TestStatus, { readonly icon: string; readonly hue: 'green' | 'red' | 'gray' }>
> = {
  passed: { icon: '✓', hue: 'green' },
  failed: { icon: '✗', hue: 'red' },
  error: { icon: '✗', hue: 'red' },
  skipped: { icon: '–', hue: 'gray' },
};

/** What a test came to: a pass that came only after a failure is not a clean one. */
export function testStatusText(
  { status, flaky }: { readonly status: TestStatus; readonly flaky: boolean },
  palette: Palette,
): string {
  if (status === 'passed' && flaky) return palette.yellow('~ flaky pass');
  const { icon, hue } = MARKS[status];
  return palette[hue](`${icon} ${status}`);
}
