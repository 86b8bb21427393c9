import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffLines } from './line-diff.ts';

it('tells what is gone and what is new, and keeps the rest', () => {
  expect(diffLines('a\nb\nc', 'a\nx\nc').map(({ kind, text }) => kind[0] + text)).toEqual([
    ...['sa', 'gb', 'nx', 'sc'],
  ]);
});

it('gives both texts back', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '')).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const of = (but: string) =>
        lines
          .filter(({ kind }) => kind !== but)
          .map((line) => line.text)
          .join('\n');
      expect([of('new'), of('gone')]).toEqual([before, after]);
    }),
  );
});
