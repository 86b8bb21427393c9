import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpressionError, type Json } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Bindings, compileTemplate, type Scope } from './index.ts';

const SCOPE: Scope = {
  steps: new Set(['build', 'test']),
  nodes: new Set(['build']),
  variables: new Set(['params', 'steps', 'nodes', 'now', 'secrets']),
};
const BINDINGS: Bindings = {
  now: new Date('2026-03-01T10:00:00Z'),
  params: {
    count: 4,
    ratio: 0.5,
    name: 'Ada',
    flag: true,
    none: null,
    list: [1, 'a'],
    map: { a: 1 },
  },
  steps: { build: { version: '1.2.3' }, test: '${params.name}' },
  secrets: { token: 'hunter2' },
};

function resolve(value: Json): Json {
  return compileTemplate(value, SCOPE).resolve(BINDINGS);
}

function errorOf(act: () => unknown): ExpressionError {
  try {
    act();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a string that is one expression', () => {
  test.each<[string, Json]>([
    ['${params.count}', 4],
    ['${params.ratio}', 0.5],
    ['${params.name}', 'Ada'],
    ['${params.flag}', true],
    ['${params.none}', null],
    ['${params.list}', [1, 'a']],
    ['${params.map}', { a: 1 }],
    ['${ params.count + 1 }', 5],
    ["${now + duration('24h')}", '2026-03-02T10:00:00.000Z'],
    ['${duration("90m")}', '5400s'],
    ['${{"a": {"b": "}"}}}', { a: { b: '}' } }],
    ['${\'}\' + "}"}', '}}'],
    ['${"a\\"}"}', 'a"}'],
    ["${'''it's }'''}", "it's }"],
    ['${r"\\}"}', '\\}'],
    ['${params.count // a comment with } and "\n}', 4],
  ])('%s keeps its type: %j', (text, value) => {
    expect(resolve(text)).toEqual(value);
  });
});

describe('a string with text around expressions', () => {
  test.each<[string, string]>([
    ['n=${params.count}', 'n=4'],
    [' ${params.count}', ' 4'],
    ['${params.count}${params.count}', '44'],
    ['Hello ${params.name}!', 'Hello Ada!'],
    ['${params.ratio}, ${params.flag}, ${params.none}', '0.5, true, null'],
    ['${params.list} ${params.map}', '[1,"a"] {"a":1}'],
    ['at ${now}', 'at 2026-03-01T10:00:00.000Z'],
    ['$${params.name}', '${params.name}'],
    ['$${params.name} is ${params.name}', '${params.name} is Ada'],
    ['$$${params.name}', '$${params.name}'],
    ['cost: $5 and $', 'cost: $5 and $'],
    ['$ {params.name} }', '$ {params.name} }'],
    ['{${params.name}}', '{Ada}'],
    ['v${steps.build.version}', 'v1.2.3'],
  ])('%s becomes %s', (text, value) => {
    expect(resolve(text)).toBe(value);
  });
});

describe('a value', () => {
  it('is resolved in every string at any depth, but not in its keys', () => {
    expect(
      resolve({
        '${params.name}': ['${params.count}', { deep: 'x${params.name}' }],
        plain: [1, null],
      }),
    ).toEqual({ '${params.name}': [4, { deep: 'xAda' }], plain: [1, null] });
  });

  it('is never read as a template again', () => {
    expect(resolve('${steps.test}')).toBe('${params.name}');
    expect(resolve('x ${steps.test}')).toBe('x ${params.name}');
    expect(resolve(['${{"a": steps.test}}'])).toEqual([{ a: '${params.name}' }]);
  });

  it('without expressions is returned as it is', () => {
    const value = { a: [1, 'two', { three: null }], 'b c': '$5 {x}' };
    const template = compileTemplate(value, SCOPE);
    expect(template.isConstant).toBe(true);
    expect(template.resolve({})).toBe(value);
  });

  it('with escapes only is constant too', () => {
    const template = compileTemplate({ a: ['$${x}', 1] }, SCOPE);
    expect(template.isConstant).toBe(true);
    expect(template.resolve({})).toEqual({ a: ['${x}', 1] });
    expect(template.resolve({})).toBe(template.resolve({}));
  });

  it('keeps keys that no prototype can poison', () => {
    const value: Json = JSON.parse('{"__proto__": "${params.count}", "constructor": "x"}');
    const resolved = resolve(value);
    expect(Object.entries(resolved as object)).toEqual([
      ['__proto__', 4],
      ['constructor', 'x'],
    ]);
    expect(Object.getPrototypeOf(resolved)).toBe(Object.prototype);
  });

  it('refers to all that its expressions name', () => {
    const { references } = compileTemplate(
      ['${steps.build}', 'x ${nodes.build.status} ${params.a}', { a: '${steps.test}' }],
      SCOPE,
    );
    expect(references).toEqual({
      steps: new Set(['build', 'test']),
      nodes: new Set(['build']),
      present: new Set(['build']),
      secrets: new Set(),
      variables: new Set(['steps', 'nodes', 'params']),
    });
    expect(compileTemplate(['${steps}', '${steps.build}'], SCOPE).references.steps).toBe('all');
  });
});

describe('an error', () => {
  it('names the string by its JSON pointer, with every problem there is', () => {
    const value = { 'a/b': ['x', '${steps.biuld}'], 'c~d': { e: 'y ${1 +} ${nope}' }, f: '${' };
    expect(errorOf(() => compileTemplate(value, SCOPE)).validationErrors).toMatchObject([
      { path: '/a~1b/1', value: { line: 1, column: 7 } },
      { path: '/c~0d/e', value: { line: 1, column: 4 } },
      { path: '/c~0d/e', value: { line: 1, column: 1 } },
      { path: '/f', message: 'the ${ at character 1 is never closed' },
    ]);
  });

  it('says where it is when resolving fails', () => {
    const template = compileTemplate({ a: ['ok', 'x ${params.nope}'] }, SCOPE);
    const error = errorOf(() => template.resolve(BINDINGS));
    expect(error.message).toMatch(/^\/a\/1: line 1, column 8: there is no key "nope"/);
    expect(error.validationErrors).toMatchObject([{ path: '/a/1', value: { line: 1, column: 8 } }]);
  });

  it('of a bare string has an empty pointer', () => {
    const error = errorOf(() => compileTemplate('${1 + "a"}', SCOPE));
    expect(error.validationErrors).toMatchObject([{ path: '' }]);
    expect(error.message).toMatch(/^the value: /);
  });

  test.each([
    '${',
    'a ${params.name',
    '${"}',
    "${'''}''}",
    '${{}',
    '${1 // }',
    '${"\\"}',
  ])('%s is never closed', (text) => {
    expect(errorOf(() => compileTemplate(text, SCOPE)).message).toContain('never closed');
  });

  test.each(['${}', '${ }', '${1 2}'])('%s does not parse', (text) => {
    expect(errorOf(() => compileTemplate(text, SCOPE)).code).toBe('invalid_expression');
  });
});

describe('any value', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

  it('without a dollar sign is constant and itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!JSON.stringify(value).includes('$'));
        const template = compileTemplate(value, SCOPE);
        expect(template.isConstant).toBe(true);
        expect(template.resolve({})).toBe(value);
      }),
    );
  });

  it('goes through a parameter unchanged, alone and as JSON in text', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bindings: Bindings = { params: { value } };
        const alone = compileTemplate('${params.value}', SCOPE).resolve(bindings);
        expect(JSON.stringify(alone)).toBe(JSON.stringify(value));
        const text = compileTemplate('<${params.value}>', SCOPE).resolve(bindings);
        expect(text).toBe(`<${typeof value === 'string' ? value : JSON.stringify(value)}>`);
      }),
    );
  });

  it('can be written as text by escaping it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', '"') }), (text) => {
        // A dollar before an escape would be taken for part of it.
        fc.pre(!text.includes('$${'));
        expect(resolve(text.replaceAll('${', () => '$${'))).toBe(text);
      }),
    );
  });

  it('of strings either compiles or is an ExpressionError', () => {
    const piece = fc.constantFrom(
      '${',
      '}',
      '$',
      '{',
      '"',
      "'",
      'params',
      '.',
      'name',
      '//',
      '\n',
      '1',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          compileTemplate(pieces.join(''), SCOPE).resolve(BINDINGS);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('hostile data', () => {
  const folder = process.env.TENUTO_VECTORS ?? 'vectors';
  const file = join(folder, 'hostile-input/prototype-pollution.json');
  const cases: { kind: string; payload: string; valid_json?: boolean }[] = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : [];

  it.skipIf(cases.length === 0)(
    `is known by the vectors (${cases.length} read, else all skipped)`,
    () => {
      expect(cases.length).toBeGreaterThan(0);
    },
  );

  it.each(cases)('$kind $payload stays data', ({ kind, payload, valid_json }) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const value: Json = kind === 'json-body' && valid_json ? JSON.parse(payload) : payload;
    const params: Json = JSON.parse(`{"value": ${JSON.stringify(value)}, "a": 1}`);
    const template = compileTemplate({ v: '${params.value}', t: 'x ${params.value}' }, SCOPE);
    const resolved = template.resolve({ params }) as { v: Json };
    expect(JSON.stringify(resolved.v)).toBe(JSON.stringify(value));
    const named = compileTemplate(`\${{${JSON.stringify(payload)}: params.value}}`, SCOPE);
    expect(Object.keys(named.resolve({ params }) as object)).toEqual([payload]);
    const absent = compileTemplate(`\${params[${JSON.stringify(payload)}]}`, SCOPE);
    expect(() => absent.resolve({ params })).toThrow(ExpressionError);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});
