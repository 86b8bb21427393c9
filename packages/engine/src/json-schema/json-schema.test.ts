import type { Json } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema, type JsonSchema } from './index.ts';

function compiled(written: Json): JsonSchema {
  const schema = compileJsonSchema(written);
  if ('faults' in schema) throw new Error(JSON.stringify(schema.faults));
  return schema;
}
const fits = (written: Json, value: Json) => compiled(written).problems(value).length === 0;

const CONDITION = '{"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"const": 0}}';

describe('a JSON Schema', () => {
  it.each<[Json, readonly Json[], readonly Json[]]>([
    [true, [1, null], []],
    [false, [], [1, null]],
    [{ type: 'integer' }, [1, 1.0, -5], [1.5, '1', null, true]],
    [{ type: ['string', 'null'] }, ['a', null], [1, {}]],
    [{ enum: [1, { a: [2] }] }, [1, { a: [2] }], [2, { a: [3] }]],
    [{ const: 'x' }, ['x'], ['y', 1]],
    [{ minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, 'text'], [0, 3]],
    [{ multipleOf: 0.1 }, [0.3, 1], [0.35]],
    [{ minLength: 2, maxLength: 3 }, ['ab', '😀😀😀', 5], ['a', 'abcd']],
    [{ pattern: '^a+$' }, ['aaa', 1], ['b']],
    [{ format: 'date-time' }, ['2026-01-01T00:00:00Z'], ['yesterday']],
    [{ format: 'unheard-of' }, ['anything'], []],
    [{ items: { type: 'number' } }, [[], [1, 2], 'x'], [[1, 'a']]],
    [{ prefixItems: [{ type: 'string' }], items: false }, [['a'], []], [['a', 1], [1]]],
    [{ items: [{ type: 'string' }], additionalItems: false }, [['a']], [['a', 1]]],
    [{ contains: { const: 1 }, maxContains: 1 }, [[1, 2]], [[], [1, 1]]],
    [
      { uniqueItems: true },
      [[1, '1', { a: 1 }]],
      [
        [1, 1],
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    [
      { properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
      [{ a: 'x' }, 5],
      [{}, { a: 1 }, { a: 'x', b: 1 }],
    ],
    [{ patternProperties: { '^x': { type: 'number' } } }, [{ x1: 1, y: 'a' }], [{ x1: 'a' }]],
    [{ propertyNames: { maxLength: 2 } }, [{ ab: 1 }], [{ abc: 1 }]],
    [{ dependentRequired: { a: ['b'] } }, [{ a: 1, b: 2 }, { b: 1 }], [{ a: 1 }]],
    [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['a', 7], [1]],
    [{ oneOf: [{ type: 'integer' }, { minimum: 5 }] }, [1, 5.5], [6, 1.5]],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }], not: { const: 2 } }, [1], [0, 2]],
    [JSON.parse(CONDITION), ['a', 0], ['', 1]],
    [
      { $ref: '#/$defs/tree', $defs: { tree: { items: { $ref: '#/$defs/tree' }, type: 'array' } } },
      [[], [[[]]]],
      [[1], [[2]]],
    ],
    [
      { properties: JSON.parse('{"__proto__": {"type": "string"}}') },
      [{}],
      [JSON.parse('{"__proto__": 1}')],
    ],
  ])('%j', (written, good, bad) => {
    for (const value of good) expect([value, fits(written, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, fits(written, value)]).toEqual([value, false]);
  });

  it('says where and what is wrong', () => {
    const schema = compiled({
      properties: { list: { items: { properties: { 'a/b': { type: 'number', minimum: 3 } } } } },
    });
    expect(schema.problems({ list: [{}, { 'a/b': 1 }] })).toEqual([
      { path: '/list/1/a~1b', message: 'must be >= 3' },
    ]);
  });

  it('fills in defaults, also behind references and in lists', () => {
    const schema = compiled({
      properties: {
        a: { default: 5 },
        b: { $ref: '#/$defs/b', default: {} },
        list: { items: { properties: { c: { default: [1] } } } },
      },
      $defs: { b: { properties: { deep: { default: 'x' } } } },
    });
    expect(schema.completed({ list: [{}, { c: 2 }] })).toEqual({
      a: 5,
      b: { deep: 'x' },
      list: [{ c: [1] }, { c: 2 }],
    });
    expect(schema.completed('no object')).toBe('no object');
  });

  it.each<[string, Json]>([
    ['no schema', 5],
    ['an unknown type', { type: 'text' }],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema' }],
    ['a reference to nothing', { $ref: '#/nowhere' }],
    ['a pattern that is none', { pattern: '(' }],
    ['an enum that is none', { enum: 'a' }],
  ])('is refused with %s', (_, written) => {
    expect(compileJsonSchema(written)).toHaveProperty('faults');
  });
});

describe('a hostile schema', () => {
  const bomb = (width: number) => {
    const $defs: Record<string, Json> = { l0: { type: 'string' } };
    for (let i = 1; i <= width; i += 1) {
      const ref = { $ref: `#/$defs/l${i - 1}` };
      $defs[`l${i}`] = { anyOf: [ref, ref] };
    }
    return { $ref: `#/$defs/l${width}`, $defs };
  };

  it('that tries two ways at each of thirty steps ends, and nothing fits it', () => {
    const [problem] = compiled(bomb(30)).problems(5);
    expect(problem?.message).toContain('steps');
  });

  it('that refers to itself for ever ends', () => {
    expect(compiled({ $ref: '#' }).problems(1)).toHaveLength(1);
    expect(compiled({ allOf: [{ $ref: '#' }, { $ref: '#' }] }).problems(1)).toHaveLength(1);
    const growing = { properties: { a: { $ref: '#', default: {} } } };
    expect(JSON.stringify(compiled(growing).completed({})).length).toBeLessThan(10_000);
  });

  it('with a pattern that others backtrack on ends', () => {
    const schema = compiled({ pattern: '^(a+)+$' });
    expect(schema.problems(`${'a'.repeat(50_000)}b`)).toHaveLength(1);
  });

  it('is never evaluated for longer than its steps, whatever it says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (written, value) => {
        const schema = compileJsonSchema(written as Json);
        if ('faults' in schema) return;
        schema.problems(value as Json);
        schema.completed(value as Json);
      }),
    );
  });
});
