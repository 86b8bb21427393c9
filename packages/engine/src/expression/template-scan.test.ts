import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Segment, scanTemplate } from './template-scan.ts';

const text = (value: string): Segment => ({ type: 'text', text: value });
const expression = (source: string): Segment => ({ type: 'expression', source });

describe('a scan', () => {
  test.each<[string, Segment[]]>([
    ['', []],
    ['plain', [text('plain')]],
    ['${a}', [expression('a')]],
    ['${}', [expression('')]],
    ['x${a}', [text('x'), expression('a')]],
    ['${a}x', [expression('a'), text('x')]],
    ['${a}${b}', [expression('a'), expression('b')]],
    ['x${a}y${b}z', [text('x'), expression('a'), text('y'), expression('b'), text('z')]],
    ['$${a}', [text('${a}')]],
    ['$${a}${b}', [text('${a}'), expression('b')]],
    ['${a}$${b}', [expression('a'), text('${b}')]],
    ['$$${a}', [text('$${a}')]],
    ['$', [text('$')]],
    ['$$', [text('$$')]],
    ['$a {b}', [text('$a {b}')]],
    ['a$', [text('a$')]],
    ['}${a}}', [text('}'), expression('a'), text('}')]],
    ['${{"a": {"b": 1}}}', [expression('{"a": {"b": 1}}')]],
    ['${"}"}', [expression('"}"')]],
    ["${'}'}", [expression("'}'")]],
    ['${"\\"}"}', [expression('"\\"}"')]],
    ['${"{"}', [expression('"{"')]],
    ['${"${b}"}', [expression('"${b}"')]],
    ['${"""a"}" """}', [expression('"""a"}" """')]],
    ["${'''it's }'''}", [expression("'''it's }'''")]],
    ['${""}', [expression('""')]],
    ['${"" + \'}\'}', [expression('"" + \'}\'')]],
    ['${r"\\"}"}', [expression('r"\\"}"')]],
    ['${a // } "\n}', [expression('a // } "\n')]],
    ['${a / b}', [expression('a / b')]],
    ['//${a}', [text('//'), expression('a')]],
    ['"${a}"', [text('"'), expression('a'), text('"')]],
  ])('of %j finds %j', (source, segments) => {
    expect(scanTemplate(source)).toEqual({ segments });
  });

  test.each<[string, number]>([
    ['${', 0],
    ['ab${', 2],
    ['${a}${b', 4],
    ['${"}', 0],
    ["${'''}''}", 0],
    ['${{}', 0],
    ['${a // }', 0],
    ['$${${', 3],
  ])('of %j finds what opens at %i and is never closed', (source, openAt) => {
    expect(scanTemplate(source).openAt).toBe(openAt);
  });

  it('reads back any mixture of texts and expressions', () => {
    const plain = fc.string({
      unit: fc.constantFrom('a', '}', '{', '"', "'", '/', ' '),
      maxLength: 5,
    });
    const literal = fc.string({ maxLength: 8 }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.array(fc.tuple(plain, literal), { maxLength: 5 }), plain, (pairs, end) => {
        const source = `${pairs.map(([before, inner]) => `${before}\${${inner}}`).join('')}${end}`;
        const expected = pairs.flatMap(([before, inner]) => [
          ...(before === '' ? [] : [text(before)]),
          expression(inner),
        ]);
        const tail = end === '' ? [] : [text(end)];
        expect(scanTemplate(source)).toEqual({ segments: [...expected, ...tail] });
      }),
    );
  });
});
