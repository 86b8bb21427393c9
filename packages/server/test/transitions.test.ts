/** Transitions of the table, each brought about through the API with an engine that really runs. */
import { RUN_TRANSITIONS, type RunStatus } from '@tenuto/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate, once, type RealApi, startRealApi } from './real-api.ts';
import { JOB } from './server.ts';

let api: RealApi;
let going = gate();
let broken = true;
beforeAll(async () => {
  api = await startRealApi({
    capacity: 3,
    actions: {
      gated: (call) => going.action(call),
      machine: () =>
        broken
          ? { status: 'failed', error: { classification: 'permanent', type: 'x', message: 'x' } }
          : { status: 'completed', output: null },
      undo: () => ({ status: 'completed', output: null }),
      stuck: () => ({
        ...{ status: 'failed', error: { classification: 'permanent', type: 'x', message: 'x' } },
      }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const seen = new Set<string>();
/** Notes the transitions that a job has made, and that the table has each of them. */
async function note(jobId: string): Promise<string[]> {
  const changes = await api.changes(jobId);
  for (const change of changes) {
    const [from = '', to = ''] = change.split(' ');
    if (from !== 'null') {
      expect([change, RUN_TRANSITIONS[from as RunStatus]]).toEqual([
        change,
        expect.arrayContaining([to]),
      ]);
      seen.add(`${from} ${to}`);
    }
  }
  return changes;
}

const gated = [{ id: 'g', uses: 'gated', retry: once, grace_seconds: 0 }];
const machineNode = { id: 'm', uses: 'machine', retry: once };
const cancel = (jobId: string, query = '') =>
  api.call(`${JOB}/${jobId}${query}`, { method: 'DELETE' });
const patch = (jobId: string, body: object) =>
  api.call(`${JOB}/${jobId}`, { method: 'PATCH', body });
const later = () => new Date(Date.now() + 3_600_000).toISOString();

/** A job that waits in the queue because the engine is full. */
async function queuedJob(use: (jobId: string) => Promise<void>): Promise<void> {
  going = gate();
  const full = await Promise.all([1, 2, 3].map(() => api.submit(gated)));
  for (const jobId of full) await api.reaches(jobId, 'running');
  const jobId = await api.submit(gated);
  expect((await api.job(jobId)).status).toBe('queued');
  await use(jobId);
  going.open();
  for (const other of full) await api.reaches(other, 'completed');
  await api.ends(jobId);
  await note(jobId);
}

async function failedJob(): Promise<string> {
  broken = true;
  const jobId = await api.submit([machineNode]);
  await api.reaches(jobId, 'failed');
  return jobId;
}

async function runningJob(more = {}): Promise<string> {
  going = gate();
  const jobId = await api.submit(gated, more);
  await api.nodeIs(jobId, 'g', 'running');
  return jobId;
}

describe('a run that has not started', () => {
  it('goes from pending to queued or scheduled, and between the two', async () => {
    const jobId = await api.submit(gated, { scheduled_at: later() });
    await patch(jobId, { scheduled_at: null });
    going.open();
    await api.reaches(jobId, 'completed');
    await note(jobId);
    const other = await api.submit([machineNode], { scheduled_at: later() });
    await cancel(other);
    await api.ends(other);
    expect(await note(other)).toContain('scheduled running');
    await queuedJob(async (queued) => {
      await patch(queued, { scheduled_at: later() });
      expect((await api.job(queued)).status).toBe('scheduled');
      await patch(queued, { scheduled_at: null });
    });
  });

  it('is paused in the queue, and goes back to it', async () => {
    await queuedJob(async (jobId) => {
      const paused = await api.ask(jobId, 'pause', { reason: 'not now' });
      expect([paused.status, paused.body.status]).toEqual([200, 'paused']);
      const resumed = await api.ask(jobId, 'resume');
      expect([resumed.status, resumed.body.status]).toEqual([200, 'queued']);
    });
    const jobId = await api.submit(gated, { scheduled_at: later() });
    await api.ask(jobId, 'pause');
    expect((await api.ask(jobId, 'resume')).body.status).toBe('scheduled');
    expect((await note(jobId)).slice(-3)).toEqual([
      'scheduled paused',
      'paused queued',
      'queued scheduled',
    ]);
    await cancel(jobId);
  });

  it('is cancelled while it is paused', async () => {
    const jobId = await api.submit(gated, { scheduled_at: later() });
    await api.ask(jobId, 'pause');
    await cancel(jobId);
    await api.ends(jobId);
    expect((await api.job(jobId)).status).toBe('cancelled');
  });
});

describe('the history of a cancel', () => {
  const last = async (jobId: string) =>
    (await api.call(`${JOB}/${jobId}/history`)).body.items.at(-1);

  it('says who asked for it, of a run that goes on, waits, or is paused', async () => {
    const tomorrow = { scheduled_at: later() };
    const waiting = await api.submit(gated, tomorrow);
    const held = await api.submit(gated, tomorrow);
    await api.ask(held, 'pause');
    for (const jobId of [await runningJob(), waiting, held]) {
      await cancel(jobId);
      await api.ends(jobId);
      expect(await last(jobId)).toMatchObject({ to: 'cancelled', actor: 'admin', reason: null });
    }
  });

  it('says why, when the request does', async () => {
    const running = await runningJob();
    const { status } = await cancel(running, '?reason=not%20needed&mode=immediate');
    expect(status).toBe(200);
    await api.ends(running);
    expect(await last(running)).toMatchObject({ to: 'cancelled', reason: 'not needed' });
    const failed = await failedJob();
    await cancel(failed, '?reason=given%20up');
    expect(await last(failed)).toMatchObject({ to: 'aborted', reason: 'given up' });
    const audits = await api.pool.query(
      `select details::json ->> 'reason' as reason from audit
       where action = 'job.cancel_requested' and subject = any ($1) order by audit_id`,
      [[running, failed]],
    );
    expect(audits.rows).toEqual([{ reason: 'not needed' }, { reason: 'given up' }]);
  });

  it('has no room for a reason that says nothing, or what no text can hold', async () => {
    const jobId = await runningJob();
    for (const reason of ['', '%00', 'x'.repeat(2_001)]) {
      expect((await cancel(jobId, `?reason=${reason}`)).status).toBe(400);
    }
    await cancel(jobId);
  });
});

describe('a run that goes on', () => {
  it('completes, fails, or is cancelled', async () => {
    broken = false;
    const good = await api.submit([machineNode]);
    await api.reaches(good, 'completed');
    await note(good);
    await note(await failedJob());
    const jobId = await runningJob();
    await cancel(jobId);
    await api.ends(jobId);
    await note(jobId);
  });

  it('runs out of time', async () => {
    const jobId = await runningJob({ timeout_ms: 1_000 });
    await api.reaches(jobId, 'timeout');
    await api.ends(jobId);
    await note(jobId);
  });

  it('is paused and resumed; cancelled or out of time while paused', async () => {
    const jobId = await runningJob();
    expect((await api.ask(jobId, 'pause')).body.status).toBe('paused');
    expect((await api.ask(jobId, 'pause')).status).toBe(409);
    expect((await api.ask(jobId, 'resume')).body.status).toBe('running');
    await api.ask(jobId, 'pause');
    await cancel(jobId);
    await api.ends(jobId);
    await note(jobId);
    const deadline_at = new Date(Date.now() + 2_000).toISOString();
    const late = await runningJob({ deadline_at });
    await api.ask(late, 'pause');
    await api.reaches(late, 'timeout');
    await api.ends(late);
    await note(late);
  });

  it('recovers and goes on, fails, is aborted, or is cancelled meanwhile', async () => {
    for (const after of ['resume', 'fail', 'abort']) {
      const jobId = await runningJob();
      const back = { action: 'rollback_state', reason: 'x', with: { to: 'start', after } };
      await api.ask(jobId, 'recover', back);
      going.open();
      await api.ends(jobId);
      await note(jobId);
    }
    going = gate();
    const undoing = await api.submit(
      [
        { id: 'a', uses: 'undo', rollback: { uses: 'gated' } },
        { ...machineNode, parent_nodes: ['a'], uses: 'stuck' },
      ],
      { recovery_policy: [{ action: 'rollback_state' }] },
    );
    await api.reaches(undoing, 'recovering');
    await cancel(undoing);
    await api.ends(undoing);
    await note(undoing);
  });
});

describe('a run that failed or ran out of time', () => {
  const ended = {
    failed: failedJob,
    async timeout() {
      const jobId = await runningJob({ timeout_ms: 1_000 });
      await api.reaches(jobId, 'timeout');
      await api.ends(jobId);
      going.open();
      return jobId;
    },
  };

  it.each([
    'failed',
    'timeout',
  ] as const)('%s: is retried, recovered, or aborted', async (status) => {
    const retried = await ended[status]();
    broken = false;
    expect((await api.ask(retried, 'retry', { reason: 'mended' })).status).toBe(200);
    await api.reaches(retried, 'completed');
    await note(retried);
    const recovered = await ended[status]();
    broken = false;
    await api.ask(recovered, 'recover', { action: 'requeue_job', reason: 'mended' });
    await api.reaches(recovered, 'completed');
    await note(recovered);
    const aborted = await ended[status]();
    await cancel(aborted);
    await note(aborted);
  });

  it.each([
    ['failed', ['m2', 'n1']],
    ['start', ['k2', 'm2', 'n1']],
    ['node', ['k2', 'm2', 'n1']],
  ] as const)('is retried from %s', async (from, expected) => {
    broken = true;
    const jobId = await api.submit([
      { id: 'k', uses: 'noop' },
      { ...machineNode, parent_nodes: ['k'] },
      { id: 'n', uses: 'noop', parent_nodes: ['m'] },
    ]);
    await api.reaches(jobId, 'failed');
    api.engine.executed.length = 0;
    broken = false;
    const node = from === 'node' ? { node_id: 'k' } : {};
    const answer = await api.ask(jobId, 'retry', { from, ...node, reason: 'mended' });
    expect(answer.status).toBe(200);
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(expected);
    expect(await api.sessions(jobId)).toMatchObject([
      { action: 'retry_job', trigger: 'manual', status: 'completed', actor: 'admin' },
    ]);
  });

  it('is not retried past its deadline, nor about a node that is not there', async () => {
    broken = true;
    const deadline_at = new Date(Date.now() + 1_500).toISOString();
    const jobId = await api.submit([machineNode], { deadline_at });
    await api.reaches(jobId, 'failed');
    const nowhere = await api.ask(jobId, 'retry', { from: 'node', node_id: 'nowhere' });
    expect(nowhere.status).toBe(404);
    expect((await api.ask(jobId, 'retry', { from: 'node' })).status).toBe(400);
    expect((await api.ask(jobId, 'retry', { node_id: 'm' })).status).toBe(400);
    await expect
      .poll(
        async () =>
          (await api.ask(jobId, 'recover', { action: 'retry_job', reason: 'x', node_id: 'x' }))
            .status,
        { timeout: 20_000 },
      )
      .toBe(422);
    expect((await api.ask(jobId, 'retry')).status).toBe(422);
    expect((await api.job(jobId)).status).toBe('failed');
  });
});

it('all of this makes the transitions that a run can be brought to make', () => {
  // `pending` lasts no longer than a submit; a run that is claimed runs, whatever it is told then.
  const never = ['pending cancelled', 'pending timeout', 'running scheduled'];
  const momentary =
    /^(queued|scheduled) (cancelled|timeout)$|^(retrying|recovering) queued$|^retrying (aborted|cancelled)$/;
  const every = Object.entries(RUN_TRANSITIONS).flatMap(([from, next]) =>
    next.map((to) => `${from} ${to}`),
  );
  const expected = every.filter((one) => !never.includes(one) && !momentary.test(one));
  expect([...seen].sort()).toEqual(expect.arrayContaining(expected.sort()));
});
