/** What the CEL specification says of the language, case by case, where this one follows it. */
import type { Json } from '@tenuto/contract';
import { describe, expect, test } from 'vitest';
import { compileExpression, type Scope } from './index.ts';

const SCOPE: Scope = { steps: 'any', nodes: 'any', variables: new Set(['params', 'x']) };
const PARAMS: Json = {
  list: [1, 2, 3],
  empty: [],
  map: { one: 1, two: 2 },
  nested: { a: { b: { c: 'deep' } } },
  str: 'value',
  nil: null,
  yes: true,
  pi: 3.14,
};

function value(source: string): Json {
  return compileExpression(source, SCOPE).evaluate({ params: PARAMS });
}

describe('literals', () => {
  test.each<[string, Json]>([
    ['0', 0],
    ['-1', -1],
    ['-0', 0],
    ['0x55555555', 0x55555555],
    ['-0xA', -10],
    ['0.0', 0],
    ['-2.3e+1', -23],
    ['1.5e-3', 0.0015],
    ['.5', '!'],
    ['""', ''],
    ["''", ''],
    ['"""x"""', 'x'],
    ["'''x\ny'''", 'x\ny'],
    ['r"""\\x"""', '\\x'],
    ["R'\\s'", '\\s'],
    ['"\\a\\b\\f\\n\\r\\t\\v"', '\x07\b\f\n\r\t\v'],
    ['"\\"\\\'\\`\\?\\\\"', '"\'`?\\'],
    ['"\\x41\\u0042\\U00000043\\104"', 'ABCD'],
    ['"\\U0001F600"', '😀'],
    ['b"\\x00\\xff\\101"', 'AP9B'],
    ["B'abc'", 'YWJj'],
    ['true', true],
    ['false', false],
    ['null', null],
    ['[]', []],
    ['{}', {}],
    ['[1, 2,]', [1, 2]],
    ['{"a": 1,}', { a: 1 }],
    ['[[], {}, null]', [[], {}, null]],
  ])('%s is %j', (source, expected) => {
    if (expected === '!') expect(() => value(source)).toThrow();
    else expect(value(source)).toEqual(expected);
  });
});

describe('precedence and association', () => {
  test.each<[string, Json]>([
    ['1 - 2 - 3', -4],
    ['12 / 3 / 2', 2],
    ['2 + 3 * 4 - 5', 9],
    ['-2 + 3', 1],
    ['-(2 + 3)', -5],
    ['7 % 4 * 2', 6],
    ['1 + 2 == 3', true],
    ['1 < 2 == true', true],
    ['!false && false', false],
    ['!(false && false)', true],
    ['true || false && false', true],
    ['(true || false) && false', false],
    ['false ? 1 : true ? 2 : 3', 2],
    ['true ? false ? 1 : 2 : 3', 2],
    ['true || false ? 1 : 2', 1],
    ['1 in [1] == true', true],
    ['1 + 1 in [2]', true],
    ['!(1 in [2])', true],
    ['params.list[0] + params.list[1] * params.list[2]', 7],
    ['[1, 2][0] + {"a": 3}["a"]', 4],
    ['1 + // a comment\n 2', 3],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });
});

describe('integers', () => {
  test.each<[string, Json]>([
    ['9223372036854775807 - 1 == 9223372036854775806', true],
    ['-9223372036854775808 + 1 == -9223372036854775807', true],
    ['-9223372036854775807 - 1 == -9223372036854775808', true],
    ['4611686018427387904 * -2 == -9223372036854775808', true],
    ['7 / -2', -3],
    ['-7 / -2', 3],
    ['7 % -2', 1],
    ['-7 % -2', -1],
    ['43 % 5', 3],
    ['-43 % 5', -3],
    ['0 / 5', 0],
    ['string(9007199254740993 + 0)', '9007199254740993'],
    ['9007199254740993 == 9007199254740992', false],
    ['9007199254740993 == 9007199254740992.0', false],
    ['9223372036854775807 < 9223372036854775808.0', true],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test.each([
    '9223372036854775807 + 1',
    '-9223372036854775808 - 1',
    '-9223372036854775808 * -1',
    '5000000000 * 5000000000',
    '-(-9223372036854775808)',
    '-9223372036854775808 / -1 + 0 == 0 && false || 1 / 0 == 1',
    '17 / 0',
    '17 % 0',
  ])('%s is an error', (source) => {
    expect(() => value(source)).toThrow(/does not fit 64 bits|division by zero/);
  });
});

describe('fields', () => {
  test.each<[string, Json]>([
    ['params.nested.a.b.c', 'deep'],
    ['params["nested"]["a"].b["c"]', 'deep'],
    ['params.nested.a', { b: { c: 'deep' } }],
    ['has(params.nested.a.b)', true],
    ['has(params.nested.a.z)', false],
    ['has(params.nil)', true],
    ['params.nil == null', true],
    ['"one" in params.map', true],
    ['"three" in params.map', false],
    ['params.map.one + params.map["two"]', 3],
    ['size(params.map)', 2],
    ['params.list[2]', 3],
    ['params.list == [1, 2, 3]', true],
    ['params.map == {"two": 2, "one": 1.0}', true],
    ['has({"a": {"b": null}}.a.b)', true],
    ['{"a": 1}.a == {"b": 1}.b', true],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test.each([
    'params.nope',
    'params.nested.x.y',
    'has(params.nope.x)',
    'params.str.x',
    'params.nil.x',
    'params.yes["x"]',
    'params.list[3]',
    'params.list[-1]',
    'params.list.x',
    'params.map[0]',
    '{"a": 1}.b',
    '{1: 2}[2]',
    '{true: 2}["true"]',
  ])('%s is an error', (source) => {
    expect(() => value(source)).toThrow();
  });
});

describe('macros', () => {
  test.each<[string, Json]>([
    ['params.list.all(e, e > 0)', true],
    ['params.list.all(e, e > 1)', false],
    ['params.empty.all(e, e > 0)', true],
    ['[1, "foo", 3].all(e, e % 2 == 1)', '!'],
    ['[1, "foo", 2].all(e, e % 2 == 1)', false],
    ['params.list.exists(e, e > 2)', true],
    ['params.empty.exists(e, e == 2)', false],
    ['[1, "foo", 3].exists(e, e % 2 == 1)', true],
    ['[2, "foo", 4].exists(e, e % 2 == 1)', '!'],
    ['params.list.exists_one(e, e < 2)', true],
    ['params.list.exists_one(e, e < 3)', false],
    ['params.empty.exists_one(e, true)', false],
    ['["foal", "foo", "four"].exists_one(n, n.startsWith("fo"))', false],
    ['["foal", "foo", "four"].exists_one(n, n.endsWith("o"))', true],
    ['[3, 2, 1, 0].exists_one(n, 12 / n > 1)', '!'],
    ['{"key1": 1, "key2": 2}.all(k, k == "key2")', false],
    ['{"key1": 1, "key2": 2}.exists(k, k == "key2")', true],
    ['{6: "six", 7: "seven", 8: "eight"}.exists_one(k, k % 5 == 2)', true],
    ['params.list.map(n, n / 2)', [0, 1, 1]],
    [
      'params.list.map(n, [n, n])',
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
    ['params.empty.map(n, n / 2)', []],
    ['[2, 1, 0].map(n, 4 / n)', '!'],
    ['{"John": "smart"}.map(key, key) == ["John"]', true],
    ['params.list.filter(x, x % 2 == 1)', [1, 3]],
    ['params.list.filter(x, false)', []],
    ['params.list.filter(x, true) == params.list', true],
    ['[0, 1].filter(x, 4 / x > 1)', '!'],
    ['{"John": "smart", "Paul": "cute"}.filter(key, key == "John")', ['John']],
    ['["signer"].filter(s, ["artifact"].all(a, ["signer"].exists(o, o == s)))', ['signer']],
    ['["signer"].all(s, ["artifact"].all(a, true))', true],
    ['["a", "b"].map(x, ["c"].map(y, x + y))', [['ac'], ['bc']]],
    ['params.list.map(e, e % 2 == 1, e * 10)', [10, 30]],
  ])('%s is %j', (source, expected) => {
    if (expected === '!') expect(() => value(source)).toThrow();
    else expect(value(source)).toEqual(expected);
  });
});

describe('logic in the presence of errors', () => {
  const error = '1 / 0 == 1';
  test.each<[string, Json]>([
    [`true || ${error}`, true],
    [`${error} || true`, true],
    [`false && ${error}`, false],
    [`${error} && false`, false],
    [`false || ${error}`, '!'],
    [`${error} || false`, '!'],
    [`true && ${error}`, '!'],
    [`${error} && true`, '!'],
    [`${error} || ${error}`, '!'],
    [`!(${error})`, '!'],
    [`true ? 1 : 1 / 0`, 1],
    [`false ? 1 / 0 : 1`, 1],
    [`(${error}) ? 1 : 2`, '!'],
    [`${error} || ${error} || true`, true],
    [`false && (${error} || ${error})`, false],
    ['params.str && false', false],
    ['false && params.str', false],
    ['params.str || true', true],
    ['params.str || false', '!'],
    ['params.nope || true', true],
  ])('%s is %j', (source, expected) => {
    if (expected === '!') expect(() => value(source)).toThrow();
    else expect(value(source)).toBe(expected);
  });
});

describe('strings and bytes', () => {
  test.each<[string, Json]>([
    ['"".size()', 0],
    ['size("four")', 4],
    ['size("πέντε")', 5],
    ['size(b"abc")', 3],
    ['size(b"πέντε") >= 5', true],
    ['"he" + "llo" == "hello"', true],
    ['"" + ""', ''],
    ['b"" + b"x" == b"x"', true],
    ['"foobar".startsWith("foo")', true],
    ['"foobar".startsWith("bar")', false],
    ['"foobar".startsWith("")', true],
    ['"".startsWith("foo")', false],
    ['"завтра".startsWith("за")', true],
    ['"foobar".endsWith("bar")', true],
    ['"".endsWith("")', true],
    ['"forté".endsWith("té")', true],
    ['"foobar".contains("oba")', true],
    ['"Straße".contains("aß")', true],
    ['"".contains("a")', false],
    ['"hubba".matches("ubb")', true],
    ['"".matches("")', true],
    ['"ab".matches("(abc|ab)")', true],
    ['"cows".matches("^c.*s$")', true],
    ['"12:34".matches("^[0-9]{2}:[0-9]{2}$")', true],
    ['"mañana".matches("a+ñ+a+n+a")', true],
    ['"x.y".matches("x\\\\.y")', true],
    ['"🐱😀😀".matches("(a|😀){2}")', true],
    ['"a" < "b" && "a" < "aa" && "" < "a"', true],
    ['"Abc" < "aBC"', true],
    ['"α" < "β"', true],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toBe(expected);
  });
});

describe('conversions', () => {
  test.each<[string, Json]>([
    ['string(int("-999"))', '-999'],
    ['string(double("-9.5"))', '-9.5'],
    ['string("dull")', 'dull'],
    ['string(b"\\303\\277")', 'ÿ'],
    ['int(-123.456)', -123],
    ['int(1.9)', 1],
    ['double(-123)', -123],
    ['double("123.456")', 123.456],
    ['double("6.02214e23") == 6.02214e23', true],
    ['bool("TRUE") && bool("t") && bool("1") && bool("True")', true],
    ['bool("FALSE") || bool("f") || bool("0") || bool("False")', false],
    ['bytes("abc") == b"abc"', true],
    ['timestamp("2009-02-13T23:31:30Z") == timestamp(1234567890)', true],
    ['int(timestamp("2009-02-13T23:31:30Z"))', 1234567890],
    ['string(timestamp("2009-02-13T23:31:30Z"))', '2009-02-13T23:31:30.000Z'],
    ['duration("1000000s") == duration("277h46m40s")', true],
    ['string(duration("1000000s"))', '1000000s'],
    ['dyn(1) == 1.0', true],
    ['dyn("a") + "b"', 'ab'],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toBe(expected);
  });
});
