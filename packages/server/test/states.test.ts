/** The table of states, generated: from each state each request does what may be, or is refused. */
import { randomUUID } from 'node:crypto';
import { RECOVERY_ACTIONS, RUN_STATUSES, RUN_TRANSITIONS, type RunStatus } from '@tenuto/contract';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive, addOver } from './rows.ts';
import { type Answer, JOB, startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const OVER: readonly RunStatus[] = ['completed', 'failed', 'cancelled', 'timeout', 'aborted'];
const WAITING: readonly RunStatus[] = ['pending', 'queued', 'scheduled'];

/** A run in some state, as its rows say it. */
async function runThatIs(status: RunStatus): Promise<string> {
  if (OVER.includes(status)) return addOver(api.pool, { status });
  const scheduledAt = Date.now() + 3_600_000;
  if (status === 'scheduled') return addLive(api.pool, { status, scheduledAt });
  if (WAITING.includes(status)) return addLive(api.pool, { status });
  return addLive(api.pool, { status, startedAt: Date.now(), engine: randomUUID() });
}

async function ask(jobId: string, verb: string, body: object = {}): Promise<Answer> {
  const headers = { prefer: 'respond-async' };
  return verb === 'cancel'
    ? api.call(`${JOB}/${jobId}`, { method: 'DELETE', headers })
    : api.call(`${JOB}/${jobId}/${verb}`, { method: 'POST', body, headers });
}

async function traces(jobId: string): Promise<number> {
  const { rows } = await api.pool.query(
    `select (select count(*) from audit where subject = $1::text)::int
       + (select count(*) from run_inbox where run_id = $1::uuid)::int
       + (select count(*) from run_events where run_id = $1::uuid)::int as n`,
    [jobId],
  );
  return rows[0].n;
}

/** What a request leads to; what it asks of a state is that it can be left for one of these. */
const REQUESTS: Readonly<Record<string, { body?: object; leadsTo: readonly RunStatus[] }>> = {
  pause: { leadsTo: ['paused'] },
  retry: { leadsTo: ['retrying'] },
  cancel: { leadsTo: ['cancelled', 'aborted'] },
  recover: {
    body: { action: 'rollback_state', reason: 'x' },
    leadsTo: ['recovering'],
  },
};

const all = Object.keys(REQUESTS).flatMap((verb) =>
  RUN_STATUSES.map((status) => {
    const { leadsTo } = REQUESTS[verb] ?? { leadsTo: [] };
    const may = RUN_TRANSITIONS[status].some((next) => leadsTo.includes(next));
    return { verb, status, may };
  }),
);

describe('a request', () => {
  it.each(all.filter(({ may }) => may))('$verb of a run that is $status is taken', async (one) => {
    const { verb, status } = one;
    const jobId = await runThatIs(status);
    const answer = await ask(jobId, verb, REQUESTS[verb]?.body);
    expect([answer.status, answer.text]).toEqual([expect.toBeOneOf([200, 202]), answer.text]);
    expect(await traces(jobId)).toBeGreaterThan(0);
  });

  it.each(
    all.filter(({ may }) => !may),
  )('$verb of a run that is $status is refused, and leaves no trace', async ({ verb, status }) => {
    const jobId = await runThatIs(status);
    const answer = await ask(jobId, verb, REQUESTS[verb]?.body);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ error_code: 'invalid_job_state', job_status: status });
    expect(await traces(jobId)).toBe(0);
    expect((await api.call(`${JOB}/${jobId}`)).body.status).toBe(status);
  });

  it.each(
    RUN_STATUSES,
  )('resume of a run that is %s is taken only when it is paused', async (status) => {
    const jobId = await runThatIs(status);
    const answer = await ask(jobId, 'resume');
    if (status === 'paused') expect(answer.status).toBe(202);
    else expect([answer.status, answer.body.job_status]).toEqual([409, status]);
  });

  it.each(RUN_STATUSES)('signal to a run that is %s is taken unless it is over', async (status) => {
    const jobId = await runThatIs(status);
    const answer = await ask(jobId, 'signal', { name: 'go' });
    if (!OVER.includes(status)) expect(answer.status).toBe(202);
    else expect([answer.status, answer.body.job_status]).toEqual([409, status]);
  });

  it.each(
    RUN_STATUSES.filter((status) => RUN_TRANSITIONS[status].length === 0).flatMap((status) =>
      RECOVERY_ACTIONS.map((action) => ({ status, action })),
    ),
  )('recovery by $action of a run that is $status is refused', async ({ status, action }) => {
    const jobId = await runThatIs(status);
    const node = action === 'skip_node' || action === 'fallback_strategy' ? { node_id: 'a' } : {};
    const answer = await ask(jobId, 'recover', { action, reason: 'x', ...node });
    expect([answer.status, answer.body.job_status]).toEqual([409, status]);
    expect(await traces(jobId)).toBe(0);
  });
});

it('cancel-retry of a node that awaits none is refused, and so is one of no node', async () => {
  const jobId = await runThatIs('running');
  const answer = await ask(jobId, 'nodes/a/cancel-retry');
  expect([answer.status, answer.body.job_status]).toEqual([409, 'running']);
  expect((await ask(jobId, 'nodes/nowhere/cancel-retry')).status).toBe(404);
  expect((await ask(await runThatIs('failed'), 'nodes/a/cancel-retry')).status).toBe(409);
  expect(await traces(jobId)).toBe(0);
});
