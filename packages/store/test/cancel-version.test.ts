/** A cancel that is meant for one version of a run. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJobStore } from '../src/job-store.ts';
import { type Desk, openDesk } from './desk.ts';
import { batch, submitRow } from './rows.ts';

let desk: Desk;
let pool: pg.Pool;
beforeAll(async () => {
  desk = await openDesk();
  pool = new pg.Pool({ ...desk.connection, max: 4 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await desk.close();
});

const all = { owner: 'admin', all: true };

function cancel(runId: string, version?: number) {
  const audit = { actor: 'ann', action: 'job.cancel_requested', subject: runId, details: {} };
  const wanted = version === undefined ? {} : { version };
  return createJobStore(pool).cancel(all, { runId, mode: 'graceful', ...wanted, audit });
}

async function aRun(status?: 'completed' | 'failed'): Promise<string> {
  const { lane } = await desk.engine();
  const row = submitRow();
  await lane.flush(batch(1, { submits: [row] }));
  if (status !== undefined) {
    const end = { kind: 'finish', inboxSeq: 0, progress: '{}', completedAt: Date.now() } as const;
    await lane.flush(batch(2, { updates: [{ ...end, status, runId: row.runId }] }));
  }
  return row.runId.text;
}

const written = async (runId: string) =>
  (
    await desk.ask<{ n: number }>(
      `select (select count(*) from run_inbox where run_id = $1)::int
         + (select count(*) from audit where subject = $1::text)::int as n`,
      [runId],
    )
  )[0]?.n;

describe('a cancel', () => {
  test('of the version that was read is asked for', async () => {
    const runId = await aRun();
    expect(await cancel(runId, 1)).toBe('asked');
    expect(await written(runId)).toBe(2);
  });

  test.each([
    'completed',
    'failed',
    undefined,
  ] as const)('of another version of a run that is %s changes nothing', async (status) => {
    const runId = await aRun(status);
    expect(await cancel(runId, 7)).toBe('stale');
    expect(await written(runId)).toBe(0);
  });

  test('of a run that has failed in the version that was read makes it aborted once', async () => {
    const runId = await aRun('failed');
    const results = await Promise.all([cancel(runId, 2), cancel(runId, 2)]);
    expect(results.toSorted()).toEqual(['aborted', 'stale']);
  });

  test('of a run that is over is refused as final', async () => {
    expect(await cancel(await aRun('completed'), 2)).toBe('final');
    expect(await cancel(await aRun('completed'))).toBe('final');
    expect(await cancel(randomUUID(), 1)).toBe('missing');
  });
});
