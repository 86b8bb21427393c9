/** Runs that have failed and are taken up again: they leave the history as one, and only once. */
import { randomUUID } from 'node:crypto';
import { type Reopening, runIdOf } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, ANN, type ApiDesk, auditOf, EVE, openApiDesk } from './api-desk.ts';
import { lockAwaited } from './desk.ts';
import { attemptRow, submitRow } from './rows.ts';

let desk: ApiDesk;
beforeAll(async () => {
  desk = await openApiDesk();
});
afterAll(() => desk.close());

function reopening(runId: string, over: Partial<Reopening> = {}): Reopening {
  return {
    runId,
    status: 'retrying',
    type: 'retry',
    body: { actor: 'ann', session: randomUUID(), from: 'failed', reason: 'mended' },
    audit: auditOf('job.retried', runId),
    ...over,
  } as Reopening;
}

const live = (runId: string) =>
  desk.one<{ status: string; engine: string | null; inbox_seq: number; version: number }>(
    'select status::text, engine, inbox_seq, version from run_live where run_id = $1',
    runId,
  );
const cancel = (runId: string) =>
  desk.jobs.cancel(ANN, { runId, mode: 'graceful', audit: auditOf('job.cancelled', runId) });

describe('a run that failed or timed out', () => {
  test.each([
    'failed',
    'timeout',
  ] as const)('%s is live again, in one statement', async (status) => {
    const runId = await desk.ended(status, { submission: { tags: ['x'], metadata: { a: 1 } } });
    const before = await desk.jobs.find(ANN, runId);
    expect(await desk.jobs.reopen(ANN, reopening(runId))).toBe('reopened');
    const after = await desk.jobs.find(ANN, runId);
    expect(after).toMatchObject({
      ...{ status: 'retrying', over: false, version: 3, tags: ['x'], metadata: { a: 1 } },
      ...{ startedAt: before?.startedAt, createdAt: before?.createdAt, completedAt: null },
      progress: { counts: { failed: 1 } },
    });
    expect(after?.progress).not.toHaveProperty('error');
    expect(await live(runId)).toMatchObject({ engine: null, inbox_seq: 1 });
    expect(await desk.inbox(runId)).toMatchObject([
      { seq: 1, type: 'retry', body: { actor: 'ann', from: 'failed' } },
    ]);
    expect(await desk.events(runId)).toEqual([
      {
        seq: 1,
        type: 'transition',
        body: {
          ...{ from: status, to: 'retrying', actor: 'ann', reason: 'mended' },
          ...{ ended_at: before?.completedAt, error: { type: 'test' } },
        },
      },
    ]);
    expect(await desk.audits(runId)).toMatchObject([{ action: 'job.retried' }]);
    expect(await desk.ask('select 1 from runs where run_id = $1', [runId])).toEqual([]);
  });

  test('is claimed before all others and stays what it is until its owner speaks', async () => {
    await desk.queued({ createdAt: Date.now() - 3_600_000, submission: { priority: 1 } });
    const runId = await desk.ended('failed');
    await desk.jobs.reopen(
      ANN,
      reopening(runId, {
        ...{ status: 'recovering', type: 'recover' },
        body: { actor: 'ann', session: randomUUID(), action: 'rollback_state', with: {} },
      }),
    );
    await desk.ask(
      `update run_live set wake_at = 'infinity' where claim_key = 0 and run_id <> $1`,
      [runId],
    );
    expect(await desk.store.claim({ ...desk.owner, limit: 1 })).toEqual([runId]);
    const [owned] = await desk.store.readOwned(desk.owner.engineId, [runId]);
    expect(owned).toMatchObject({
      ...{ status: 'recovering', inboxSeq: 1, lastSeq: 1 },
      inbox: [{ type: 'recover', body: { action: 'rollback_state' } }],
    });
  });

  test('is numbered on after everything that its journal has', async () => {
    const run = await desk.running();
    await desk.flush({ attempts: [attemptRow(run.id, { seq: 41 })] });
    await desk.ask(
      `insert into runs select run_id, plan_hash, owner, kind, name, job_type, description, priority,
         triggered_by, tags, metadata, input, parent_run, created_at, scheduled_at, started_at,
         now(), 'failed', '{}', 2 from run_live where run_id = $1`,
      [run.runId],
    );
    await desk.ask('delete from run_live where run_id = $1', [run.runId]);
    await desk.jobs.reopen(ANN, reopening(run.runId));
    expect(await desk.events(run.runId)).toMatchObject([{ seq: 42 }]);
  });

  test('puts its message above any that is left, and forgets starts that are left', async () => {
    const runId = await desk.ended('failed');
    await desk.ask(
      `insert into run_inbox (run_id, seq, type, body) values ($1, 9, 'pause', '{}')`,
      [runId],
    );
    await desk.ask('insert into started values ($1, 0, 1, now())', [runId]);
    await desk.jobs.reopen(ANN, reopening(runId));
    expect((await desk.inbox(runId)).map(({ seq }) => seq)).toEqual([9, 10]);
    expect((await live(runId)).inbox_seq).toBe(10);
    expect(await desk.ask('select 1 from started where run_id = $1', [runId])).toEqual([]);
  });

  test('is still found by the key that it was submitted under, and keeps others out', async () => {
    const key = randomUUID();
    const submission = { idempotency: { key, requestHash: Buffer.alloc(32, 1) } };
    const runId = await desk.ended('failed', { submission });
    await desk.jobs.reopen(ANN, reopening(runId));
    expect((await desk.jobs.submission('ann', key))?.runId).toBe(runId);
    const second = submitRow({ submission });
    const { duplicates } = await desk.flush({ submits: [second] });
    expect(duplicates).toEqual([second.runId.text]);
  });

  test('can end again, and be reopened again', async () => {
    const runId = await desk.ended('failed');
    for (let round = 0; round < 3; round += 1) {
      expect(await desk.jobs.reopen(ANN, reopening(runId))).toBe('reopened');
      const { engineId } = desk.owner;
      await desk.ask('update run_live set engine = $2 where run_id = $1', [runId, engineId]);
      const [owned] = await desk.store.readOwned(engineId, [runId]);
      const inboxSeq = owned?.inboxSeq ?? 0;
      const end = { kind: 'finish', status: 'timeout', completedAt: Date.now() } as const;
      const { refused } = await desk.flush({
        consumed: [{ runId: runIdOf(runId), seq: inboxSeq }],
        updates: [{ ...end, runId: runIdOf(runId), inboxSeq, progress: '{}' }],
      });
      expect(refused).toEqual([]);
    }
    expect((await desk.events(runId)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await desk.audits(runId)).toHaveLength(3);
  });
});

describe('what cannot be reopened', () => {
  test.each(['completed', 'cancelled', 'aborted'] as const)('a run that is %s', async (status) => {
    const runId = await desk.ended(status);
    expect(await desk.jobs.reopen(ANN, reopening(runId))).toBe('final');
    expect(await desk.audits(runId)).toEqual([]);
    expect(await desk.outcome(runId)).toBe(status);
  });

  test('a run that is live, one of another version, one of somebody else, none', async () => {
    const { runId } = await desk.running();
    expect(await desk.jobs.reopen(ANN, reopening(runId))).toBe('live');
    const failed = await desk.ended('failed');
    expect(await desk.jobs.reopen(ANN, reopening(failed, { version: 1 }))).toBe('stale');
    expect(await desk.jobs.reopen(EVE, reopening(failed))).toBe('missing');
    expect(await desk.jobs.reopen(ANN, reopening(randomUUID()))).toBe('missing');
    expect(await desk.outcome(failed)).toBe('failed');
    expect(await desk.jobs.reopen(ADMIN, reopening(failed, { version: 2 }))).toBe('reopened');
  });
});

describe('sessions at once', () => {
  test('100 times two that reopen: one of them does', async () => {
    for (let i = 0; i < 100; i += 1) {
      const runId = await desk.ended('failed');
      const both = await Promise.all([1, 2].map(() => desk.jobs.reopen(ANN, reopening(runId))));
      expect(both.toSorted()).toEqual(['live', 'reopened']);
      expect(await desk.inbox(runId)).toHaveLength(1);
      expect(await desk.audits(runId)).toHaveLength(1);
    }
  });

  test('100 times one that reopens and one that cancels: the run has one end or is asked to', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      const runId = await desk.ended('failed');
      const reopen = () => desk.jobs.reopen(ANN, reopening(runId));
      const [reopened, cancelled] =
        i % 2 === 0
          ? await Promise.all([reopen(), cancel(runId)])
          : (([c, r]) => [r, c] as const)(await Promise.all([cancel(runId), reopen()]));
      seen.add(`${reopened} ${cancelled}`);
      const types = (await desk.inbox(runId)).map(({ type }) => type);
      if (reopened === 'reopened') {
        expect([cancelled, types]).toEqual(['asked', ['retry', 'cancel']]);
      } else {
        expect([reopened, cancelled, types]).toEqual(['final', 'aborted', []]);
        expect(await desk.outcome(runId)).toBe('aborted');
      }
    }
    expect(seen.size).toBe(2);
  });

  test('a cancel that waits for a reopening asks the owner that comes of it', async () => {
    const runId = await desk.ended('failed');
    const holder = await desk.session();
    await holder.query('begin');
    await holder.query('select 1 from runs where run_id = $1 for update', [runId]);
    const reopened = desk.jobs.reopen(ANN, reopening(runId));
    await lockAwaited(desk);
    const cancelled = cancel(runId);
    await lockAwaited(desk, 2);
    await holder.query('commit');
    expect([await reopened, await cancelled]).toEqual(['reopened', 'asked']);
  });

  test('a reopening that waits for an abort finds the run final', async () => {
    const runId = await desk.ended('failed');
    const holder = await desk.session();
    await holder.query('begin');
    await holder.query(`update runs set status = 'aborted' where run_id = $1`, [runId]);
    const reopened = desk.jobs.reopen(ANN, reopening(runId));
    await lockAwaited(desk);
    await holder.query('commit');
    expect(await reopened).toBe('final');
  });
});

describe('an abort that is a recovery', () => {
  const abort = (runId: string, session = randomUUID()) =>
    desk.jobs.cancel(ANN, {
      ...{ runId, mode: 'graceful', recovery: { session, reason: 'beyond repair' } },
      audit: auditOf('job.recovered', runId),
    });

  test('leaves its session with its beginning and its end', async () => {
    const runId = await desk.ended('timeout');
    const session = randomUUID();
    expect(await abort(runId, session)).toBe('aborted');
    expect(await desk.recoveries.recovery(ANN, session)).toMatchObject({
      ...{ runId, action: 'abort_execution', trigger: 'manual', actor: 'ann', status: 'completed' },
      ...{ stateBefore: 'timeout', stateAfter: 'aborted', reason: 'beyond repair', node: null },
    });
    const page = { limit: 10, offset: 0 };
    const { items } = await desk.recoveries.audits(ANN, { sessionId: session }, page);
    expect(items.map(({ event, success }) => [event, success]).toSorted()).toEqual([
      ['completed', true],
      ['started', null],
    ]);
    expect(await desk.events(runId)).toMatchObject([
      { body: { from: 'timeout', to: 'aborted', reason: 'beyond repair' } },
    ]);
  });

  test('by two at once is made once', async () => {
    const runId = await desk.ended('failed');
    const both = await Promise.all([abort(runId), abort(runId)]);
    expect(both.toSorted()).toEqual(['aborted', 'final']);
    const page = { limit: 10, offset: 0 };
    expect((await desk.recoveries.recoveries(ANN, { runId }, page)).total).toBe(1);
  });
});
