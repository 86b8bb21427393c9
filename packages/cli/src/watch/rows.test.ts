import { NODE_STATUSES } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleNode } from '../../test/samples.ts';
import { treeOf } from './outline.ts';
import { countsText, fitRows, type Row } from './rows.ts';

const shown = (rows: readonly Row[]): number =>
  rows.reduce((sum, { node, members }) => sum + (members?.length ?? (node ? 1 : 0)), 0);
const nodesOf = (...statuses: readonly (typeof NODE_STATUSES)[number][]) =>
  statuses.map((status, i) => sampleNode(`n${i}`, status));
const rowsOf = (nodes: ReturnType<typeof nodesOf>, height: number) =>
  fitRows(treeOf(nodes, new Map()), height);

describe('the rows of a tree', () => {
  it('count each node exactly once, whatever the room', () => {
    const statuses = fc.array(fc.constantFrom(...NODE_STATUSES), { maxLength: 80 });
    fc.assert(
      fc.property(statuses, fc.integer({ min: 1, max: 50 }), (all, height) => {
        const rows = rowsOf(nodesOf(...all), height);
        expect(rows.length).toBeLessThanOrEqual(height);
        expect(shown(rows)).toBe(all.length);
      }),
    );
  });

  it('leave a running or failed node out only for others of its kind', () => {
    const statuses = fc.array(fc.constantFrom(...NODE_STATUSES), { maxLength: 60 });
    fc.assert(
      fc.property(statuses, fc.integer({ min: 2, max: 30 }), (all, height) => {
        const rows = rowsOf(nodesOf(...all), height);
        const alone = rows.flatMap(({ node }) => (node ? [node.status] : []));
        const running = all.filter((status) => status === 'running').length;
        const kept = alone.filter((status) => status === 'running').length;
        if (kept < running) expect(alone.every((status) => status === 'running')).toBe(true);
      }),
    );
  });

  it('are none where there is no room', () => {
    expect(rowsOf(nodesOf('running', 'failed'), 0)).toEqual([]);
    expect(rowsOf([], 5)).toEqual([]);
  });

  it('stand in the order of the plan', () => {
    const nodes = nodesOf('completed', 'pending', 'failed', 'completed', 'running', 'pending');
    expect(rowsOf(nodes, 10).map(({ label }) => label)).toEqual([
      'n0',
      'n1',
      'n2',
      'n3',
      'n4',
      'n5',
    ]);
    expect(rowsOf(nodes, 3).map(({ label }) => label)).toEqual(['n2', 'n4', '… 4 more']);
  });

  it('show no more than five failures of a large fan-out', () => {
    const nodes = Array.from({ length: 100 }, (_, i) => sampleNode(`s[${i}]`, 'failed'));
    const rows = rowsOf(nodes, 30);
    expect(rows.map(({ label }) => label)).toEqual([
      's ×100',
      's[0]',
      's[1]',
      's[2]',
      's[3]',
      's[4]',
    ]);
  });

  it('take as long for a hundred thousand nodes as it takes to look at each', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => sampleNode(`n${i}`, 'running'));
    expect(shown(rowsOf(nodes, 20))).toBe(100_000);
  });
});

describe('counts', () => {
  it('are told with the most telling first', () => {
    expect(countsText(nodesOf('completed', 'pending', 'running', 'completed', 'failed'))).toBe(
      '1 running, 1 failed, 1 pending, 2 completed',
    );
    expect(countsText([])).toBe('');
  });
});
