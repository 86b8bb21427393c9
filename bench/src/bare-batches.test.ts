import { LIMITS } from '@tenuto/contract';
import { type Batch, runIdOf } from '@tenuto/engine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bareBatches, newRunId, submitBatch } from './bare-batches.ts';
import { nodesOf, planOf, SHAPES, type Shape } from './shape.ts';

const START_BYTES = 22;
const now = Date.UTC(2026, 0, 1);

const shapes = fc.record<Shape>({
  name: fc.constant('any'),
  runs: fc.integer({ min: 1, max: 30 }),
  outstanding: fc.integer({ min: 1, max: 40 }),
  levels: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
  passes: fc.constant(1),
});

function startsOf({ starts }: Batch): { run: string; node: number; attempt: number }[] {
  return Array.from({ length: starts.length / START_BYTES }, (_, i) => {
    const bytes = Buffer.from(starts.subarray(i * START_BYTES, (i + 1) * START_BYTES));
    const run = bytes.toString('hex', 0, 16);
    return { run, node: bytes.readUInt32BE(16), attempt: bytes.readUInt16BE(20) };
  });
}

const hexOf = ({ bytes }: { readonly bytes: Uint8Array }) => Buffer.from(bytes).toString('hex');

function recordsOf(batch: Batch): number {
  const { submits, attempts, updates } = batch;
  return submits.length + attempts.length + updates.length + startsOf(batch).length;
}

/** Where each thing was committed: the index of its batch. */
function commitsOf(batches: readonly Batch[]) {
  const submitted = new Map<string, number>();
  const started = new Map<string, number>();
  const ended = new Map<string, number>();
  const finished = new Map<string, number>();
  batches.forEach((batch, i) => {
    for (const { runId } of batch.submits) submitted.set(hexOf(runId), i);
    for (const { run, node } of startsOf(batch)) started.set(`${run}/${node}`, i);
    for (const { runId, node } of batch.attempts) ended.set(`${hexOf(runId)}/${node}`, i);
    for (const { runId } of batch.updates) finished.set(hexOf(runId), i);
  });
  return { submitted, started, ended, finished };
}

describe('the batches of a bare flush', () => {
  test('hold one submit and one finish a run, one start and one attempt a node', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const batches = bareBatches({ shape, plan: planOf(shape.levels), now });
        const { submitted, started, ended, finished } = commitsOf(batches);
        const { runs } = shape;
        const nodes = nodesOf(shape);
        expect([submitted.size, finished.size]).toEqual([runs, runs]);
        expect([started.size, ended.size]).toEqual([nodes, nodes]);
        expect(batches.reduce((sum, batch) => sum + recordsOf(batch), 0)).toBe(2 * (runs + nodes));
      }),
    );
  });

  test('are as full as they may be and no fuller, and numbered without a gap', () => {
    const { single } = SHAPES;
    const batches = bareBatches({ shape: single, plan: planOf([1]), now });
    expect(batches.map(({ seq }) => seq)).toEqual(batches.map((_, i) => i + 1));
    expect(Math.max(...batches.map(recordsOf))).toBe(LIMITS.flushRows);
    expect(batches.length).toBe((single.runs * 4) / LIMITS.flushRows);
  });

  test('start a node only with or after the ends of all that it needs', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const plan = planOf(shape.levels);
        const { submitted, started, ended, finished } = commitsOf(
          bareBatches({ shape, plan, now }),
        );
        for (const [key, at] of started) {
          const [run = '', node = ''] = key.split('/');
          expect(submitted.get(run)).toBeLessThanOrEqual(at);
          expect(ended.get(key)).toBeGreaterThan(at);
          expect(finished.get(run)).toBeGreaterThanOrEqual(ended.get(key) ?? Infinity);
          const index = Number(node);
          const from = plan.predecessorOffsets[index] ?? 0;
          const to = plan.predecessorOffsets[index + 1] ?? 0;
          for (const parent of plan.predecessors.subarray(from, to)) {
            expect(ended.get(`${run}/${parent}`)).toBeLessThanOrEqual(at);
          }
        }
      }),
    );
  });

  test('keep no more runs under way than the shape has', () => {
    const shape: Shape = { name: 'few', runs: 20, outstanding: 3, levels: [1, 2], passes: 1 };
    let live = 0;
    for (const batch of bareBatches({ shape, plan: planOf(shape.levels), now })) {
      live += batch.submits.length;
      expect(live).toBeLessThanOrEqual(3);
      live -= batch.updates.length;
    }
    expect(live).toBe(0);
  });

  test('leave out the submits of runs that are stored already', () => {
    const submitted = [newRunId(now), newRunId(now)];
    const shape: Shape = { name: 'two', runs: 2, outstanding: 2, levels: [1], passes: 1 };
    const batches = bareBatches({ shape, plan: planOf([1]), submitted, firstSeq: 5, now });
    expect(batches[0]?.seq).toBe(5);
    expect(batches.flatMap(({ submits }) => submits)).toEqual([]);
    expect(batches.flatMap(startsOf)).toEqual(
      submitted.map((id) => ({ run: hexOf(id), node: 0, attempt: 1 })),
    );
  });
});

describe('a batch of submits', () => {
  test.each([
    [true, 'running'],
    [false, 'queued'],
  ] as const)('owned: %s, leaves its runs %s', (owned, status) => {
    const id = newRunId(now);
    const batch = submitBatch([id], { plan: planOf([1]), owned, now, seq: 3 });
    expect(batch).toMatchObject({ seq: 3, submits: [{ runId: id, owned, status }] });
  });
});

describe('a run id', () => {
  test('is a UUIDv7 of its millisecond', () => {
    const { text, bytes } = newRunId(now);
    expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(text.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
    expect(runIdOf(text)).toEqual({ text, bytes });
  });
});
