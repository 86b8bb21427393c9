import { expect, it } from 'vitest';
import { spansOf } from './ansi.ts';
import { spanParts } from './span-parts.ts';

it('an entry of few lines is one part', () => {
  expect(spanParts(spansOf('one\ntwo'))).toEqual([
    { spans: [{ text: 'one\ntwo', look: '' }], lines: 2 },
  ]);
  expect(spanParts([])).toEqual([{ spans: [], lines: 1 }]);
});

it('an entry of many lines is cut behind ends of lines, loses nothing, and keeps its colours', () => {
  const text = 'a\n\u001b[31mb\nc\nd\u001b[0m\ne';
  const parts = spanParts(spansOf(text), 2);
  expect(parts).toEqual([
    {
      spans: [
        { text: 'a\n', look: '' },
        { text: 'b\n', look: 'ansi-red' },
      ],
      lines: 2,
    },
    {
      spans: [
        { text: 'c\nd', look: 'ansi-red' },
        { text: '\n', look: '' },
      ],
      lines: 2,
    },
    { spans: [{ text: 'e', look: '' }], lines: 1 },
  ]);
});
