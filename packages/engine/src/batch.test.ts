import { LIMITS } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  callOf,
  consumedOf,
  endOf,
  eventOf,
  finishOf,
  journaled,
  progressOf,
  startOf,
} from '../test/records.ts';
import { batchOf, takeTurns } from './batch.ts';
import type { Journaled } from './record.ts';

const PLACE = { seq: 1, floorSeq: 1 };

/** A run with so many records waiting. */
function busy(count: number, output?: string): Journaled {
  const run = journaled();
  for (let i = 0; i < count; i += 1) run.queue.push(endOf(run, callOf(i), output));
  return run;
}

describe('turns', () => {
  test('let small runs into the first flush beside a large one', () => {
    const large = busy(10_000);
    const small = Array.from({ length: 50 }, () => busy(1));
    const taken = takeTurns([large, ...small]);
    for (const run of small) expect(taken.some((record) => record.run === run)).toBe(true);
    expect(taken.length).toBeLessThanOrEqual(LIMITS.flushRows);
  });

  test('are over when the flush is large enough in bytes', () => {
    const runs = Array.from({ length: 40 }, () => busy(100, 'x'.repeat(20_000)));
    const taken = takeTurns(runs);
    const bytes = taken.reduce(
      (sum, record) => sum + (record.kind === 'attempt' ? (record.row.output?.length ?? 0) : 0),
      0,
    );
    expect(bytes).toBeGreaterThan(LIMITS.flushBytes / 2);
    expect(bytes).toBeLessThan(LIMITS.flushBytes * 1.1);
  });

  test('count what a submit carries', () => {
    const submits = Array.from({ length: 200 }, () => {
      const run = journaled();
      const params = { text: 'x'.repeat(500_000) };
      const input = { params, maxConcurrentNodes: 1, failFast: false, timeoutMs: 1 };
      const submission = { input } as never;
      const row = {
        runId: run.id,
        submission,
        createdAt: 1,
        status: 'queued',
        owned: false,
      } as const;
      run.queue.push({ kind: 'submit', run, row });
      return run;
    });
    expect(takeTurns(submits).length).toBeLessThan(12);
  });

  test('take everything in the end, each run in its own order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_500), { minLength: 1, maxLength: 12 }), (sizes) => {
        const runs = sizes.map((size) => {
          const run = journaled();
          for (let seq = 1; seq <= size; seq += 1) run.queue.push(eventOf(run, seq));
          return run;
        });
        const ring = runs.filter((run) => run.queue.length > 0);
        const seen = new Map<Journaled, number>();
        while (ring.length > 0) {
          const taken = takeTurns(ring);
          expect(taken.length).toBeGreaterThan(0);
          expect(taken.length).toBeLessThanOrEqual(LIMITS.flushRows);
          for (const record of taken) {
            const last = seen.get(record.run) ?? 0;
            expect(record.kind === 'event' && record.row.seq).toBe(last + 1);
            seen.set(record.run, last + 1);
          }
        }
        expect(runs.map((run) => seen.get(run) ?? 0)).toEqual(sizes);
      }),
      { numRuns: 30 },
    );
  });

  test('keep a message and what came of it together, where the flush is full between them', () => {
    const room = LIMITS.flushRows;
    for (const before of [room - 3, room - 2, room - 1]) {
      const run = busy(before);
      run.queue.push(consumedOf(run, 3), startOf(run, callOf(1)), eventOf(run, 1), eventOf(run, 2));
      run.queue.push(eventOf(run, 3));
      const taken = takeTurns([run]);
      const message = taken.findIndex(({ kind }) => kind === 'consumed');
      expect(taken.slice(message + 1, message + 4).map(({ kind }) => kind)).toEqual([
        ...['start', 'event', 'event'],
      ]);
    }
  });

  test('pass over a run whose records were forgotten', () => {
    const [empty, other] = [busy(3), busy(2)];
    const ring = [empty, other];
    empty.queue.length = 0;
    expect(takeTurns(ring)).toHaveLength(2);
    expect(ring).toEqual([]);
  });
});

describe('a batch', () => {
  test('packs each start into 22 bytes', () => {
    const run = journaled();
    const { starts } = batchOf([startOf(run, callOf(70_000, 513)), startOf(run, callOf(1))], PLACE);
    expect(starts).toHaveLength(44);
    const packed = Buffer.from(starts);
    expect(packed.subarray(0, 16)).toEqual(Buffer.from(run.id.bytes));
    expect([packed.readUInt32BE(16), packed.readUInt16BE(20)]).toEqual([70_000, 513]);
  });

  test('cannot hold an attempt beyond two bytes', () => {
    expect(() => batchOf([startOf(journaled(), callOf(1, 65_536))], PLACE)).toThrow(RangeError);
  });

  test('changes the row of a run once, and an end outdates its progress', () => {
    const [ended, going] = [journaled(), journaled()];
    const { updates } = batchOf(
      [
        progressOf(ended, 'a'),
        progressOf(going, 'b'),
        finishOf(ended),
        progressOf(going, 'c'),
        progressOf(ended, 'd'),
      ],
      PLACE,
    );
    expect(updates.map(({ kind, progress }) => [kind, progress])).toEqual([
      ['finish', '{}'],
      ['progress', 'c'],
    ]);
  });

  test('knows of an end whether the attempt has a row, at the moment it is made', () => {
    const run = journaled();
    const call = callOf(1);
    const record = endOf(run, call);
    call.promoted = true;
    expect(batchOf([record], PLACE).attempts).toMatchObject([{ promoted: true }]);
  });
});
