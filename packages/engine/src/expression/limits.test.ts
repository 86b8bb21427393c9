import { ExpressionError, type Json } from '@tenuto/contract';
import { describe, expect, it, test } from 'vitest';
import { type Bindings, compileExpression, compileTemplate, type Scope } from './index.ts';

const SCOPE: Scope = { steps: 'any', nodes: 'any', variables: new Set(['params', 'steps', 'now']) };
const TOO_MUCH = /takes more than \d+ steps|is larger than \d+|would be longer than \d+/;

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

describe('the source', () => {
  test.each([
    ['is longer than 4 KiB', `${' '.repeat(4096)}1`, 'at most 4096 characters'],
    ['nests parentheses', `${'('.repeat(2000)}1${')'.repeat(2000)}`, 'nested too deeply'],
    ['nests lists', '['.repeat(2000), 'nested too deeply'],
    ['nests maps', '{"a":'.repeat(500), 'nested too deeply'],
    ['repeats a sign', `${'!'.repeat(1999)}true`, 'nested deeper than 250'],
    ['repeats another sign', `${'-'.repeat(1999)}1`, 'nested deeper than 250'],
    ['chains an operator', `${'1+'.repeat(900)}1`, 'nested deeper than 250'],
    ['has too many parts', '1,'.repeat(2000), 'unexpected'],
    ['has a long list', `[${'1,'.repeat(1500)}1]`, 'too large'],
    ['chains fields', `params${'.a'.repeat(1000)}`, 'nested too deeply'],
    ['chains conditions', `${'true ? '.repeat(500)}1`, 'nested too deeply'],
    ['nests comprehensions', '[1].map(x, '.repeat(200), 'nested too deeply'],
  ])('is refused when it %s', (_name, source, message) => {
    expect(messageOf(() => compileExpression(source, SCOPE))).toContain(message);
  });

  it('may be as large as people write', () => {
    const tests = Array.from({ length: 100 }, (_, i) => `params.name == "service-${i}"`).join(
      ' || ',
    );
    expect(compileExpression(tests, SCOPE).evaluate({ params: { name: 'service-99' } })).toBe(true);
  });
});

describe('an evaluation', () => {
  const list = numbers(1_000);
  const text = 'x'.repeat(100_000);
  test.each<[string, string]>([
    [
      'loops in loops',
      'params.list.all(a, params.list.all(b, params.list.all(c, a + b + c >= 0)))',
    ],
    ['loops that fail', 'params.list.exists(a, params.list.exists(b, params.nope == a + b))'],
    ['lists of lists', 'params.list.map(a, params.list.map(b, params.list.map(c, c)))'],
    ['growing lists', 'params.list.map(a, params.list + params.list).map(a, a + a + a + a)'],
    ['growing texts', 'params.list.map(a, params.text + params.text).size()'],
    [
      'texts that double',
      `params.text${' + params.text'.repeat(90)} + "".replace("", params.text)`,
    ],
    ['texts replaced', '(params.text + params.text).replace("x", params.text)'],
    ['texts between characters', 'params.text.replace("", params.text)'],
    ['texts joined', 'params.list.map(x, params.text).join(params.text)'],
    ['texts split', 'params.list.map(x, params.text.split("")).size()'],
    ['texts searched', 'params.list.all(x, params.list.all(y, !params.text.contains("y")))'],
    ['texts measured', 'params.list.all(x, params.list.all(y, params.text.size() > 0))'],
    ['texts compared', 'params.list.all(x, params.list.all(y, params.text == "" + params.text))'],
    ['maps measured', 'params.list.all(x, params.list.all(y, size(params) > 0))'],
    ['times read', 'params.list.all(x, params.list.all(y, duration("1h1m1s") > duration("0s")))'],
    ['zones read', 'params.list.all(x, params.list.all(y, now.getHours("Europe/Rome") >= 0))'],
    [
      'patterns compiled',
      'params.list.all(x, params.list.all(y, !"a".matches("z" + string(x + y))))',
    ],
    ['long texts found', 'params.list.all(x, !params.text.contains(params.long))'],
    ['long texts found backwards', 'params.list.all(x, params.text.lastIndexOf(params.long) < 0)'],
    ['long separators', 'params.list.all(x, params.text.split(params.long).size() == 1)'],
    ['characters apart', 'params.list.all(x, params.text.split("").size() > 1)'],
    ['beginnings', 'params.list.all(x, params.list.all(y, params.text.startsWith(params.text)))'],
    ['order', 'params.list.all(x, params.list.all(y, params.text <= params.text))'],
    ['capitals', 'params.list.all(x, ("é" + params.text).upperAscii() != "")'],
    ['bytes', 'params.list.all(x, bytes(params.text) + bytes(params.text) != b"")'],
    ['membership', 'params.list.all(x, params.list.all(y, -1 in params.list || true))'],
  ])('ends: %s', (_name, source) => {
    const expression = compileExpression(source, SCOPE);
    const long = `${'x'.repeat(5_000)}y${'x'.repeat(5_000)}`;
    const bindings: Bindings = { now: 0, params: { list, text, long } };
    expect(messageOf(() => expression.evaluate(bindings))).toMatch(TOO_MUCH);
  });

  it('ends when lists share their parts so that comparing them would never end', () => {
    const tenfold = Array.from({ length: 8 }, () => '.map(x, [x, x, x, x, x, x, x, x, x, x])').join(
      '',
    );
    const source = `[1]${tenfold} == [1.0]${tenfold}`;
    const nested = (seed: string) =>
      Array.from({ length: 8 }, (_, i) => i).reduce(
        (inner) => `[${inner}].map(x, [x, x, x, x, x, x, x, x, x, x])[0]`,
        seed,
      );
    for (const hostile of [source, `${nested('1')} == ${nested('1.0')}`, nested('1')]) {
      const outcome = messageOf(() => compileExpression(hostile, SCOPE).evaluate({}));
      expect(outcome === 'nothing was thrown' || TOO_MUCH.test(outcome)).toBe(true);
    }
    expect(messageOf(() => compileExpression(nested('1'), SCOPE).evaluate({}))).toMatch(TOO_MUCH);
  });

  it('ends when a result repeats large data', () => {
    const big = numbers(20_000);
    const source = 'params.list.map(x, params.big)';
    const evaluate = () => compileExpression(source, SCOPE).evaluate({ params: { list, big } });
    expect(messageOf(evaluate)).toMatch(/the result is larger than/);
  });

  it('ends when a template repeats large data', () => {
    const with_ = Object.fromEntries(numbers(900).map((i) => [`k${i}`, '${params.big}']));
    const template = compileTemplate(with_, SCOPE);
    const resolve = () => template.resolve({ params: { big: numbers(20_000) } });
    expect(messageOf(resolve)).toMatch(/the result is larger than/);
  });

  it('cannot outlive its limits by absorbing them', () => {
    const endless = 'params.list.all(a, params.list.all(b, params.list.all(c, true)))';
    for (const source of [`${endless} || true`, `[1].exists(x, ${endless} || true)`]) {
      const evaluate = () => compileExpression(source, SCOPE).evaluate({ params: { list } });
      expect(messageOf(evaluate)).toMatch(TOO_MUCH);
    }
  });

  it('suffices for a few tests on each of 10,000 items', () => {
    const items = numbers(10_000).map((id) => ({ id, name: `item-${id}`, on: id % 2 === 0 }));
    const source =
      'params.items.filter(x, x.on && x.name.startsWith("item-") && x.id > 5000).size()';
    expect(compileExpression(source, SCOPE).evaluate({ params: { items } })).toBe(2499);
  });

  it('survives data nested deeper than the stack', () => {
    let deep: Json = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const evaluate = (source: string) => () =>
      compileExpression(source, SCOPE).evaluate({ params: { a: deep, b: [deep] } });
    expect(messageOf(evaluate('params.a'))).toContain('nested too deeply');
    expect(messageOf(evaluate('params.a == params.b'))).toContain('nested too deeply');
    expect(evaluate('params.b == params.a || true')).toThrow(ExpressionError);
    expect(evaluate('size(params.a)')()).toBe(1);
  });
});

describe('a template', () => {
  it('has a bounded number of expressions', () => {
    const many = numbers(1_001).map(() => '${1}');
    expect(messageOf(() => compileTemplate(many, SCOPE))).toContain('more than 1000 expressions');
    expect(messageOf(() => compileTemplate(many.join(''), SCOPE))).toContain('more than 1000');
  });

  it('has a bounded depth', () => {
    let deep: Json = '${1}';
    for (let i = 0; i < 65; i++) deep = [deep];
    expect(messageOf(() => compileTemplate(deep, SCOPE))).toContain('nested deeper than 64');
  });

  it('lists a bounded number of problems', () => {
    try {
      compileTemplate(
        numbers(500).map(() => '${nope}'),
        SCOPE,
      );
      expect.unreachable();
    } catch (error) {
      expect((error as ExpressionError).validationErrors).toHaveLength(20);
    }
  });

  it('scans hostile text in one pass', () => {
    const openings = '${'.repeat(200_000);
    expect(messageOf(() => compileTemplate(openings, SCOPE))).toContain('never closed');
    expect(compileTemplate('$${'.repeat(200_000), SCOPE).isConstant).toBe(true);
    expect(compileTemplate('$'.repeat(500_000), SCOPE).isConstant).toBe(true);
  });
});
