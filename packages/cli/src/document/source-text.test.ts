import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFinding, positionAt } from './source-text.ts';

const describeAt = (text: string, part: string) =>
  describeFinding({ name: 'f.yaml', text }, { message: 'Wrong.', offset: text.indexOf(part) });

describe('a position', () => {
  it('counts lines and columns from 1', () => {
    expect(positionAt('ab\ncd\n', 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt('ab\ncd\n', 2)).toEqual({ line: 1, column: 3 });
    expect(positionAt('ab\ncd\n', 3)).toEqual({ line: 2, column: 1 });
    expect(positionAt('ab\ncd\n', 6)).toEqual({ line: 3, column: 1 });
    expect(positionAt('', 0)).toEqual({ line: 1, column: 1 });
  });

  it('is where cutting the text into lines puts it', () => {
    const text = fc.array(fc.constantFrom('a', '\n', 'é', '\r\n', '😀')).map((all) => all.join(''));
    fc.assert(
      fc.property(text, fc.nat(), (all, at) => {
        const offset = at % (all.length + 1);
        const lines = all.slice(0, offset).split('\n');
        const column = (lines.at(-1) ?? '').length + 1;
        expect(positionAt(all, offset)).toEqual({ line: lines.length, column });
      }),
    );
  });
});

describe('a finding', () => {
  it('shows the line with a caret under the place', () => {
    expect(describeAt('nodes:\n  - id: a\n    needs: [b]\n', 'b]')).toEqual([
      'f.yaml:3:13: Wrong.',
      ' 3 |     needs: [b]',
      '   |             ^',
    ]);
  });

  it('puts the caret right after tabs and wide characters', () => {
    expect(describeAt('{\t"名前": x}', 'x')).toEqual([
      'f.yaml:1:9: Wrong.',
      ' 1 | { "名前": x}',
      '   |           ^',
    ]);
  });

  it('keeps the gutter straight on later lines', () => {
    expect(describeAt(`${'\n'.repeat(9)}ab`, 'b')).toEqual([
      'f.yaml:10:2: Wrong.',
      ' 10 | ab',
      '    |  ^',
    ]);
  });

  it('shows a part of a long line', () => {
    const lines = describeAt(`${'x'.repeat(1_000)}y${'z'.repeat(1_000)}`, 'y');
    expect(lines[1]).toBe(` 1 | ${'x'.repeat(50)}y${'z'.repeat(49)}`);
    expect(lines[2]).toBe(`   | ${' '.repeat(50)}^`);
  });

  it('about a whole file has no line', () => {
    const source = { name: 'f.yaml', text: '' };
    expect(describeFinding(source, { message: 'Empty.' })).toEqual(['f.yaml: Empty.']);
  });

  it('lets nothing of the file reach the terminal that could move its cursor', () => {
    const source = { name: 'a\u001b[2Jb', text: 'x\u001b[31m\u0007y' };
    const lines = describeFinding(source, { message: 'No\u001b]0;title\u0007.', offset: 0 });
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    expect(lines[0]).toBe('ab:1:1: No.');
  });
});
