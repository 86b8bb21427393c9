import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, codeOf } from './graph.fixture.ts';
import { told } from './run-states.ts';
import { barsOf, spanOf, ticksOf, zoom } from './timeline.ts';

const NOW = 5_000;
const attempts = (
  ...of: readonly (readonly [node: number, n: number, from: number, to: number])[]
) => ({
  ...{ node: of.map(([node]) => node), attempt: of.map(([, n]) => n) },
  state: of.map(() => codeOf('failed')),
  ...{ started: of.map(([, , from]) => from), ended: of.map(([, , , to]) => to) },
});

describe('the rows of a timeline', () => {
  it('show attempts side by side, and what was waited between them', () => {
    const states = told(
      undefined,
      answer(['running'], {
        attempts: attempts([0, 1, 0, 10], [0, 2, 30, 40]),
        running: [{ node: 0, attempt: 3, started: 40 }],
      }),
      NOW,
    );
    expect(barsOf(states, 0).map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['attempt', 1_000, 1_010],
      ['wait', 1_010, 1_030],
      ['attempt', 1_030, 1_040],
      ['attempt', 1_040, null],
    ]);
  });

  it('show a wait that goes on', () => {
    const waits = [{ node: 0, since: 10, until: 900 }];
    const states = told(
      undefined,
      answer(['retrying'], { attempts: attempts([0, 1, 0, 10]), waits }),
      NOW,
    );
    expect(barsOf(states, 0).at(-1)).toMatchObject({ kind: 'wait', from: 1_010, to: null });
    expect(spanOf(states, NOW)).toEqual({ from: 1_000, to: NOW });
  });

  it('show what only waits as a wait, also when it is over', () => {
    const states = told(
      undefined,
      answer(['completed'], { attempts: attempts([0, 1, 0, 9]) }),
      NOW,
    );
    expect(barsOf(states, 0, 'sleep.for')).toMatchObject([{ kind: 'wait', to: 1_009 }]);
  });

  it('span from the first start to the last end', () => {
    const states = told(undefined, answer(['failed'], { attempts: attempts([0, 1, 5, 25]) }), NOW);
    expect(spanOf(states, NOW)).toEqual({ from: 1_005, to: 1_025 });
    expect(spanOf(told(undefined, answer(['pending']), NOW), NOW).to).toBeGreaterThan(NOW);
  });
});

describe('the scale', () => {
  it('has round steps, and not too many', () => {
    expect(ticksOf({ from: 0, to: 1_000 }, 5)).toEqual([0, 200, 400, 600, 800, 1_000]);
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), (length) => {
        expect(ticksOf({ from: 0, to: length }, 6).length).toBeLessThanOrEqual(7);
      }),
    );
  });

  it('never shows more than there is', () => {
    const whole = { from: 0, to: 1_000 };
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 20, noNaN: true }), fc.nat(1_000), (factor, at) => {
        const { from, to } = zoom(whole, { from: 200, to: 600 }, factor, at);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1_000 + 1e-6);
      }),
    );
  });
});
