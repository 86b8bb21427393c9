import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START, sampleNode, sampleSnapshot } from '../../test/samples.ts';
import { createPalette, PLAIN } from '../terminal/palette.ts';
import { cellWidth, printable } from '../terminal/text.ts';
import { type FrameOptions, renderFrame } from './frame.ts';
import { readOutline } from './outline.ts';
import type { Snapshot } from './snapshot.ts';

const draw = (snapshot: Snapshot, over: Partial<FrameOptions> = {}) =>
  renderFrame(snapshot, {
    outline: new Map(),
    palette: PLAIN,
    width: 72,
    height: 20,
    now: START + 12_400,
    turn: 0,
    ...over,
  }).join('\n');

const outline = readOutline({
  nodes: [{ id: 'build' }, { id: 'shards', children: [{ id: 'shard' }] }, { id: 'deploy' }],
});

describe('a frame', () => {
  it('shows each node with its status, and what there is to say of it', () => {
    const snapshot = sampleSnapshot([
      sampleNode('checkout', 'completed'),
      sampleNode('build', 'running', { attempts: 2 }),
      sampleNode('lint', 'failed', { error: { type: 'exit_code', message: 'exit code 1' } }),
      sampleNode('pause', 'waiting', { waiting_for: { until: '2026-01-15T10:00:00.000Z' } }),
      sampleNode('notify', 'skipped'),
      sampleNode('deploy'),
    ]);
    expect(draw(snapshot)).toBe(
      [
        '◐ nightly checks  running  12 s',
        '━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌  50%  1 completed, 1 running, 1 failed, 1 skip…',
        '✓ checkout  completed  2.5 s',
        '◐ build     running    11 s, attempt 2',
        '✗ lint      failed     2.5 s, exit code 1',
        '◷ pause     waiting    until 2026-01-15T10:00:00.000Z',
        '– notify    skipped',
        '○ deploy    pending',
      ].join('\n'),
    );
  });

  it('shows the tests of a test run', () => {
    const output = { counts: { total: 5, passed: 3, failed: 1, errors: 0, skipped: 1 }, cases: [] };
    const snapshot = sampleSnapshot([sampleNode('unit', 'failed', { output })]);
    expect(draw(snapshot).split('\n').at(-1)).toBe(
      '✗ unit  failed     2.5 s, 3 passed, 1 failed, 1 skipped',
    );
  });

  it('stands what is in a group below it, and a large fan-out on one row', () => {
    const shards = Array.from({ length: 100 }, (_, i) =>
      sampleNode(`shard[${i}]`, i < 60 ? 'completed' : i < 68 ? 'running' : 'pending'),
    );
    const failed = sampleNode('shard[100]', 'failed', { error: { type: 'x', message: 'broke' } });
    const nodes = [
      sampleNode('build', 'completed'),
      sampleNode('shards', 'running', { type: 'parallel_group' }),
      ...shards,
      failed,
      sampleNode('deploy'),
    ];
    expect(draw(sampleSnapshot(nodes), { outline })).toBe(
      [
        '◐ nightly checks  running  12 s',
        '━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌  59%  61 completed, 9 running, 1 failed, 33 to…',
        '✓ build           completed  2.5 s',
        '◐ shards          running    11 s',
        '◐   shard ×101    8 running, 1 failed, 32 pending, 60 completed',
        '✗     shard[100]  failed     2.5 s, broke',
        '○ deploy          pending',
      ].join('\n'),
    );
  });

  it('shows a small fan-out in full', () => {
    const nodes = ['shards', 'shard[0]', 'shard[1]'].map((id) => sampleNode(id, 'running'));
    expect(draw(sampleSnapshot(nodes), { outline }).split('\n').slice(2)).toEqual([
      '◐ shards      running    11 s',
      '◐   shard[0]  running    11 s',
      '◐   shard[1]  running    11 s',
    ]);
  });

  it('folds finished groups when there is no room for them', () => {
    const nodes = ['build', 'shards', 'shard[0]', 'shard[1]'].map((id) =>
      sampleNode(id, 'completed'),
    );
    const snapshot = sampleSnapshot([...nodes, sampleNode('deploy', 'running')]);
    expect(draw(snapshot, { outline, height: 5 }).split('\n').slice(2)).toEqual([
      '✓ build   completed  2.5 s',
      '✓ shards  completed  2.5 s',
      '◐ deploy  running    11 s',
    ]);
  });

  it('folds neighbours that are done or have yet to come, then counts what is left', () => {
    const nodes = [
      ...Array.from({ length: 30 }, (_, i) => sampleNode(`a${i}`, 'completed')),
      sampleNode('b', 'running'),
      ...Array.from({ length: 30 }, (_, i) => sampleNode(`c${i}`)),
    ];
    expect(draw(sampleSnapshot(nodes), { height: 5 }).split('\n').slice(2)).toEqual([
      '✓ a0 … a29  30 completed',
      '◐ b         running    11 s',
      '○ c0 … c29  30 pending',
    ]);
    const busy = nodes.map((node, i) => (i % 2 ? sampleNode(`d${i}`, 'running') : node));
    expect(draw(sampleSnapshot(busy), { height: 5 }).split('\n').slice(2)).toEqual([
      '◐ d1         running    11 s',
      '◐ d3         running    11 s',
      '◐ … 59 more  29 running, 15 pending, 15 completed',
    ]);
  });

  it('says how many nodes it was not given', () => {
    const snapshot = sampleSnapshot([sampleNode('a', 'running')], { node_count: 50_000 });
    expect(draw(snapshot).split('\n').at(-1)).toBe('… 49999 more nodes');
  });

  it('says that the server is away, in its last line', () => {
    const snapshot = sampleSnapshot([sampleNode('a', 'running')]);
    expect(draw(snapshot, { notice: 'No answer; trying again' }).split('\n').at(-1)).toBe(
      'No answer; trying again',
    );
  });

  it('says that a cancel is under way, and stops the clock of a job that is over', () => {
    const over = { status: 'cancelled', cancelling: true } as const;
    const snapshot = sampleSnapshot([], { ...over, completed_at: '2026-01-15T09:32:05.000Z' });
    expect(draw(snapshot).split('\n')[0]).toBe(
      '■ nightly checks  cancelled, cancelling  2 min 05 s',
    );
  });

  it('turns the ring of what runs', () => {
    const snapshot = sampleSnapshot([sampleNode('a', 'running')]);
    const icons = [0, 1, 2, 3, 4].map((turn) => draw(snapshot, { turn })[0]);
    expect(icons).toEqual(['◐', '◓', '◑', '◒', '◐']);
  });

  it('fits the terminal, whatever its size and whatever the names', () => {
    const statuses = fc.constantFrom('pending', 'running', 'completed', 'failed', 'waiting');
    const node = fc.record({ id: fc.string({ unit: 'binary', minLength: 1 }), status: statuses });
    fc.assert(
      fc.property(
        fc.array(node, { maxLength: 60 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 40 }),
        (nodes, width, height) => {
          const snapshot = sampleSnapshot(
            nodes.map(({ id, status }) =>
              sampleNode(id, status, { error: { type: 'x', message: id } }),
            ),
            { job_name: nodes[0]?.id ?? 'x', node_count: nodes.length + 1 },
          );
          const lines = draw(snapshot, { width, height, notice: 'away' }).split('\n');
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) {
            expect(printable(line)).toBe(line);
            expect(cellWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is a short line where there is hardly any room', () => {
    expect(draw(sampleSnapshot([sampleNode('a', 'running')]), { width: 8 })).toBe('0% runn…');
  });

  it('is coloured by nothing but escape sequences around the same text', () => {
    const snapshot = sampleSnapshot([sampleNode('a', 'running'), sampleNode('b', 'failed')]);
    const coloured = draw(snapshot, { palette: createPalette(true) });
    expect(coloured).toContain('\u001b[31m');
    expect(coloured.split('\n').map(printable).join('\n')).toBe(draw(snapshot));
  });
});
