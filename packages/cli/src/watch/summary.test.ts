import { describe, expect, it } from 'vitest';
import { at, sampleNode, sampleSnapshot } from '../../test/samples.ts';
import { PLAIN } from '../terminal/palette.ts';
import { readOutline } from './outline.ts';
import { causesOf, type FailedNode, summaryLines, tailOf } from './summary.ts';

const outline = readOutline({ nodes: [{ id: 'all', children: [{ id: 'nap' }] }] });
const summary = (
  nodes: Parameters<typeof sampleSnapshot>[0],
  over: Parameters<typeof sampleSnapshot>[1] = {},
  failed: readonly FailedNode[] = [],
) =>
  summaryLines(sampleSnapshot(nodes, { completed_at: at(5), ...over }), {
    palette: PLAIN,
    outline,
    width: 60,
    failed,
  });

describe('a summary', () => {
  it('stands nodes in their groups and a fan-out on one row', () => {
    const naps = Array.from({ length: 20 }, (_, i) => sampleNode(`nap[${i}]`, 'completed'));
    const nodes = [
      sampleNode('all', 'completed', { type: 'parallel_group' }),
      sampleNode('after', 'completed'),
      ...naps,
    ];
    expect(summary(nodes, { status: 'completed' }).slice(1, 6)).toEqual([
      'NODE       STATUS       ATTEMPTS  TIME',
      'all        ✓ completed  1         2.5 s',
      '  nap ×20  ✓                             20 completed',
      'after      ✓ completed  1         2.5 s',
      '',
    ]);
  });

  it('gives a node the time of its attempts, without what lay between them', () => {
    const again = sampleNode('build', 'completed', {
      ...{ attempts: 2, started_at: at(0), completed_at: at(3_600), duration_ms: 2_000 },
    });
    expect(summary([again], { status: 'completed' })[2]).toMatch(/^build +✓ completed +2 +2\.0 s$/);
  });

  it('tells what was undone, and that undoing failed of a node that has completed', () => {
    const error_details = {
      ...{ type: 'compensation_failed', message: 'Undoing it failed: exit code 9.' },
      node_id: 'hotel',
    };
    const pay = sampleNode('pay', 'failed');
    const nodes = [
      sampleNode('flight', 'completed', { kind: 'rollback' }),
      sampleNode('hotel', 'completed', {
        kind: 'rollback',
        error: { type: 'compensation_failed', message: error_details.message },
      }),
      pay,
    ];
    const lines = summary(nodes, { status: 'failed', error_details }, [{ node: pay, logTail: [] }]);
    expect(lines).toContain('flight  ✓ completed  1         2.5 s  undone');
    expect(lines).toContain('hotel   ✓ completed  1         2.5 s');
    expect(lines.at(-1)).toBe('Undoing it failed: exit code 9.');
  });

  it('folds a long chain to what people still read', () => {
    const nodes = Array.from({ length: 300 }, (_, i) => sampleNode(`n${i}`, 'completed'));
    nodes[150] = sampleNode('n150', 'failed');
    const lines = summary(nodes, { status: 'failed' });
    expect(lines.slice(2, 5).map((line) => line.replace(/ +/g, ' '))).toEqual([
      'n0 … n149 ✓ 150 completed',
      'n150 ✗ failed 1 2.5 s',
      'n151 … n299 ✓ 149 completed',
    ]);
  });

  it('of a job that nobody listed in full has its counts', () => {
    const lines = summary([sampleNode('a', 'failed')], { status: 'failed', node_count: 50_000 });
    expect(lines).toContain('50000 nodes: 0 completed, 1 failed, 0 skipped');
  });

  it('has the reason of the job when no node has one', () => {
    const error_details = { type: 'deadline', message: 'The deadline passed.' };
    const lines = summary([], { status: 'timeout', error_details });
    expect(lines.at(-1)).toBe('The deadline passed.');
  });

  it('cuts what is long, and shows no more than ten failed cases', () => {
    const cases = Array.from({ length: 14 }, (_, i) => ({
      name: `case ${i}`,
      status: 'failed',
      message: 'x'.repeat(200),
    }));
    const node = sampleNode('unit', 'failed', { output: { counts: { failed: 14 }, cases } });
    const lines = summary([node], { status: 'failed' }, [{ node, logTail: ['y'.repeat(200)] }]);
    const shown = lines.filter((line) => line.startsWith('  ✗ case'));
    expect(shown).toHaveLength(10);
    expect(lines).toContain('  … and 4 more failed cases');
    for (const line of [...shown, ...lines.filter((one) => one.includes('│'))]) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });
});

describe('the causes of a failure', () => {
  const upstream = { type: 'upstream_failed', message: 'its parent failed' };

  it('are neither groups nor nodes that only waited', () => {
    const nodes = [
      sampleNode('group', 'failed', { type: 'sequential_group' }),
      sampleNode('build', 'failed'),
      sampleNode('slow', 'timeout'),
      sampleNode('deploy', 'failed', { error: upstream }),
      sampleNode('lint', 'completed'),
    ];
    expect(causesOf(nodes).map(({ node_id }) => node_id)).toEqual(['build', 'slow']);
  });

  it('are whatever failed when that is all there is', () => {
    const nodes = [sampleNode('deploy', 'failed', { error: upstream })];
    expect(causesOf(nodes)).toEqual(nodes);
    expect(causesOf([sampleNode('a', 'completed')])).toEqual([]);
  });
});

describe('the end of a log', () => {
  it('is its last lines, however they were cut into entries', () => {
    expect(tailOf(['one\ntwo\n', 'three\n', 'four'], 3)).toEqual(['two', 'three', 'four']);
    expect(tailOf([], 3)).toEqual([]);
  });

  it('has nothing that plays with the terminal', () => {
    expect(tailOf(['\u001b[31mred\u001b[0m\u0007\n'], 3)).toEqual(['red\ufffd']);
  });
});
