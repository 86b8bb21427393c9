import type { LogLine } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { matching, plain } from './log-lines.ts';

const line = (text: string): LogLine => ({
  ...{ attempt: 1, seq: 1, at: '2026-01-15T12:00:00.000Z', stream: 'stdout', text },
});

it('finds lines by what they hold, whatever the case', () => {
  const lines = [line('Error: gone'), line('fine')];
  expect(matching(lines, ' error ')).toEqual([lines[0]]);
  expect(matching(lines, '')).toBe(lines);
});

it('reads lines without the colours of a terminal', () => {
  expect(plain('\u001b[31mred\u001b[0m \u001b]0;title\u0007text')).toBe('red text');
});
