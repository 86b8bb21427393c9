import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callOf, endOf, journaled, startOf, waitingOf } from '../test/records.ts';
import type { InFlight, Promotion } from './record.ts';
import { createStartLedger, PROMOTE_AFTER_MS } from './start-ledger.ts';

describe('the floor of a lane', () => {
  test('is the next batch while nothing is going on', () => {
    const ledger = createStartLedger();
    expect(ledger.floor(7)).toBe(7);
    ledger.committed(7, 0, []);
    expect(ledger.floor(8)).toBe(8);
  });

  test('stays at a batch until each of its starts has ended or has a row', () => {
    const ledger = createStartLedger();
    const run = journaled();
    const calls = [callOf(1), callOf(2)];
    ledger.committed(
      1,
      0,
      calls.map((call) => startOf(run, call)),
    );
    const [first] = calls;
    if (first) Object.assign(first, { ended: true, settled: true });
    expect(ledger.due(PROMOTE_AFTER_MS - 1)).toBeUndefined();
    const promoted = ledger.due(PROMOTE_AFTER_MS);
    expect(promoted?.map(({ call }) => call.node)).toEqual([2]);
    expect(ledger.due(PROMOTE_AFTER_MS)).toBeUndefined();
    expect(ledger.floor(5)).toBe(1);
    for (const { call } of promoted ?? []) call.promoted = true;
    ledger.promoted(promoted ?? []);
    expect(ledger.floor(5)).toBe(5);
  });

  test.each([
    ['its end', endOf],
    ['that it waits', waitingOf],
  ] as const)('stays at a start until %s is committed', (_, recordOf) => {
    const ledger = createStartLedger();
    const run = journaled();
    const call = callOf(1);
    ledger.committed(1, 0, [startOf(run, call)]);
    call.ended = true;
    expect(ledger.due(PROMOTE_AFTER_MS)).toBeUndefined();
    expect(ledger.floor(5)).toBe(1);
    ledger.committed(5, PROMOTE_AFTER_MS, [recordOf(run, call)]);
    expect(ledger.due(PROMOTE_AFTER_MS)).toBeUndefined();
    expect(ledger.floor(6)).toBe(6);
  });

  test('stays at a start whose row is refused, and that is asked for again', () => {
    const ledger = createStartLedger();
    const call = callOf(1);
    ledger.committed(1, 0, [startOf(journaled(), call)]);
    const promoted = ledger.due(PROMOTE_AFTER_MS) ?? [];
    call.promoted = true;
    ledger.promoted(promoted, 'refused');
    expect([ledger.floor(5), call.promoted]).toEqual([1, false]);
    expect(ledger.due(PROMOTE_AFTER_MS)).toHaveLength(1);
  });

  test('never passes a start that nothing else knows of', () => {
    const step = fc.record({
      starts: fc.nat(3),
      passMs: fc.nat(4_000),
      end: fc.array(fc.nat(50), { maxLength: 4 }),
      promote: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = createStartLedger();
        const known: { seq: number; call: InFlight; row: boolean }[] = [];
        let at = 0;
        let dice = 0;
        let underway: readonly Promotion[] | undefined;
        for (const [i, { starts, passMs, end, promote }] of steps.entries()) {
          const seq = i + 1;
          const run = journaled();
          const calls = Array.from({ length: starts }, (_, n) => callOf(n));
          ledger.committed(
            seq,
            at,
            calls.map((call) => startOf(run, call)),
          );
          known.push(...calls.map((call) => ({ seq, call, row: false })));
          for (const which of end) {
            const ended = known[which];
            dice += 1;
            if (ended === undefined) continue;
            // What is committed stays so.
            const settled = ended.call.settled || dice % 2 === 0;
            Object.assign(ended.call, { ended: true, settled });
          }
          at += passMs;
          if (promote && underway === undefined) underway = ledger.due(at);
          else if (underway !== undefined) {
            const rows = new Set(underway.map(({ call }) => call).filter(({ ended }) => !ended));
            for (const entry of known) {
              if (rows.has(entry.call)) entry.row = entry.call.promoted = true;
            }
            ledger.promoted(underway);
            underway = undefined;
          }
          const floor = ledger.floor(seq + 1);
          for (const { seq: of, call, row } of known) {
            if (!call.settled && !row) expect(floor).toBeLessThanOrEqual(of);
          }
        }
      }),
    );
  });

  test('keeps nothing of what is settled', () => {
    const ledger = createStartLedger();
    const run = journaled();
    for (let seq = 1; seq <= 5_000; seq += 1) {
      const call = callOf(0);
      ledger.committed(seq, seq, [startOf(run, call)]);
      Object.assign(call, { ended: true, settled: true });
      expect(ledger.due(seq)).toBeUndefined();
    }
    expect(ledger.due(5_000 + PROMOTE_AFTER_MS)).toBeUndefined();
    expect(ledger.floor(6_000)).toBe(6_000);
  });
});
