import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffOf, folded } from './text-diff.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
  .map((all) => all.join('\n'));

describe('the difference of two texts', () => {
  it('leads from each of them to the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffOf(before, after);
        const of = (left: 'added' | 'removed') =>
          lines
            .filter(({ kind }) => kind !== left)
            .map((line) => line.text)
            .join('\n');
        expect([of('added'), of('removed')]).toEqual([before, after]);
      }),
    );
  });

  it('keeps as much as it can, and numbers the lines of both', () => {
    expect(diffOf('a\nb\nc', 'a\nx\nc')).toEqual([
      { kind: 'same', text: 'a', before: 1, after: 1 },
      { kind: 'removed', text: 'b', before: 2, after: undefined },
      { kind: 'added', text: 'x', before: undefined, after: 2 },
      { kind: 'same', text: 'c', before: 3, after: 3 },
    ]);
  });

  it('folds away what is far from a change', () => {
    const long = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const shown = folded(diffOf(long.join('\n'), long.with(15, 'new').join('\n')));
    expect(shown.filter(({ kind }) => kind === 'fold')).toEqual([
      { kind: 'fold', lines: 12 },
      { kind: 'fold', lines: 11 },
    ]);
  });
});
