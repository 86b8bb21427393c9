import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk, queuedRows } from './desk.ts';
import { batch, submitRow } from './rows.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const ids = (rows: readonly { runId: { text: string } }[]) => rows.map((row) => row.runId.text);

/** Puts runs into the queue. */
async function queue(rows: ReturnType<typeof queuedRows>): Promise<void> {
  const { lane } = await desk.engine();
  for (let at = 0; at < rows.length; at += 1_000) {
    await lane.flush(batch(at / 1_000 + 1, { submits: rows.slice(at, at + 1_000) }));
  }
}

describe('a claim', () => {
  test('by four engines at once gives each of 2,000 runs to one of them', async () => {
    await queue(queuedRows(2_000));
    const engines = await Promise.all([1, 2, 3, 4].map(() => desk.engine()));
    const taken = await Promise.all(
      engines.map(async ({ engineId, epoch }) => {
        const mine: string[] = [];
        for (let empty = 0; empty < 20 && mine.length < 2_000; ) {
          const claimed = await desk.store.claim({ engineId, epoch, limit: 50 });
          mine.push(...claimed);
          empty = claimed.length === 0 ? empty + 1 : 0;
        }
        return mine;
      }),
    );
    const all = taken.flat();
    expect(all.length).toBe(2_000);
    expect(new Set(all).size).toBe(2_000);
    for (const [i, mine] of taken.entries()) {
      const owned = await desk.store.ownedRunIds(engines[i]?.engineId ?? '');
      expect(new Set(owned)).toEqual(new Set(mine));
    }
  });

  test('of a fenced engine takes nothing', async () => {
    await queue(queuedRows(5));
    const { engineId, epoch } = await desk.engine();
    await desk.store.takeOver(engineId, undefined);
    expect(await desk.store.claim({ engineId, epoch, limit: 10 })).toEqual([]);
    const { epoch: next } = await desk.store.register({
      engineId,
      name: 'again',
      lanes: 1,
      leaseMs: 10_000,
    });
    expect(await desk.store.claim({ engineId, epoch, limit: 10 })).toEqual([]);
    expect(await desk.store.claim({ engineId, epoch: next, limit: 10 })).toHaveLength(5);
  });

  test('takes in turn between owners: thousands of one do not stand before one of another', async () => {
    const at = Date.now() - 60_000;
    const many = queuedRows(1_000, { createdAt: at, submission: { owner: 'many' } });
    const one = queuedRows(1, { createdAt: at + 50_000, submission: { owner: 'one' } });
    const two = queuedRows(2, { createdAt: at + 55_000, submission: { owner: 'zoe' } });
    await queue([...many, ...one, ...two]);
    const { engineId, epoch } = await desk.engine();
    const claimed = await desk.store.claim({ engineId, epoch, limit: 6 });
    expect(claimed).toEqual(expect.arrayContaining([...ids(one), ...ids(two)]));
    expect(claimed.filter((id) => ids(many).includes(id))).toEqual(
      expect.arrayContaining(ids(many.slice(0, 3)).filter((id) => claimed.includes(id))),
    );
    expect(claimed).toHaveLength(6);
  });

  test('prefers what is urgent, but waiting makes up for priority', async () => {
    const now = Date.now();
    const given = (priority: number, agoMs: number) =>
      submitRow({ owned: false, createdAt: now - agoMs, submission: { priority } });
    const urgent = given(1, 0);
    const usual = given(5, 0);
    const low = given(10, 0);
    const aged = given(10, 10 * 60_000);
    await queue([low, usual, aged, urgent]);
    const { engineId, epoch } = await desk.engine();
    const order: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      order.push(...(await desk.store.claim({ engineId, epoch, limit: 1 })));
    }
    expect(order).toEqual(ids([aged, urgent, usual, low]));
  });

  test('takes runs of a dead engine before all others', async () => {
    const dead = await desk.engine();
    const orphan = submitRow({ submission: { priority: 10 } });
    await dead.lane.flush(batch(1, { submits: [orphan] }));
    await queue(queuedRows(10, { createdAt: Date.now() - 3_600_000, submission: { priority: 1 } }));
    await desk.store.takeOver(dead.engineId, undefined);
    const { engineId, epoch } = await desk.engine();
    expect(await desk.store.claim({ engineId, epoch, limit: 1 })).toEqual(ids([orphan]));
  });

  test('leaves what is scheduled for later, until it is due or has news', async () => {
    const later = submitRow({
      owned: false,
      status: 'scheduled',
      submission: { scheduledAt: Date.now() + 3_600_000 },
    });
    const due = submitRow({ owned: false, submission: { scheduledAt: Date.now() - 1 } });
    await queue([later, due]);
    const { engineId, epoch } = await desk.engine();
    expect(await desk.store.claim({ engineId, epoch, limit: 10 })).toEqual(ids([due]));
    await desk.store.requestCancel(ids([later]), 'not wanted');
    expect(await desk.store.claim({ engineId, epoch, limit: 10 })).toEqual(ids([later]));
  });

  test('passes over rows that somebody else holds', async () => {
    const rows = queuedRows(3, { createdAt: Date.now() - 1_000 });
    await queue(rows);
    const holder = await desk.session();
    await holder.query('begin');
    await holder.query('select 1 from run_live where run_id = $1 for update', [
      rows[0]?.runId.text,
    ]);
    const { engineId, epoch } = await desk.engine();
    const claimed = await desk.store.claim({ engineId, epoch, limit: 10 });
    expect(new Set(claimed)).toEqual(new Set(ids(rows.slice(1))));
    await holder.query('rollback');
    expect(await desk.store.claim({ engineId, epoch, limit: 10 })).toEqual(ids(rows.slice(0, 1)));
  });

  test('does not walk through those that sleep', async () => {
    await desk.ask(
      `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority,
         triggered_by, input, created_at, status, claim_key, wake_at)
       select gen_random_uuid(), '', 'ann', 0, 'asleep', 'dag', 5, 'ann', '{}', now(), 'running',
         (extract(epoch from now()) * 1000)::bigint + 3600000 + n, now() + interval '1 hour'
       from generate_series(1, 50000) n`,
    );
    await desk.ask('analyze run_live');
    const { engineId, epoch } = await desk.engine();
    const before = await pagesRead();
    expect(await desk.store.claim({ engineId, epoch, limit: 100 })).toEqual([]);
    expect((await pagesRead()) - before).toBeLessThan(200);
  });
});

/** Index entries and rows of `run_live` that were looked at so far. */
async function pagesRead(): Promise<number> {
  await desk.ask('select pg_stat_force_next_flush()');
  const sessions = `select pg_stat_clear_snapshot(), sum(idx_blks_read + idx_blks_hit
      + heap_blks_read + heap_blks_hit)::int as pages
    from pg_statio_user_tables where relname = 'run_live'`;
  const [row] = await desk.ask<{ pages: number }>(sessions);
  return row?.pages ?? 0;
}
