import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv.ts';
import { parseJunit } from './junit.ts';
import { parseMarkdown } from './markdown.ts';

describe('Markdown', () => {
  it('becomes headings, lists, tables, quotes and code', () => {
    const text =
      '# Plan\n\nSome *good* words.\n\n- one\n- two\n  more\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nx()\n```\n---\n1. first';
    expect(parseMarkdown(text).map(({ kind }) => kind)).toEqual([
      ...['heading', 'paragraph', 'list', 'quote', 'table', 'code', 'rule', 'list'],
    ]);
  });
  it('leaves HTML a text, and follows no address but http(s)', () => {
    const text =
      '<script>alert(1)</script> [a](javascript:alert(1)) [b](data:text/html,x) [c](//x)';
    const json = JSON.stringify(parseMarkdown(text));
    expect(json).toContain('<script>alert(1)</script>');
    expect(json).not.toContain('"link"');
    expect(JSON.stringify(parseMarkdown('[d](https://example.com/a)'))).toContain('"link"');
  });
  it('ends, whatever it is given', () => {
    const odd = [
      '',
      '>'.repeat(500),
      '*'.repeat(5_000),
      '['.repeat(5_000),
      '```',
      '- - - -',
      '-\n-',
      '1.\n\n\n',
      '|\n|-|',
    ];
    for (const text of odd) expect(Array.isArray(parseMarkdown(text))).toBe(true);
    expect(parseMarkdown(`${'- '.repeat(300)}x`)).toHaveLength(1);
  });
});

describe('CSV', () => {
  it('has quotes, and line breaks in them', () => {
    expect(parseCsv('a,b\n"1, 2","say ""x""\nmore"\r\n', 10)).toEqual([
      ['a', 'b'],
      ['1, 2', 'say "x"\nmore'],
    ]);
  });
  it('finds out what its values are apart by, and stops in time', () => {
    expect(parseCsv('a;b;c\n1;2,5;3\n4;5;6', 2)).toEqual([
      ['a', 'b', 'c'],
      ['1', '2,5', '3'],
    ]);
  });
});

it('reads the tests of a JUnit report', () => {
  const xml = `<testsuites><testsuite name="shop"><testcase name="pays" time="0.5"/>
    <testcase name="a &lt; b" classname="c"><failure message="was &quot;1&quot;">x</failure></testcase>
    <testcase name="later"><skipped/></testcase></testsuite></testsuites>`;
  expect(parseJunit(xml)).toEqual([
    { name: 'pays', suite: 'shop', status: 'completed', seconds: 0.5, message: undefined },
    { name: 'a < b', suite: 'c', status: 'failed', seconds: undefined, message: 'was "1"' },
    { name: 'later', suite: 'shop', status: 'skipped', seconds: undefined, message: undefined },
  ]);
  expect(parseJunit('no report')).toEqual([]);
});
