import type { RunStatus } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { committed } from './commits.ts';
import type { DriverPorts } from './driver-ports.ts';
import { giveUp } from './leaving.ts';
import { apply } from './run/index.ts';
import { runStored } from './run-driver.ts';
import type { Table } from './table.ts';

/** A run that was cancelled, as it comes into memory; its row still says what it said. */
function cancelledRun(status: RunStatus) {
  const owned = someOwned();
  apply(owned.run, { type: 'begin', at: 1 });
  apply(owned.run, { type: 'stop', at: 2, status: 'cancelled', grace: true, running: [] });
  Object.assign(owned, { stored: true, seq: 1, status });
  const ports: Partial<DriverPorts> = { clock: createManualClock() };
  runStored(ports as DriverPorts, owned);
  return owned;
}

const updatesOf = ({ queue }: ReturnType<typeof cancelledRun>) =>
  queue.map((record) => (record.kind === 'update' ? record.row.kind : record.kind));

describe('a run that was cancelled and comes into memory because of news', () => {
  it('says so in its row first, and ends when that is committed: more cancels are refused', () => {
    const owned = cancelledRun('running');
    expect(updatesOf(owned)).toEqual(['progress']);
    const table: Partial<Table> = { runs: new Map([[owned.id.text, owned]]) };
    const free = { free: false, next: () => undefined } as const;
    Object.assign(table, { slots: free });
    const result = { outcome: 'committed', duplicates: [], refused: [] } as const;
    committed(table as Table, [...owned.queue], result);
    expect(owned.status).toBe('cancelled');
    expect(updatesOf(owned)).toEqual(['progress', 'finish']);
  });

  it('ends when it is to be given back before that, and is not given to others', () => {
    const owned = cancelledRun('running');
    giveUp(owned, createManualClock());
    expect(updatesOf(owned)).toEqual(['progress', 'finish']);
  });

  it('ends at once when its row says so already', () => {
    expect(updatesOf(cancelledRun('cancelled'))).toEqual(['finish']);
  });
});
