import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.ts';

/** Reads a line back, as RFC 4180 says. */
function read(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let found = pattern.exec(line); found !== null; found = pattern.exec(line)) {
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') return cells;
  }
  throw new Error(`no line: ${line}`);
}

describe('a line of CSV', () => {
  it('reads back as it was written, but for the apostrophe before a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (cells) => {
        const back = read(csvLine(cells));
        expect(back.map((text, i) => (text === cells[i] ? text : text.slice(1)))).toEqual(cells);
        for (const text of back) expect(text).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\u200b=1',
    "=cmd|' /C calc'!A0",
  ])('makes text of %j', (formula) => {
    expect(read(csvLine([formula]))).toEqual([`'${formula}`]);
  });
});
