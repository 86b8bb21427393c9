import { ExpressionError, type Json } from '@tenuto/contract';
import { describe, expect, it, test } from 'vitest';
import { type Bindings, compileExpression, type Scope } from './index.ts';

const VARIABLES = ['params', 'steps', 'nodes', 'parents', 'item', 'index', 'event', 'run', 'now'];
const SCOPE: Scope = { steps: 'any', nodes: 'any', variables: new Set([...VARIABLES, 'secrets']) };
const NOW = new Date('2026-03-01T10:20:30.456Z');

function run(source: string, bindings: Bindings = {}): Json {
  return compileExpression(source, SCOPE).evaluate({ now: NOW, ...bindings });
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    return (error as ExpressionError).message;
  }
  throw new Error('nothing was thrown');
}

describe('arithmetic', () => {
  test.each<[string, Json]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['-7 % 3', -1],
    ['7 % 3', 1],
    ['7.0 / 2.0', 3.5],
    ['7.0 / 2', 3.5],
    ['7 / 2.0', 3.5],
    ['1 + 1.5', 2.5],
    ['0.5 * 4', 2],
    ['2 - 0.5', 1.5],
    ['-(-3)', 3],
    ['-1.5', -1.5],
    ['--1', 1],
    ['0x10', 16],
    ['1e3', 1000],
    ['1.0 / 4', 0.25],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['string(9223372036854775807)', '9223372036854775807'],
    ['string(-9223372036854775808)', '-9223372036854775808'],
  ])('%s is %j', (source, value) => {
    expect(run(source)).toBe(value);
  });

  test.each([
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'division by zero'],
    ['9223372036854775807 + 1', 'does not fit 64 bits'],
    ['9223372036854775807 * 9223372036854775807', 'does not fit 64 bits'],
    ['-9223372036854775807 - 2', 'does not fit 64 bits'],
    ['-(-9223372036854775808)', 'does not fit 64 bits'],
    ['9223372036854775808', 'does not fit 64 bits'],
    ['9007199254740993', 'use string(...)'],
    ['1.0 / 0.0', 'JSON has no number for Infinity'],
    ['0.0 / 0.0', 'JSON has no number for NaN'],
  ])('%s is refused: %s', (source, message) => {
    expect(messageOf(() => run(source))).toContain(message);
  });
});

describe('JSON numbers', () => {
  const params = { count: 4, ratio: 0.5, one: 1, big: 1e300, zero: -0, list: [1, 2.5] };
  test.each<[string, Json]>([
    ['params.count > 3', true],
    ['params.count >= 4.0', true],
    ['params.count + 1', 5],
    ['params.count / 3', 1],
    ['params.ratio > 0.4', true],
    ['params.ratio < 1', true],
    ['params.ratio * 2', 1],
    ['params.one * 0.5', 0.5],
    ['params.one / 2', 0],
    ['params.one / 2.0', 0.5],
    ['params.one == 1 && params.one == 1.0', true],
    ['params.big > 9223372036854775807', true],
    ['params.zero == 0', true],
    ['params.list[0] + params.list[1]', 3.5],
    ['params.list.map(x, x * 2)', [2, 5]],
    ['[1.0, 2.0].map(x, x / 2)', [0.5, 1]],
    ['[params.one][0] / 2', 0],
    ['params.count % 3', 1],
  ])('%s is %j', (source, value) => {
    expect(run(source, { params })).toEqual(value);
  });
});

describe('comparison', () => {
  test.each<[string, boolean]>([
    ['1 < 2', true],
    ['2 <= 2', true],
    ['1 > 1.5', false],
    ['9007199254740993 > 9007199254740992.0', true],
    ['"a" < "b"', true],
    ['false < true', true],
    ['1 == 1.0', true],
    ['1.5 != 1', true],
    ['double("1e400") > 1', true],
    ['0.0 / 0.0 == 0.0 / 0.0', false],
    ['0.0 / 0.0 < 1.0', false],
    ['0.0 / 0.0 >= 1.0', false],
    ['[1, 2] == [1.0, 2]', true],
    ['[1, 2] == [2, 1]', false],
    ['[1] == [1, 2]', false],
    ['{"a": [1]} == {"a": [1.0]}', true],
    ['{"a": 1} == {"b": 1}', false],
    ['{"a": 1} == {"a": 1, "b": 2}', false],
    ['{1: 2} == {1.0: 2}', true],
    ['null == null', true],
    ['params.none == null', true],
    ['params.text == null', false],
    ['params.text == params.number', false],
    ['params.list == [1, {"a": null}]', true],
    ['params == params', true],
    ['b"ab" == b"ab"', true],
    ['b"ab" == b"ac"', false],
    ['now == now', true],
    ['duration("60s") == duration("1m")', true],
    ['now < now + duration("1ms")', true],
    ['duration("-1s") < duration("0s")', true],
    ['1 in [1, 2]', true],
    ['3 in [1, 2]', false],
    ['1 in [1.0]', true],
    ['"text" in params', true],
    ['"toString" in params', false],
    ['1 in {1: "a"}', true],
    ['null in {1: "a"}', false],
    ['[1] in [[1]]', true],
  ])('%s is %j', (source, value) => {
    const params = { none: null, text: 'x', number: 1, list: [1, { a: null }] };
    expect(run(source, { params })).toBe(value);
  });
});

describe('logic', () => {
  test.each<[string, Json]>([
    ['true && false', false],
    ['true || false', true],
    ['!true', false],
    ['true ? 1 : 2', 1],
    ['false ? 1 : "b"', 'b'],
    ['true || 1 / 0 > 0', true],
    ['1 / 0 > 0 || true', true],
    ['false && 1 / 0 > 0', false],
    ['1 / 0 > 0 && false', false],
    ['[1, 0].exists(x, 1 / x > 0)', true],
    ['[0, 1].exists(x, 1 / x > 0)', true],
    ['[0, 1].all(x, 1 / x > 5)', false],
    ['true ? true : 1 / 0 > 0', true],
  ])('%s is %j', (source, value) => {
    expect(run(source)).toBe(value);
  });

  test.each([
    ['1 / 0 > 0 || false', 'division by zero'],
    ['true && 1 / 0 > 0', 'division by zero'],
    ['[0, 1].all(x, 1 / x > 0)', 'division by zero'],
    ['params.text && true', 'a condition is a bool, not a string'],
    ['params.text ? 1 : 2', 'a condition is a bool, not a string'],
    ['!params.text', '! cannot be used with string'],
    ['-params.text', '- cannot be used with string'],
    ['params.text - 1', '- cannot be used with string and int'],
  ])('%s fails: %s', (source, message) => {
    expect(messageOf(() => run(source, { params: { text: 'x' } }))).toContain(message);
  });

  it('gives the place of the failure that counts', () => {
    const error = messageOf(() => run('1 / 0 > 0 ||\n  params.flag', { params: { flag: false } }));
    expect(error).toMatch(/^line 1, column 1: division by zero/);
  });
});

describe('lists and maps', () => {
  test.each<[string, Json]>([
    ['[1, 2, 3].size()', 3],
    ['size([])', 0],
    ['size({"a": 1})', 1],
    ['[1, 2] + [3]', [1, 2, 3]],
    ['[1, 2][1]', 2],
    ['[1, 2][1.0]', 2],
    ['{"a": 1}.a', 1],
    ['{"a": {"b": 2}}["a"].b', 2],
    ['{1: "x", true: "y"}', { '1': 'x', true: 'y' }],
    ['{1: "x"}[1]', 'x'],
    ['{1: "x"}[1.0]', 'x'],
    ['has({"a": 1}.a)', true],
    ['has({"a": 1}.b)', false],
    ['has(params.a.b)', true],
    ['has(params.a.c)', false],
    ['[1, 2, 3].all(x, x > 0)', true],
    ['[1, 2, 3].exists(x, x == 2)', true],
    ['[].exists(x, true)', false],
    ['[].all(x, false)', true],
    ['[1, 2, 2].exists_one(x, x == 2)', false],
    ['[1, 2, 3].exists_one(x, x == 2)', true],
    ['[1, 2, 3].filter(x, x > 1)', [2, 3]],
    ['[1, 2, 3].map(x, x * x)', [1, 4, 9]],
    ['[1, 2, 3].map(x, x > 1, x * 10)', [20, 30]],
    ['{"a": 1, "b": 2}.map(k, k)', ['a', 'b']],
    ['{"a": 1}.exists(k, k == "a")', true],
    ['params.all(k, k.size() == 1)', true],
    ['[[1], [2]].map(x, x.map(x, x + 1))', [[2], [3]]],
    ['[1, 2].map(x, [3].map(y, x + y))', [[4], [5]]],
    ['params.list.filter(x, has(x.on)).map(x, x.id)', [1]],
    ['dyn([1])', [1]],
  ])('%s is %j', (source, value) => {
    const params = { a: { b: 1 }, list: [{ id: 1, on: true }, { id: 2 }] };
    expect(run(source, { params: source.startsWith('params.all') ? { a: 1 } : params })).toEqual(
      value,
    );
  });

  test.each([
    ['[1][1]', 'there is no element 1 in a list of 1'],
    ['[1][-1]', 'there is no element -1'],
    ['params.list["a"]', 'a list is indexed by an int'],
    ['params.none.x', 'a null has no key "x"'],
    ['params.nope', 'there is no key "nope"'],
    ['params["nope"]', 'there is no key "nope"'],
    ['params[null]', 'there is no key'],
    ['{"a": 1, "a": 2}', 'the map has this key twice'],
    ['{params.none: 1}', 'a key is a string, an int or a bool'],
    ['params.text.map(x, x)', 'goes over a list or a map, not a string'],
    ['[1, "a"].filter(x, x)', 'a condition is a bool, not an int'],
    ['has(params.text.x)', 'a string has no key "x"'],
  ])('%s fails: %s', (source, message) => {
    const params = { text: 'x', none: null, list: [1] };
    expect(messageOf(() => run(source, { params }))).toContain(message);
  });
});

describe('strings', () => {
  test.each<[string, Json]>([
    ['"a" + "b"', 'ab'],
    [`'single' + """triple "quoted" """`, 'singletriple "quoted" '],
    ['r"\\n"', '\\n'],
    ['"\\u00e9\\n"', 'é\n'],
    ['"héllo".size()', 5],
    ['size("😀")', 1],
    ['"hello".contains("ell")', true],
    ['"hello".startsWith("he")', true],
    ['"hello".endsWith("lo")', true],
    ['"hello".indexOf("l")', 2],
    ['"hello".lastIndexOf("l")', 3],
    ['"hello".indexOf("x")', -1],
    ['"😀a".indexOf("a")', 1],
    ['"ÀBc".lowerAscii()', 'Àbc'],
    ['"àBc".upperAscii()', 'àBC'],
    ['"  a ".trim()', 'a'],
    ['"a,b,c".split(",")', ['a', 'b', 'c']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"a,b,c".split(",", 0)', []],
    ['"a,b,c".split(",", -1)', ['a', 'b', 'c']],
    ['"😀a".split("")', ['😀', 'a']],
    ['["a", "b"].join()', 'ab'],
    ['["a", "b"].join("-")', 'a-b'],
    ['[].join("-")', ''],
    ['"banana".replace("an", "AN")', 'bANANa'],
    ['"banana".replace("a", "o", 2)', 'bonona'],
    ['"banana".replace("a", "o", 0)', 'banana'],
    ['"ab".replace("", "-")', '-a-b-'],
    ['"ab".replace("", "-", 1)', '-ab'],
    ['"ab".replace("x", "$&")', 'ab'],
    ['"axb".replace("x", "$&")', 'a$&b'],
    ['"hello".substring(1)', 'ello'],
    ['"hello".substring(1, 3)', 'el'],
    ['"😀ab".substring(1, 2)', 'a'],
    ['"hello".substring(5)', ''],
    ['"foobar".matches("^foo")', true],
    ['"foobar".matches("o{2}b")', true],
    ['"foobar".matches("^bar")', false],
  ])('%s is %j', (source, value) => {
    expect(run(source)).toEqual(value);
  });

  test.each([
    ['"abc".substring(2, 1)', 'outside the string'],
    ['"abc".substring(-1)', 'outside the string'],
    ['"abc".substring(4)', 'outside the string'],
    ['[1].join()', 'join needs a list of strings'],
    ['"a".matches("(")', 'the pattern is wrong'],
    ['"a".matches(params.p)', 'back-references are not supported'],
  ])('%s is refused: %s', (source, message) => {
    expect(messageOf(() => run(source, { params: { p: '(a)\\1' } }))).toContain(message);
  });
});

describe('conversion', () => {
  test.each<[string, Json]>([
    ['string(1)', '1'],
    ['string(1.5)', '1.5'],
    ['string(true)', 'true'],
    ['string(b"abc")', 'abc'],
    ['string(now)', '2026-03-01T10:20:30.456Z'],
    ['string(duration("90m"))', '5400s'],
    ['int("42")', 42],
    ['int("-42")', -42],
    ['int("+7")', 7],
    ['int(2.9)', 2],
    ['int(-2.9)', -2],
    ['int(timestamp("1970-01-01T00:01:00.999Z"))', 60],
    ['double("1.5")', 1.5],
    ['double("1e3")', 1000],
    ['double(2)', 2],
    ['bool("true")', true],
    ['bool("0")', false],
    ['bool(true)', true],
    ['bytes("é")', 'w6k='],
    ['size(bytes("é"))', 2],
    ['b"\\xff\\x00"', '/wA='],
    ['b"a" + b"b"', 'YWI='],
    ['timestamp(60)', '1970-01-01T00:01:00.000Z'],
    ['timestamp(now) == now', true],
    ['duration(duration("1s"))', '1s'],
  ])('%s is %j', (source, value) => {
    expect(run(source)).toEqual(value);
  });

  test.each([
    ['int("0x10")', 'not an integer'],
    ['int("")', 'not an integer'],
    ['int(" 1")', 'not an integer'],
    ['int("9223372036854775808")', 'does not fit 64 bits'],
    ['int(1e300)', 'does not fit 64 bits'],
    ['int(0.0 / 0.0)', 'not a finite number'],
    ['double("abc")', 'not a number'],
    ['double("")', 'not a number'],
    ['bool("yes")', "neither 'true' nor 'false'"],
    ['string(b"\\xff")', 'not UTF-8'],
    ['int(params.list)', 'int cannot be used with list'],
  ])('%s is refused: %s', (source, message) => {
    expect(messageOf(() => run(source, { params: { list: [] } }))).toContain(message);
  });

  it('never repeats a value in a message, for it may be a secret', () => {
    const secrets = { token: 'hunter2' };
    for (const source of [
      'int(secrets.token)',
      'double(secrets.token)',
      'bool(secrets.token)',
      'timestamp(secrets.token)',
      'duration(secrets.token)',
      'params[secrets.token]',
      '"a".matches("(" + secrets.token)',
      'now.getHours(secrets.token)',
      'secrets.token + 1',
      'secrets.token.nope',
    ]) {
      expect(messageOf(() => run(source, { secrets, params: {} }))).not.toContain('hunter2');
    }
  });
});

describe('bindings', () => {
  it('takes now as milliseconds or as a date', () => {
    const expression = compileExpression('now + duration("24h")', SCOPE);
    expect(expression.evaluate({ now: 0 })).toBe('1970-01-02T00:00:00.000Z');
    expect(expression.evaluate({ now: new Date(0) })).toBe('1970-01-02T00:00:00.000Z');
  });

  it('returns data as it is, without a copy', () => {
    const output = { list: [1, 2.5, null, { deep: 'x' }] };
    expect(run('steps.a', { steps: { a: output } })).toBe(output);
  });

  it('fails when a variable in scope has no value', () => {
    expect(messageOf(() => run('item + 1'))).toContain('item has no value here');
  });

  it('does not read variables through prototypes', () => {
    const scope: Scope = { ...SCOPE, variables: new Set(['toString', 'constructor']) };
    for (const name of ['toString', 'constructor']) {
      const expression = compileExpression(name, scope);
      expect(messageOf(() => expression.evaluate({}))).toContain('has no value here');
    }
  });

  it('can be evaluated any number of times with different bindings', () => {
    const expression = compileExpression('params.list.map(x, x + index)', SCOPE);
    for (const index of [1, 2, 3]) {
      expect(expression.evaluate({ params: { list: [1, 2] }, index })).toEqual([
        1 + index,
        2 + index,
      ]);
    }
  });
});

describe('odd keys', () => {
  const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

  it.each(ids)('reads %s only when the data has it', (id) => {
    const absent = JSON.parse('{"a": 1}');
    const present = JSON.parse(`{${JSON.stringify(id)}: "mine"}`);
    const source = `steps[${JSON.stringify(id)}]`;
    expect(messageOf(() => run(source, { steps: absent }))).toContain(`there is no key "${id}"`);
    expect(run(source, { steps: present })).toBe('mine');
    expect(run(`steps.${id}`, { steps: present })).toBe('mine');
    expect(run(`has(steps.${id})`, { steps: absent })).toBe(false);
    expect(run(`${JSON.stringify(id)} in steps`, { steps: absent })).toBe(false);
    expect(run(`${JSON.stringify(id)} in steps`, { steps: present })).toBe(true);
  });

  it.each(ids)('makes a map with the key %s that pollutes nothing', (id) => {
    const made = run(`{${JSON.stringify(id)}: {"polluted": true}}`);
    expect(Object.keys(made as object)).toEqual([id]);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  it.each(ids)('compares maps with the key %s by their own keys', (id) => {
    const data = JSON.parse(`{${JSON.stringify(id)}: 1}`);
    expect(run(`params == {${JSON.stringify(id)}: 1}`, { params: data })).toBe(true);
    expect(run(`params == {"other": 1}`, { params: data })).toBe(false);
    expect(run(`{${JSON.stringify(id)}: 1} == params`, { params: { other: 1 } })).toBe(false);
  });
});
