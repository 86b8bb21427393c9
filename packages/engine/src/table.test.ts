import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { callOf, endOf } from '../test/records.ts';
import { createCall } from './owned.ts';
import { apply, nextStart } from './run/index.ts';
import { dropForReload, forgetStrays, serveWaiting, type Table } from './table.ts';

const wait = { kind: 'signal', name: 'go' } as const;

describe('a run whose turn it is', () => {
  it('is idle when there is nothing to start after all', () => {
    const owned = someOwned();
    apply(owned.run, { type: 'begin', at: 1 });
    nextStart(owned.run);
    apply(owned.run, { type: 'waiting', at: 2, node: 0, attempt: 1, wait });
    const turns = [owned];
    const slots: Partial<Table['slots']> = { free: true, next: () => turns.shift() };
    const driver: Partial<Table['driver']> = {
      clock: createManualClock(),
      draining: () => false,
      slots: slots as Table['slots'],
    };
    const table: Partial<Table> = {
      slots: slots as Table['slots'],
      driver: driver as Table['driver'],
    };
    owned.run.ready.push(0, 5);
    serveWaiting(table as Table);
    expect(owned.idleSince).toBeDefined();
  });
});

/** Of a table, what dropping a run needs. */
function emptyTable(): Table {
  const parts: Partial<Table> = { runs: new Map(), strays: new Map() };
  return parts as Table;
}

describe('a run that is dropped to be loaded again', () => {
  it('leaves its attempts to the journal, as going on, until they have ended anew', () => {
    const owned = someOwned();
    const table = emptyTable();
    const running = createCall(owned, 0, 1);
    running.state = 'running';
    owned.calls.set(0, running);
    const intent = createCall(owned, 1, 1);
    owned.calls.set(1, intent);
    const unwritten = { ...callOf(2), ended: true };
    const queued = { ...callOf(3), ended: true };
    owned.queue.push(endOf(owned, queued));
    dropForReload(table, owned, [unwritten]);
    expect(table.strays.get(owned.id.text)).toEqual([running, unwritten, queued]);
    for (const stray of [running, unwritten, queued]) {
      expect(stray).toMatchObject({ ended: false, settled: false });
    }
    // It has not begun, and never will.
    expect(intent).toMatchObject({ ended: true, settled: true });
  });

  it('remembers what went on before, should it be dropped again before it was loaded whole', () => {
    const table = emptyTable();
    const owned = someOwned();
    const [first, second] = [callOf(0), callOf(1)];
    dropForReload(table, owned, [first]);
    dropForReload(table, owned, [second, first]);
    expect(table.strays.get(owned.id.text)).toEqual([first, second]);
  });

  it('once it is loaded, no batch is kept for attempts that it knew of', () => {
    const table = emptyTable();
    const owned = someOwned();
    const [known, lost] = [callOf(0), callOf(1)];
    dropForReload(table, owned, [known, lost]);
    lost.ended = true;
    forgetStrays(table, owned.id.text);
    expect([known.settled, lost.settled]).toEqual([true, false]);
    expect(table.strays.size).toBe(0);
  });
});
