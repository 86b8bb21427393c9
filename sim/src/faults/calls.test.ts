import type { Batch } from '@tenuto/engine';
import { runIdOf } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { createDice } from '../dice.ts';
import { createCallFaults } from './calls.ts';
import { drawFaults, type FaultMix } from './mix.ts';

const CALM: FaultMix = { ...drawFaults(createDice('mix')), unheard: 0, unanswered: 0, late: 0 };

const faultsOf = (mix: Partial<FaultMix>) =>
  createCallFaults(createDice('calls'), { ...CALM, slow: 0, poisons: 0, ...mix });

/** What becomes of a hundred calls. */
function fates(mix: Partial<FaultMix>): Set<string> {
  const faults = faultsOf(mix);
  return new Set(Array.from({ length: 100 }, () => faults.next().kind));
}

function batchOf(...runs: readonly string[]): Batch {
  const consumed = runs.map((run) => ({ runId: runIdOf(run), seq: 1 }));
  const none = {
    asides: [],
    submits: [],
    attempts: [],
    events: [],
    started: [],
    updates: [],
    audits: [],
  };
  return { ...none, seq: 1, floorSeq: 1, starts: new Uint8Array(), consumed };
}

describe('a call', () => {
  it('is served when nothing is to go wrong', () => {
    expect(fates({})).toEqual(new Set(['served']));
  });

  it('goes wrong in the ways that the mix has', () => {
    expect(fates({ unheard: 0.3, late: 0.3 })).toEqual(new Set(['served', 'unheard', 'late']));
    expect(fates({ unanswered: 1 })).toEqual(new Set(['unanswered']));
  });

  it('is served again once all is healed', () => {
    const faults = faultsOf({ unheard: 1 });
    expect(faults.next().kind).toBe('unheard');
    faults.heal();
    expect(faults.next().kind).toBe('served');
  });
});

describe('writes', () => {
  it('all fail while the database is read-only, and most of them while its disk is full', () => {
    const faults = faultsOf({});
    const some = () => Array.from({ length: 100 }, () => faults.writeFault());
    expect(new Set(some())).toEqual(new Set([undefined]));
    faults.refuseWrites('read-only');
    expect(new Set(some())).toEqual(new Set(['25006: read-only']));
    faults.refuseWrites('disk full');
    const full = some().filter((fault) => fault === '53100: no space left on device').length;
    expect(full).toBeGreaterThan(70);
    expect(full).toBeLessThan(100);
  });

  it('succeed again when the trouble is over, or all is healed', () => {
    const faults = faultsOf({});
    faults.refuseWrites('read-only');
    faults.refuseWrites(undefined);
    expect(faults.writeFault()).toBeUndefined();
    faults.refuseWrites('read-only');
    faults.heal();
    expect(faults.writeFault()).toBeUndefined();
  });
});

describe('a poisoned run', () => {
  const one = '0190b2a0-0000-7000-8000-000000000001';
  const other = '0190b2a0-0000-7000-8000-000000000002';

  it('has its batches refused, each copy alike, until it was alone in one', () => {
    const faults = faultsOf({ poisons: 1 });
    const both = Array.from({ length: 500 }, () => batchOf(one, other));
    const refused = both.find((batch) => faults.refuses(batch));
    if (refused === undefined) expect.fail('nothing was poisoned');
    expect(faults.refuses(refused)).toBe(true);
    const alone = [batchOf(one), batchOf(other)];
    expect(alone.filter((batch) => faults.refuses(batch))).toHaveLength(1);
    expect(faults.refuses(batchOf(one, other))).toBe(false);
  });
});
