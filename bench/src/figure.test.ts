import { describe, expect, test } from 'vitest';
import { compared, figure, isReached, withoutAim } from './figure.ts';

describe('a figure beside its reference', () => {
  test('is the median of its samples, and its ratio that of the pairs', () => {
    const pairs = [
      { sample: 50, reference: 100 },
      { sample: 90, reference: 100 },
      { sample: 10, reference: 40 },
    ];
    const measured = compared('a', 'x/s', { pairs, what: 'bare flush', better: 'higher' });
    expect(measured).toMatchObject({ value: 50, samples: [50, 90, 10], ratio: 0.5 });
    expect(measured.reference).toEqual({ what: 'bare flush', value: 100, samples: [100, 100, 40] });
    expect('aim' in measured).toBe(false);
  });

  test('has a ratio over 1 when less is better and it is less', () => {
    const pairs = [{ sample: 2, reference: 4 }];
    expect(compared('a', 'ms', { pairs, what: 'bare', better: 'lower' }).ratio).toBe(2);
  });
});

describe('an aim', () => {
  const of = (value: number, aim: Parameters<typeof figure>[2]['aim']) =>
    isReached(figure('a', 'ms', { samples: [value], ...(aim !== undefined && { aim }) }));

  test.each([
    [1, { of: 'value', most: 1 }, true],
    [1.1, { of: 'value', most: 1 }, false],
    [1, { of: 'value', least: 1 }, true],
    [0.9, { of: 'value', least: 1 }, false],
    [1, undefined, undefined],
  ] as const)('of %d under %o is reached: %s', (value, aim, reached) => {
    expect(of(value, aim)).toBe(reached);
  });

  test('of a ratio that was not measured is missed', () => {
    expect(of(1, { of: 'ratio', least: 0 })).toBe(false);
  });

  test('can be taken away', () => {
    const bare = withoutAim(figure('a', 'ms', { samples: [1], aim: { of: 'value', most: 0 } }));
    expect(bare).toEqual({ name: 'a', unit: 'ms', value: 1, samples: [1] });
  });
});
