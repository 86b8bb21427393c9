import { ExpressionError, type Json } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bindings, compileExpression, type Scope } from './index.ts';

const SCOPE: Scope = {
  steps: new Set(['a', 'b']),
  nodes: 'any',
  variables: new Set(['params', 'steps', 'nodes', 'now', 'item', 'index']),
};
const BINDINGS: Bindings = {
  now: 1_700_000_000_000,
  params: { list: [1, 2.5, 'x', null, [1], { a: 1 }], text: 'häl😀lo', n: 3, map: { a: 1, b: [] } },
  steps: { a: { out: [1, 2, 3] }, b: 'done' },
  nodes: { a: { status: 'completed', attempts: 1 } },
  item: { id: 7 },
  index: 2,
};

/** Compiles and evaluates; anything thrown must be an ExpressionError, anything else JSON. */
function survive(source: string): Json | ExpressionError {
  try {
    const value = compileExpression(source, SCOPE).evaluate(BINDINGS);
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
    return value;
  } catch (error) {
    if (error instanceof ExpressionError) {
      expect(error.validationErrors.length).toBeGreaterThan(0);
      return error;
    }
    throw error;
  }
}

const names = ['params', 'steps', 'nodes', 'now', 'item', 'index', 'x', 'nope'];
const fields = ['list', 'text', 'n', 'map', 'a', 'b', 'out', '__proto__', 'constructor', 'status'];
const functions = [
  'size',
  'string',
  'int',
  'double',
  'bool',
  'bytes',
  'timestamp',
  'duration',
  'dyn',
];
const methods = [
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'indexOf',
  'lastIndexOf',
  'substring',
  'split',
  'join',
  'replace',
  'trim',
  'lowerAscii',
  'upperAscii',
  'getHours',
  'getSeconds',
  'nope',
];
const loops = ['all', 'exists', 'exists_one', 'filter', 'map'];
const signs = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||'];
const literals = [
  '0',
  '1',
  '-1',
  '2.5',
  '1e308',
  '9223372036854775807',
  '"a"',
  "'1h'",
  '"2026-01-01T00:00:00Z"',
  '"(a+)+$"',
  '""',
  'b"\\xff"',
  'true',
  'false',
  'null',
  '[]',
  '{}',
];

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(...literals, ...names),
      fc
        .tuple(inner, fc.constantFrom(...signs), inner)
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      fc.tuple(fc.constantFrom('!', '-'), inner).map(([sign, a]) => `${sign}(${a})`),
      fc.tuple(inner, fc.constantFrom(...fields)).map(([a, field]) => `${a}.${field}`),
      fc.tuple(inner, inner).map(([a, b]) => `${a}[${b}]`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.array(inner, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(inner, inner), { maxLength: 2 })
        .map((entries) => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
      fc.tuple(fc.constantFrom(...functions), inner).map(([name, a]) => `${name}(${a})`),
      fc.tuple(inner, fc.constantFrom(...fields)).map(([a, field]) => `has(${a}.${field})`),
      fc
        .tuple(inner, fc.constantFrom(...methods), fc.array(inner, { maxLength: 3 }))
        .map(([a, name, args]) => `${a}.${name}(${args.join(', ')})`),
      fc
        .tuple(inner, fc.constantFrom(...loops), inner)
        .map(([a, name, b]) => `${a}.${name}(x, ${b})`),
    ),
  };
});

describe('any input', () => {
  it('of random characters is answered by a value or an ExpressionError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (source) => {
        survive(source);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of random tokens is answered by a value or an ExpressionError', () => {
    const token = fc.constantFrom(
      ...names,
      ...fields,
      ...functions,
      ...methods,
      ...loops,
      ...signs,
      ...literals,
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '.',
      ',',
      ':',
      '?',
      '"',
      "'",
      '\\',
      '\n',
      '//',
      'u',
      '.?',
      '[?',
      'x,',
    );
    const separator = fc.constantFrom('', ' ');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 30 }), separator, (tokens, glue) => {
        survive(tokens.join(glue));
      }),
      { numRuns: 5_000 },
    );
  });

  it('of random syntax is answered by a value or an ExpressionError', () => {
    let values = 0;
    fc.assert(
      fc.property(expression, (source) => {
        if (!(survive(source) instanceof ExpressionError)) values++;
      }),
      { numRuns: 5_000 },
    );
    expect(values).toBeGreaterThan(100);
  });

  it('gives the same result every time', () => {
    fc.assert(
      fc.property(expression, (source) => {
        const [first, second] = [survive(source), survive(source)];
        if (first instanceof ExpressionError) {
          expect(second).toBeInstanceOf(ExpressionError);
          expect((second as ExpressionError).message).toBe(first.message);
        } else expect(second).toEqual(first);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves its bindings as they were', () => {
    const before = JSON.stringify(BINDINGS);
    fc.assert(
      fc.property(expression, (source) => {
        survive(source);
        expect(JSON.stringify(BINDINGS)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('made of data alone never runs: a value is not read as an expression', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = compileExpression('params.text', SCOPE).evaluate({ params: { text } });
        expect(value).toBe(text);
      }),
    );
  });
});

describe('algebra', () => {
  const run = (source: string, params: Json) =>
    compileExpression(source, SCOPE).evaluate({ params });
  const int = fc.integer();
  const number = fc.oneof(
    int,
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  );

  it('compares any two JSON numbers as numbers', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(
          run('[params[0] < params[1], params[0] == params[1], params[0] >= params[1]]', [a, b]),
        ).toEqual([a < b, a === b, a >= b]);
      }),
    );
  });

  it('adds and subtracts any two JSON numbers as numbers', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [sum, difference] = [a + b, a - b];
        expect(run('params[0] + params[1] == params[2]', [a, b, sum])).toBe(true);
        expect(run('params[0] - params[1] == params[2]', [a, b, difference])).toBe(true);
      }),
    );
  });

  it('divides integers so that quotient and remainder make up the whole', () => {
    fc.assert(
      fc.property(
        int,
        int.filter((b) => b !== 0),
        (a, b) => {
          expect(run('params[0] / params[1] * params[1] + params[0] % params[1]', [a, b])).toBe(a);
        },
      ),
    );
  });

  it('finds every JSON value equal to itself and in a list with it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>, (value) => {
        expect(run('params.a == params.b', { a: value, b: structuredClone(value) })).toBe(true);
        expect(run('params.a in [params.b]', { a: value, b: structuredClone(value) })).toBe(true);
      }),
    );
  });

  it('joins what it split', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(text, text, (whole, separator) => {
        expect(run('params[0].split(params[1]).join(params[1])', [whole, separator])).toBe(whole);
      }),
    );
  });

  it('cuts and sizes texts by code points', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(text, fc.nat(25), (whole, at) => {
        const points = Array.from(whole);
        const cut = Math.min(at, points.length);
        expect(run('size(params[0])', [whole])).toBe(points.length);
        expect(
          run('params[0].substring(0, params[1]) + params[0].substring(params[1])', [whole, cut]),
        ).toBe(whole);
      }),
    );
  });

  it('filters, maps and quantifies as arrays do', () => {
    fc.assert(
      fc.property(fc.array(int), int, (list, limit) => {
        const params = { list, limit };
        const over = list.filter((x) => x > limit);
        expect(run('params.list.filter(x, x > params.limit)', params)).toEqual(over);
        expect(run('params.list.exists(x, x > params.limit)', params)).toBe(over.length > 0);
        expect(run('params.list.exists_one(x, x > params.limit)', params)).toBe(over.length === 1);
        expect(run('params.list.all(x, x > params.limit)', params)).toBe(
          over.length === list.length,
        );
        expect(run('params.list.map(x, x - params.limit)', params)).toEqual(
          list.map((x) => x - limit),
        );
      }),
    );
  });
});
