import type { Attempt, JobNode } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOf, spanOf, ticksOf, zoom } from './timeline.ts';

const T = Date.parse('2026-01-15T12:00:00.000Z');
const at = (ms: number) => new Date(T + ms).toISOString();

const node = (node_id: string, more: Partial<JobNode> = {}): JobNode => ({
  ...{ node_id, index: 0, name: null, type: 'action', uses: 'x', status: 'completed', attempts: 1 },
  ...{ parent_nodes: [], output: null, error: null, started_at: null, completed_at: null },
  ...{ duration_ms: null, generation: 0, kind: 'work', waiting_for: null },
  ...more,
});
const attempt = (node_id: string, number: number, from: number, to: number): Attempt => ({
  ...{ node_id, attempt: number, generation: 0, kind: 'work', status: 'failed' },
  ...{ started_at: at(from), completed_at: at(to), duration_ms: to - from, retry_at: null },
  ...{ output: null, error: null },
});

describe('the rows of a timeline', () => {
  it('have attempts side by side, with the waits between them', () => {
    const [row] = rowsOf([node('a')], [attempt('a', 2, 500, 900), attempt('a', 1, 0, 100)]);
    expect(row?.bars.map(({ kind, from, to }) => [kind, from - T, (to ?? 0) - T])).toEqual([
      ['attempt', 0, 100],
      ['wait', 100, 500],
      ['attempt', 500, 900],
    ]);
  });

  it('show what goes on, and what waits, without an end', () => {
    const rows = rowsOf(
      [
        node('runs', { status: 'running', started_at: at(0) }),
        node('waits', { status: 'waiting', started_at: at(10) }),
      ],
      [attempt('waits', 1, 10, 20)],
    );
    expect(rows[0]?.bars).toMatchObject([{ kind: 'attempt', status: 'running', to: null }]);
    expect(rows[1]?.bars.at(-1)).toMatchObject({ kind: 'wait', to: null });
  });

  it('make do with the node where attempts are not known', () => {
    const known = node('a', { started_at: at(0), completed_at: at(50), attempts: 3 });
    expect(rowsOf([known], [])[0]?.bars).toMatchObject([{ attempt: 3, from: T, to: T + 50 }]);
  });

  it('come in the order in which nodes began, those that have not come last', () => {
    const nodes = [
      node('later', { started_at: at(9) }),
      node('never'),
      node('first', { started_at: at(1) }),
    ];
    expect(rowsOf(nodes, []).map(({ nodeId }) => nodeId)).toEqual(['first', 'later', 'never']);
  });
});

describe('the scale of a timeline', () => {
  it('reaches from the first start to the last end, or to now', () => {
    const rows = rowsOf([node('a', { started_at: at(5), completed_at: at(50) })], []);
    expect(spanOf(rows, T + 999)).toEqual({ from: T + 5, to: T + 50 });
    const going = rowsOf([node('a', { started_at: at(5), status: 'running' })], []);
    expect(spanOf(going, T + 999)).toEqual({ from: T + 5, to: T + 999 });
    expect(spanOf([], T)).toEqual({ from: T, to: T + 1_000 });
  });

  it('has round marks, and never more than there is room for', () => {
    expect(ticksOf({ from: T, to: T + 3_400 }, 6)).toEqual([0, 1_000, 2_000, 3_000]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 11 }),
        fc.integer({ min: 2, max: 12 }),
        (length, most) => {
          const ticks = ticksOf({ from: 0, to: length }, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks.at(-1) ?? 0).toBeLessThanOrEqual(length);
        },
      ),
    );
  });

  it('zooms around a point and never shows what is not there', () => {
    const whole = { from: 0, to: 1_000 };
    expect(zoom(whole, whole, 2, 500)).toEqual({ from: 250, to: 750 });
    const times = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(times, fc.double({ min: 0.1, max: 10, noNaN: true }), (point, factor) => {
        const { from, to } = zoom(whole, { from: 200, to: 600 }, factor, point);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1_000 + 1e-6);
        expect(to).toBeGreaterThan(from);
      }),
    );
  });
});
