import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth, padEnd, printable, printableLines, truncate } from './text.ts';

describe('printable text', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]8;;http://x\u0007link\u001b]8;;\u0007', 'link'],
    ['a\u0000b\u007fc\u009b', 'a\ufffdb\ufffdc\ufffd'],
    ['line\nnext\r', 'line\ufffdnext\ufffd'],
    ['evil\u202egpj.exe', 'evil\ufffdgpj.exe'],
    ['\ud800', '\ufffd'],
    ['日本 é 😀', '日本 é 😀'],
  ])('of %j is %j', (text, shown) => expect(printable(text)).toBe(shown));

  it('has no control characters, whatever it was made from', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b', '[', ']', '\u009b', '0;', 'm', '\u0007', '\u202e'),
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const shown = printable(units.join(''));
        expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is cut into lines at every kind of line end', () => {
    expect(printableLines('a\r\nb\nc\rd\te')).toEqual(['a', 'b', 'c', 'd    e']);
  });
});

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['😀', 2],
    ['👨‍👩‍👧', 2],
    ['✓ ○ ◐ … ━', 9],
    ['\u200b', 0],
  ])('of %j is %d', (text, width) => expect(cellWidth(text)).toBe(width));
});

describe('a cut text', () => {
  it('ends in an ellipsis only when something is missing', () => {
    expect(truncate('abcdef', 6)).toBe('abcdef');
    expect(truncate('abcdef', 5)).toBe('abcd…');
    expect(truncate('日本語', 5)).toBe('日本…');
    expect(truncate('日本語', 4)).toBe('日…');
    expect(truncate('ab', 1)).toBe('…');
    expect(truncate('ab', 0)).toBe('');
  });

  it('never takes more columns than it may', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 40 }), (text, width) => {
        expect(cellWidth(truncate(printable(text), width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('is padded by columns, not by characters', () => {
    expect(`${padEnd('日本', 6)}|`).toBe('日本  |');
    expect(padEnd('abc', 2)).toBe('abc');
  });
});
