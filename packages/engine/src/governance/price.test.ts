import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nanoOf, nanoUsd, usdOf } from './money.ts';
import {
  costOf,
  expectedCost,
  type ModelPrice,
  matchesModel,
  priceInForce,
  upperCost,
} from './price.ts';
import { SHIPPED_PRICES } from './shipped-prices.ts';

const usage = (input: number, output: number, cached = 0, reasoning = 0) => ({
  ...{ input, output, cached, reasoning },
});
const row = (model: string, over: Partial<ModelPrice> = {}): ModelPrice => ({
  ...{ model, input: '1', output: '2', effectiveFrom: 0 },
  ...over,
});

describe('an amount of money', () => {
  test.each([
    ['3', 3_000_000_000n],
    ['0.1', 100_000_000n],
    ['0.000000001', 1n],
    ['0.0000000004', 0n],
    ['0.0000000005', 1n],
    ['1e-7', 100n],
    ['2.5E2', 250_000_000_000n],
    ['999999999999999', 999_999_999_999_999_000_000_000n],
  ])('%s USD is read digit by digit', (usd, nano) => {
    expect(nanoOf(usd)).toBe(nano);
  });

  test.each(['', '-1', 'NaN', '1.', '.5', '1,5', 'Infinity', '1e9999'])('"%s" is none', (usd) => {
    expect(() => nanoOf(usd)).toThrow(RangeError);
  });

  test('comes back from the wire as it was', () => {
    const amounts = fc.integer({ min: 0, max: 1_000_000_000_000_000 });
    fc.assert(fc.property(amounts, (nano) => nanoUsd(usdOf(nano)) === nano));
  });
});

describe('what a call costs', () => {
  test('is tokens by their prices, to the nano-dollar', () => {
    expect(costOf(row('m', { input: '3', output: '15' }), usage(1_000_000, 1_000_000))).toBe(
      18_000_000_000,
    );
    expect(costOf(row('m', { input: '3', output: '15' }), usage(1, 0))).toBe(3_000);
    expect(costOf(row('m', { input: '0.1', output: '0' }), usage(3, 0))).toBe(300);
  });

  test('counts cached input and reasoning as parts of the whole, at prices of their own', () => {
    const price = row('m', { input: '3', cachedInput: '0.3', output: '15', reasoning: '20' });
    expect(costOf(price, usage(1_000, 100, 600, 40))).toBe(
      400 * 3_000 + 600 * 300 + 60 * 15_000 + 40 * 20_000,
    );
    expect(costOf(row('m', { input: '3', output: '15' }), usage(1_000, 100, 600, 40))).toBe(
      1_000 * 3_000 + 100 * 15_000,
    );
  });

  test('is never negative, whatever a provider reports', () => {
    const price = row('m', { input: '3', cachedInput: '1', output: '15', reasoning: '20' });
    expect(costOf(price, usage(10, 5, 999, 999))).toBe(10 * 1_000 + 5 * 20_000);
  });

  const decimal = fc
    .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 999_999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`);
  const tokens = fc.integer({ min: 0, max: 10_000_000 });
  const prices = fc.record({ input: decimal, output: decimal }).map((p) => row('m', p));

  test('differs from the exact fraction by half a nano-dollar at most', () => {
    fc.assert(
      fc.property(prices, tokens, tokens, (price, input, output) => {
        const millionths = (usd: string) => BigInt(usd.replace('.', ''));
        const exact =
          BigInt(input) * millionths(price.input) + BigInt(output) * millionths(price.output);
        const cost = BigInt(costOf(price, usage(input, output))) * 1_000n;
        const off = cost - exact;
        return off <= 500n && off >= -500n;
      }),
    );
  });

  test('is never above its upper bound, nor what is expected of it', () => {
    const whole = fc.record({
      ...{ inputBytes: tokens, maxOutputTokens: tokens, average: fc.option(tokens) },
      ...{
        input: fc.double({ min: 0, max: 1, noNaN: true }),
        used: fc.double({ min: 0, max: 1, noNaN: true }),
      },
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const rich = fc
      .record({ input: decimal, output: decimal, cachedInput: decimal, reasoning: decimal })
      .map((p) => row('m', p));
    fc.assert(
      fc.property(rich, whole, (price, call) => {
        const input = Math.floor(call.inputBytes * call.input);
        const output = Math.floor(call.maxOutputTokens * call.used);
        const part = (of: number) => Math.floor(of * call.part);
        const upper = upperCost(price, call);
        const cost = costOf(price, usage(input, output, part(input), part(output)));
        return cost <= upper && expectedCost(price, call, call.average ?? undefined) <= upper;
      }),
    );
  });

  test('is expected by four bytes a token, and the output that the model usually gives', () => {
    const price = row('m', { input: '1', output: '2' });
    const call = { inputBytes: 4_001, maxOutputTokens: 500 };
    expect(expectedCost(price, call, undefined)).toBe(1_001_000);
    expect(expectedCost(price, call, 200.4)).toBe(1_001_000 + 400_000);
    expect(expectedCost(price, call, 10_000)).toBe(1_001_000 + 1_000_000);
    expect(upperCost(price, call)).toBe(4_001_000 + 1_000_000);
  });
});

describe('the price of a model', () => {
  const model = (prices: readonly ModelPrice[], name: string, at = 10) =>
    priceInForce(prices, name, at);

  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/bc', false],
    ['a/*', 'a/b', true],
    ['a/*', 'a/', true],
    ['*', 'anything', true],
    ['*/x', 'a/b/x', true],
    ['a*c*e', 'abcde', true],
    ['a*c*e', 'ace', true],
    ['a*cc*e', 'ace', false],
    ['a*a', 'a', false],
    ['**', '', true],
    ['a/.*', 'a/b', false],
  ])('the pattern %s for %s: %s', (pattern, name, matches) => {
    expect(matchesModel(pattern, name)).toBe(matches);
  });

  test('is that of the most specific pattern', () => {
    const rows = [row('*'), row('a/*'), row('a/big*'), row('a/big-1'), row('*/big-12345')];
    expect(model(rows, 'a/big-1')?.model).toBe('a/big-1');
    expect(model(rows, 'a/big-2')?.model).toBe('a/big*');
    expect(model(rows, 'a/x')?.model).toBe('a/*');
    expect(model(rows, 'b/x')?.model).toBe('*');
    expect(model([row('a/*')], 'b/x')).toBeUndefined();
  });

  test('is that of the latest row in force', () => {
    const rows = [
      row('a/*', { input: '1', effectiveFrom: 0 }),
      row('a/*', { input: '2', effectiveFrom: 10, effectiveTo: 20 }),
      row('a/*', { input: '3', effectiveFrom: 30 }),
    ];
    const inputs = [0, 9, 10, 19, 20, 29, 30].map((at) => model(rows, 'a/x', at)?.input);
    expect(inputs).toEqual(['1', '1', '2', '2', '1', '1', '3']);
    expect(model(rows, 'a/x', -1)).toBeUndefined();
  });

  test('is that of a stored row before one of the same pattern that was shipped', () => {
    const shipped = row('a/*', { input: '9', effectiveFrom: 5, shipped: true });
    const stored = row('a/*', { input: '1' });
    expect(model([shipped, stored], 'a/x')?.input).toBe('1');
    expect(model([stored, shipped], 'a/x')?.input).toBe('1');
  });

  test('does not depend on the order of the rows', () => {
    const some = fc.array(
      fc.record({
        model: fc.constantFrom('*', 'a/*', 'a/b*', 'a/b', '*/b', 'a/*b'),
        effectiveFrom: fc.integer({ min: 0, max: 20 }),
        shipped: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(some, (given) => {
        const rows = given.map((over, i) => row(over.model, { ...over, input: String(i) }));
        const [one, other] = [rows, rows.toReversed()].map((list) => model(list, 'a/b'));
        const same = (p: ModelPrice | undefined) => p && [p.model, p.effectiveFrom, p.shipped];
        expect(same(one)).toEqual(same(other));
      }),
    );
  });

  test('ships for models that are well known, by their dated names too', () => {
    const shipped = (name: string) =>
      priceInForce(SHIPPED_PRICES, name, Date.UTC(2026, 0, 1))?.model;
    expect(shipped('anthropic/claude-sonnet-4-5-20250929')).toBe('anthropic/claude-sonnet-4*');
    expect(shipped('openai/gpt-4o-mini-2024-07-18')).toBe('openai/gpt-4o-mini*');
    expect(shipped('google/gemini-2.5-flash-lite')).toBe('google/gemini-2.5-flash-lite*');
    expect(shipped('scripted/demo')).toBe('scripted/*');
    expect(shipped('openai/nobody-knows')).toBeUndefined();
    for (const price of SHIPPED_PRICES) expect(() => upperCost(price, ONE)).not.toThrow();
  });
  const ONE = { inputBytes: 1, maxOutputTokens: 1 };
});
