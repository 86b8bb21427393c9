/** Idempotency keys: known for a day, used anew afterwards, and deleted in the end. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createJobStore } from '../src/job-store.ts';
import { dropOldKeys } from '../src/queries/idempotency.ts';
import { type Desk, openDesk } from './desk.ts';
import { auditRow, batch, submitRow } from './rows.ts';

let desk: Desk;
let pool: pg.Pool;
beforeAll(async () => {
  desk = await openDesk();
  pool = new pg.Pool({ ...desk.connection, max: 2 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await desk.close();
});
beforeEach(() => desk.ask('delete from idempotency_keys'));

const DAY = 24 * 3_600;
const keyed = (key: string, fill = 1, owner = 'ann') =>
  submitRow({ submission: { owner, idempotency: { key, requestHash: Buffer.alloc(32, fill) } } });

/** As if the key had been used so many seconds ago. */
async function age(key: string, seconds: number): Promise<void> {
  await desk.ask(
    `update idempotency_keys set created_at = clock_timestamp() - make_interval(secs => $2)
     where key = $1`,
    [key, seconds],
  );
}

const submission = (key: string) => createJobStore(pool).submission('ann', key);

async function isLive(runId: string): Promise<boolean> {
  return (await desk.ask('select 1 from run_live where run_id = $1', [runId])).length > 0;
}

describe('a key', () => {
  test.each([
    ['just before a day is over', DAY - 60, true],
    ['after a day', DAY + 1, false],
  ])('is known %s: %s s', async (_, seconds, known) => {
    const { lane } = await desk.engine();
    const key = randomUUID();
    const first = keyed(key, 7);
    await lane.flush(batch(1, { submits: [first] }));
    await age(key, seconds);
    const found = await submission(key);
    expect(found?.runId).toBe(known ? first.runId.text : undefined);
    if (known) expect(Buffer.from(found?.requestHash ?? [])).toEqual(Buffer.alloc(32, 7));
  });

  test('within its life keeps a second run out', async () => {
    const { lane } = await desk.engine();
    const key = randomUUID();
    await lane.flush(batch(1, { submits: [keyed(key)] }));
    await age(key, DAY - 60);
    const again = keyed(key);
    const result = await lane.flush(batch(2, { submits: [again] }));
    expect(result).toMatchObject({ outcome: 'committed', duplicates: [again.runId.text] });
    expect(await isLive(again.runId.text)).toBe(false);
  });

  test('that is over its life is used anew, with the new body', async () => {
    const { lane } = await desk.engine();
    const key = randomUUID();
    await lane.flush(batch(1, { submits: [keyed(key, 1)] }));
    await age(key, DAY + 1);
    const later = keyed(key, 2);
    const sent = batch(2, { submits: [later], audits: [auditRow(later.runId.text)] });
    const result = await lane.flush(sent);
    expect(result).toEqual({ outcome: 'committed', duplicates: [], refused: [] });
    expect(await isLive(later.runId.text)).toBe(true);
    expect(
      await desk.ask('select 1 from audit where subject = $1', [later.runId.text]),
    ).toHaveLength(1);
    const found = await submission(key);
    expect(found?.runId).toBe(later.runId.text);
    expect(Buffer.from(found?.requestHash ?? [])).toEqual(Buffer.alloc(32, 2));
    expect(await lane.flush(sent)).toEqual(result);
  });

  test.each([
    'new',
    'expired',
  ])('that is %s and comes twice in a batch goes to the first', async (state) => {
    const { lane } = await desk.engine();
    const key = randomUUID();
    if (state === 'expired') {
      await lane.flush(batch(1, { submits: [keyed(key)] }));
      await age(key, DAY + 1);
    }
    const [one, two, other, elsewhere] = [
      keyed(key),
      keyed(key),
      keyed(randomUUID()),
      keyed(key, 1, 'bob'),
    ];
    const submits = [one, two, other, elsewhere];
    const result = await lane.flush(batch(state === 'new' ? 1 : 2, { submits }));
    expect(result).toMatchObject({ outcome: 'committed', duplicates: [two.runId.text] });
    const live = await Promise.all(submits.map((row) => isLive(row.runId.text)));
    expect(live).toEqual([true, false, true, true]);
  });

  test('that two engines use anew at once goes to one of them', async () => {
    const key = randomUUID();
    const first = await desk.engine();
    await first.lane.flush(batch(1, { submits: [keyed(key)] }));
    await age(key, DAY + 1);
    const rows = [keyed(key), keyed(key)];
    const engines = await Promise.all(rows.map(() => desk.engine()));
    const results = await Promise.all(
      engines.map(({ lane }, i) => lane.flush(batch(1, { submits: rows.slice(i, i + 1) }))),
    );
    const lost = results.flatMap((result) =>
      result.outcome === 'committed' ? result.duplicates : [],
    );
    expect(lost).toHaveLength(1);
    const live = await Promise.all(rows.map((row) => isLive(row.runId.text)));
    expect(live.filter(Boolean)).toHaveLength(1);
  });
});

describe('old keys', () => {
  const fill = (count: number, seconds: number) =>
    desk.ask(
      `insert into idempotency_keys (owner, key, request_hash, run_id, created_at)
       select 'ann', gen_random_uuid()::text, '\\x00', gen_random_uuid(),
         clock_timestamp() - make_interval(secs => $2) from generate_series(1, $1::int) i`,
      [count, seconds],
    );
  const left = async () =>
    (await desk.ask<{ n: number }>('select count(*)::int as n from idempotency_keys'))[0]?.n;

  test('are deleted however many they are, and young ones stay', async () => {
    await fill(12_000, DAY + 100);
    await fill(50, DAY - 100);
    expect(await dropOldKeys(pool)).toBe(12_000);
    expect(await left()).toBe(50);
    expect(await dropOldKeys(pool)).toBe(0);
  });

  test('are left alone while they are being used anew', async () => {
    await fill(10, DAY + 100);
    const user = await desk.session();
    await user.query('begin');
    await user.query('select 1 from idempotency_keys order by key limit 1 for update');
    expect(await dropOldKeys(pool)).toBe(9);
    await user.query('rollback');
  });

  test('go when the store is kept in order', async () => {
    await fill(10, DAY + 100);
    await desk.store.maintain();
    expect(await left()).toBe(0);
  });
});
