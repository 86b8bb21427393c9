/** What checks tell apart: what is wrong in more ways than one, and what is not wrong at all. */
import { compilePlan } from '@tenuto/engine';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { oldSnapshot } from '../../src/queries/doctor/old-snapshot.ts';
import { type Desk, openDesk, queuedRows } from '../desk.ts';
import { openEnginesOn } from '../engines.ts';
import { batch } from '../rows.ts';
import { ALL_RUNS, foundBy, type OpenDoctor, openDoctor } from './examination.ts';
import { openSoundStore, type SoundStore } from './sound-store.ts';

let desk: Desk;
let store: SoundStore;
let doctor: OpenDoctor;
let ask: Desk['ask'];
beforeEach(async () => {
  desk = await openDesk();
  store = await openSoundStore(desk);
  doctor = openDoctor(desk.connection);
  ({ ask } = desk);
});
afterEach(async () => {
  await doctor.close();
  await desk.close();
});

const found = async () => foundBy(await doctor.examine({ limit: ALL_RUNS }));
const BY = { actor: 'dr' };
const MINUTES_AGO = `now() - interval '10 minutes'`;
const KEY_OF = (time: string) => `(extract(epoch from ${time}) * 1000)::bigint`;

describe('a run whose owner is gone', () => {
  test('is released with what its engine had started, and any engine goes on with it', async () => {
    await ask('update engine_fences set alive = false, epoch = epoch + 1');
    await doctor.repair(BY);
    expect(await ask('select run_id, node, attempt from started')).toEqual([
      { run_id: store.live, node: 1, attempt: 1 },
    ]);
    const engines = openEnginesOn(desk.connection, async () => undefined);
    await engines.start();
    expect(await engines.over(store.live)).toMatchObject({ status: 'completed' });
    const attempts = await engines.attempts(store.live);
    expect(attempts.map(({ node, attempt, status }) => [node, attempt, status])).toEqual([
      [0, 1, 'completed'],
      [1, 1, 'failed'],
      [1, 2, 'completed'],
      [2, 1, 'completed'],
    ]);
    await engines.over(store.queued);
    await engines.close();
    expect(await found()).toEqual([]);
  });

  test('is found when its engine was never there', async () => {
    const nobody = crypto.randomUUID();
    await ask('update run_live set engine = $1 where run_id = $2', [nobody, store.live]);
    expect(await found()).toEqual([
      `orphan_lease: ${store.live} is owned by engine ${nobody}, which is not there`,
    ]);
    const { repaired } = await doctor.repair(BY);
    expect(repaired).toEqual([{ check: 'orphan_lease', count: 1 }]);
  });
});

describe('a run that waits', () => {
  const delay = (runId: string, by = MINUTES_AGO) =>
    ask(
      `update run_live set created_at = ${by}, wake_at = ${by}, claim_key = ${KEY_OF(by)}
       where run_id = $1`,
      [runId],
    );

  test('for long is none to worry about while all that runs came before it', async () => {
    await delay(store.queued);
    await delay(store.live, `now() - interval '11 minutes'`);
    expect(await found()).toEqual([]);
  });

  test('for idle engines is stuck', async () => {
    await delay(store.queued);
    await ask('delete from run_live where run_id = $1', [store.live]);
    await ask('delete from attempts where run_id = $1', [store.live]);
    const lines = (await found()).filter((line) => !line.startsWith('lost_run'));
    expect(lines).toEqual([
      expect.stringMatching(`^stuck_run: ${store.queued} is due .* no engine runs anything$`),
    ]);
  });

  test('is none to worry about while it is held back', async () => {
    await ask(
      `update run_live set status = 'paused', wake_at = 'infinity',
         claim_key = 9223372036854775807, created_at = ${MINUTES_AGO} where run_id = $1`,
      [store.queued],
    );
    expect(await found()).toEqual([]);
  });

  test('has a status that tells whether it was started', async () => {
    await ask('update run_live set started_at = now() where run_id = $1', [store.queued]);
    await ask('update run_live set started_at = null where run_id = $1', [store.live]);
    const lines = await found();
    expect(lines).toContain(`live_status: ${store.queued} queued, and it has been started`);
    expect(lines).toContain(`live_status: ${store.live} running, and it was never started`);
    await ask('update run_live set engine = $1, started_at = null where run_id = $2', [
      store.engineId,
      store.queued,
    ]);
    expect(await found()).toContain(`live_status: ${store.queued} queued, and an engine owns it`);
  });
});

describe('a start that is written down', () => {
  const start = (node: number) =>
    ask('insert into started values ($1, $2, 1, now())', [store.live, node]);

  test('of an attempt that has ended is leaked', async () => {
    await start(0);
    expect(await found()).toEqual([`leaked_start: ${store.live} attempt 1 of node 0 has ended`]);
    await doctor.repair(BY);
    expect(await ask('select 1 from started')).toEqual([]);
  });

  test('of one that goes on, or went on to wait, is not', async () => {
    await start(1);
    await start(0);
    await ask(
      `insert into run_events (run_id, seq, at, type, body) values ($1, 2, now(), 'waiting', $2)`,
      [store.live, JSON.stringify({ node: 0, attempt: 1, wait: { kind: 'time', until: 0 } })],
    );
    // The wait stands behind the end here, so that replay has something to say.
    expect((await found()).filter((line) => line.startsWith('leaked'))).toEqual([]);
  });

  test('of a run that has just ended is left to upkeep', async () => {
    await ask('insert into started values ($1, 0, 1, now())', [store.over]);
    expect(await found()).toEqual([]);
  });
});

describe('a text that is no JSON', () => {
  test.each([
    ["update attempts set output = 'no' where run_id = $1 and node = 0", 'cannot be read: a text'],
    ["update runs set input = 'no' where run_id = $1", 'cannot be read: a text'],
    [
      "update plans p set document = '\\x00' from runs r where r.run_id = $1 and p.hash = r.plan_hash",
      'cannot be read: Error',
    ],
  ])('is told of its run alone: %s', async (sql, said) => {
    await ask(sql, [store.over]);
    expect(await found()).toEqual([
      expect.stringContaining(`replay_refused: ${store.over} ${said}`),
    ]);
  });

  test('is no progress', async () => {
    await ask("update runs set progress = 'no' where run_id = $1", [store.over]);
    expect(await found()).toEqual([
      expect.stringContaining(`replay_counts: ${store.over} pending is not written`),
    ]);
  });
});

describe('the journal', () => {
  test('of a run that has not begun is empty', async () => {
    await ask(
      `insert into attempts (run_id, node, attempt, seq, generation, status, ended_at)
       values ($1, 0, 1, 1, 0, 'completed', now())`,
      [store.queued],
    );
    expect(await found()).toEqual([
      `replay_refused: ${store.queued} 1 lines of a journal, and the run has not begun`,
    ]);
  });

  test('of a live run says that it was stopped, when the row does', async () => {
    await ask(`update run_live set status = 'cancelled' where run_id = $1`, [store.live]);
    expect(await found()).toEqual([
      `replay_status: ${store.live} cancelled, and its journal says running`,
    ]);
  });

  test('names the last end that the row has, too', async () => {
    const runId = await store.ended({
      status: 'failed',
      lines: [{ node: 0, status: 'failed' }, { node: 2 }],
      counts: { completed: 1 },
    });
    await ask(
      `insert into run_events (run_id, seq, at, type, body)
       values ($1, 3, now(), 'transition', '{"from":"failed","to":"aborted"}')`,
      [runId],
    );
    expect(await found()).toContain(`changed_after_end: ${runId} became aborted and says failed`);
  });
});

describe('batches', () => {
  test('begin at the floor that the last one names', async () => {
    await ask('delete from batches where seq = 1');
    expect(await found()).toEqual([
      `batch_gap: ${store.engineId} lane 0 has batch 2, and the one before it is missing`,
    ]);
  });

  test('below the floor may go', async () => {
    await ask('update batches set floor_seq = 3 where seq = 4');
    await ask('delete from batches where seq = 2');
    expect(await found()).toEqual([]);
  });

  test('are of an engine that has fences', async () => {
    const nobody = crypto.randomUUID();
    await ask('insert into batches (engine, epoch, lane, seq, floor_seq) values ($1, 1, 0, 1, 1)', [
      nobody,
    ]);
    expect(await found()).toEqual([`epoch_behind: ${nobody} has batches and no fence`]);
  });
});

test('a message is late when it is due for long, not when it is tried again later', async () => {
  const deliver = (event: string, due: string) =>
    ask(
      `insert into notice_deliveries (owner, notice_id, event, type, url, place, payload, noticed_at,
         state, attempts_most, due_at)
       values ('ann', uuid_v7(), $1, 'webhook', 'http://x', 'x', '{}', now(), 'pending', 3, ${due})`,
      [event],
    );
  await deliver('later', `now() + interval '1 hour'`);
  expect(await found()).toEqual([]);
  await deliver('run.ended', `now() - interval '1 hour'`);
  expect(await found()).toEqual([
    expect.stringMatching(/^late_notice: .* run\.ended is due since/),
  ]);
});

test('an audit row of a recovery that is nowhere is found', async () => {
  const session = crypto.randomUUID();
  await ask(
    `insert into recovery_audits (audit_id, session_id, run_id, owner, event, trigger, action, actor,
       state_before, details, at)
     values (uuid_v7(), $1, $2, 'ann', 'started', 'failure', 'retry_job', 'policy', 'failed', '{}',
       now())`,
    [session, store.live],
  );
  expect(await found()).toEqual([
    `silent_recovery: ${session} retry_job of run ${store.live} is audited and not there`,
  ]);
});

test('a transaction that stays open is found once it is old enough', async () => {
  const session = await desk.session();
  await session.query('begin isolation level repeatable read');
  await session.query('select 1');
  const sql = oldSnapshot
    .find({ sample: () => '', rows: () => '' })
    .replaceAll("interval '10 minutes'", "interval '0'");
  const [row] = await ask<{ subject: string }>(sql);
  expect(row?.subject).toMatch(/^session \d+$/);
  await session.query('rollback');
  expect(await ask(sql)).toEqual([]);
});

describe('an examination', () => {
  test('tells of the first twenty and counts the rest', async () => {
    const { lane } = await desk.engine();
    const submits = queuedRows(25);
    await lane.flush(batch(1, { submits }));
    const { checks } = await doctor.examine({ checks: ['missing_audit', 'missing_plan'] });
    for (const { count, more, evidence } of checks) {
      expect([count, more, evidence.length]).toEqual([25, false, 20]);
    }
  });

  test('makes only the checks that it is asked for', async () => {
    await ask(`update runs set status = 'failed' where run_id = $1`, [store.over]);
    const { checks, verdict } = await doctor.examine({ checks: ['replay_counts', 'lost_run'] });
    expect(checks.map(({ name }) => name)).toEqual(['lost_run', 'replay_counts']);
    expect(verdict).toBe('ok');
  });

  test('refuses a check that there is not', async () => {
    await expect(doctor.examine({ checks: ['lost_run', 'magic'] })).rejects.toMatchObject({
      code: 'validation_failed',
      message: 'There is no check magic.',
    });
  });

  test('leaves runs out whose graphs are too large for its measure', async () => {
    const plan = compilePlan({
      nodes: Array.from({ length: 200 }, (_, i) => ({ id: `n${i}`, uses: 'noop' })),
    });
    await desk.store.putPlan(plan.hash, plan.document, plan.nodeCount);
    const { lane } = await desk.engine();
    await lane.flush(batch(1, { submits: queuedRows(3, { submission: { plan } }) }));
    const { sample } = await doctor.examine({ limit: 6 });
    expect(sample).toEqual({ liveRuns: 3, overRuns: 1, leftOut: 2 });
  });

  test('says that the store is away when it is', async () => {
    const away = openDoctor({ ...desk.connection, database: 'nowhere' });
    await expect(away.examine()).rejects.toThrow();
    await away.close();
  });
});
