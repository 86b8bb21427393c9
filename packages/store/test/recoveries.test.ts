/** Sessions of recoveries with how they ended, their audit rows, and how well actions work. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADMIN, ANN, type ApiDesk, EVE, openApiDesk } from './api-desk.ts';
import { newRunId } from './rows.ts';

let desk: ApiDesk;
beforeAll(async () => {
  desk = await openApiDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.ask('delete from recoveries');
  await desk.ask('alter table recovery_audits disable trigger recovery_audits_are_append_only');
  await desk.ask('delete from recovery_audits');
  await desk.ask('alter table recovery_audits enable trigger recovery_audits_are_append_only');
});

interface Session {
  readonly runId?: string;
  readonly owner?: string;
  readonly action?: string;
  readonly trigger?: string;
  readonly end?: 'completed' | 'failed' | 'cancelled';
}

/** A session as its run's owner writes it down. */
async function addSession(over: Session = {}): Promise<string> {
  const id = newRunId().text;
  const { runId = randomUUID(), owner = 'ann', action = 'retry_job', trigger = 'failure' } = over;
  await desk.ask(
    `insert into recoveries (session_id, run_id, owner, node, node_id, trigger, classification,
       error_type, action, parameters, actor, state_before, started_at)
     values ($1, $2, $3, 4, 'build', $4, 'transient', 'http_503', $5, '{"delay_ms":5}', 'policy',
       'failed', now())`,
    [id, runId, owner, trigger, action],
  );
  const audit = (event: string, success: boolean | null) =>
    desk.ask(
      `insert into recovery_audits (audit_id, session_id, run_id, owner, event, trigger, action,
         actor, state_before, state_after, success, details, at)
       values ($1, $2, $3, $4, $5, $6, $7, 'policy', 'failed', $8, $9, '{"n":1}', now())`,
      [
        ...[newRunId().text, id, runId, owner, event, trigger, action],
        ...[success === null ? null : 'waiting', success],
      ],
    );
  await audit('started', null);
  if (over.end !== undefined) await audit(over.end, over.end === 'completed');
  return id;
}

const page = { limit: 10, offset: 0 };
const list = async (filter: Parameters<typeof desk.recoveries.recoveries>[1], access = ANN) =>
  (await desk.recoveries.recoveries(access, filter, page)).items.map((item) => item.sessionId);

describe('a session', () => {
  test('tells what was done about what, and that it is still running', async () => {
    const runId = randomUUID();
    const id = await addSession({ runId });
    expect(await desk.recoveries.recovery(ANN, id)).toEqual({
      ...{ sessionId: id, runId, node: 4, nodeId: 'build', trigger: 'failure' },
      ...{ classification: 'transient', errorType: 'http_503', action: 'retry_job' },
      ...{ parameters: { delay_ms: 5 }, actor: 'policy', reason: null, status: 'running' },
      ...{ stateBefore: 'failed', stateAfter: null, completedAt: null },
      startedAt: expect.any(Number),
    });
  });

  test.each(['completed', 'failed', 'cancelled'] as const)('that is %s says so', async (end) => {
    const id = await addSession({ end });
    expect(await desk.recoveries.recovery(ANN, id)).toMatchObject({
      ...{ status: end, stateAfter: 'waiting', completedAt: expect.any(Number) },
    });
  });

  test('of somebody else is not there', async () => {
    const id = await addSession();
    expect(await desk.recoveries.recovery(EVE, id)).toBeUndefined();
    expect(await desk.recoveries.recovery(ADMIN, id)).toBeDefined();
    expect(await list({}, EVE)).toEqual([]);
  });
});

describe('a list', () => {
  test('is of the newest first and goes on from a key', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) ids.push(await addSession());
    ids.sort().reverse();
    const first = await desk.recoveries.recoveries(ANN, {}, { limit: 4, offset: 0 });
    expect(first).toMatchObject({ total: 7, hasMore: true });
    expect(first.items.map((item) => item.sessionId)).toEqual(ids.slice(0, 4));
    const rest = { limit: 4, offset: 0, after: ids[3] ?? '' };
    const second = await desk.recoveries.recoveries(ANN, {}, rest);
    expect(second.items.map((item) => item.sessionId)).toEqual(ids.slice(4));
  });

  test('is of one run, one action, one trigger, or one status', async () => {
    const runId = randomUUID();
    const skipped = await addSession({ runId, action: 'skip_node', end: 'completed' });
    const undone = await addSession({ runId, action: 'rollback_state', trigger: 'manual' });
    const other = await addSession({ end: 'failed' });
    expect(await list({ runId })).toHaveLength(2);
    expect(await list({ action: 'skip_node' })).toEqual([skipped]);
    expect(await list({ trigger: 'manual' })).toEqual([undone]);
    expect(await list({ status: 'running' })).toEqual([undone]);
    expect(await list({ status: 'failed' })).toEqual([other]);
    expect(await list({ status: 'completed', runId })).toEqual([skipped]);
    expect(await list({ status: 'cancelled' })).toEqual([]);
  });

  test('of a status looks at the newest, and says how many there are of them', async () => {
    await desk.ask(
      `insert into recoveries (session_id, run_id, owner, trigger, action, parameters, actor,
         state_before, started_at)
       select uuid_v7(), gen_random_uuid(), 'ann', 'failure', 'retry_job', '{}', 'policy', 'failed',
         now() from generate_series(1, 10050)`,
    );
    const found = await desk.recoveries.recoveries(ANN, { status: 'running' }, page);
    expect(found).toMatchObject({ total: 10_000, totalIsEstimate: false, hasMore: true });
    const all = await desk.recoveries.recoveries(ANN, {}, page);
    expect(all).toMatchObject({ total: 10_001, totalIsEstimate: true });
  });
});

describe('the audit rows', () => {
  test('are of one session or one run, newest first', async () => {
    const runId = randomUUID();
    const sessionId = await addSession({ runId, end: 'failed' });
    await addSession({ runId });
    const of = async (filter: Parameters<typeof desk.recoveries.audits>[1], access = ANN) =>
      (await desk.recoveries.audits(access, filter, page)).items;
    expect(await of({ runId })).toHaveLength(3);
    const both = await of({ sessionId });
    expect(both.map(({ event, success }) => [event, success])).toEqual(
      expect.arrayContaining([
        ['failed', false],
        ['started', null],
      ]),
    );
    expect(both[0]).toMatchObject({
      ...{ sessionId, runId, action: 'retry_job', actor: 'policy', stateBefore: 'failed' },
      details: { n: 1 },
    });
    expect(await of({ status: 'running' })).toHaveLength(2);
    expect(await of({ status: 'failed' })).toHaveLength(1);
    expect(await of({ runId }, EVE)).toEqual([]);
  });

  test('can be neither changed nor deleted', async () => {
    await addSession();
    await expect(desk.ask('delete from recovery_audits')).rejects.toThrow('append-only');
    await expect(desk.ask(`update recovery_audits set success = true`)).rejects.toThrow(
      'append-only',
    );
  });

  test('tell of one beginning and one end of a session, never of two', async () => {
    const sessionId = await addSession({ end: 'completed' });
    const again = desk.ask(
      `insert into recovery_audits select uuid_v7(), session_id, run_id, owner, 'failed', trigger,
         classification, action, actor, state_before, state_after, success, details, at
       from recovery_audits where session_id = $1 and event = 'started'`,
      [sessionId],
    );
    await expect(again).rejects.toThrow('recovery_audits_session');
  });
});

describe('how well actions work', () => {
  test('is counted by action, the running ones apart', async () => {
    for (const end of ['completed', 'completed', 'failed', undefined] as const) {
      await addSession({ ...(end !== undefined && { end }) });
    }
    await addSession({ action: 'skip_node', end: 'completed' });
    await addSession({ owner: 'bob' });
    expect(await desk.recoveries.effectiveness(ANN)).toEqual([
      { action: 'retry_job', sessions: 4, succeeded: 2, running: 1 },
      { action: 'skip_node', sessions: 1, succeeded: 1, running: 0 },
    ]);
    expect((await desk.recoveries.effectiveness(ADMIN))[0]?.sessions).toBe(5);
    expect(await desk.recoveries.effectiveness(EVE)).toEqual([]);
  });
});
