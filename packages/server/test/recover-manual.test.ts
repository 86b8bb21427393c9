/** Each of the seven actions asked for by hand, of runs that are over and of runs that go on. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { gate, INTERVENTIONS, machine, once, type RealApi, startRealApi } from './real-api.ts';

let api: RealApi;
afterEach(() => api[Symbol.asyncDispose]());

const breaks = (id: string, more = {}) => ({ id, uses: 'machine', retry: once, ...more });
const noop = (id: string, ...parents: string[]) => ({ id, uses: 'noop', parent_nodes: parents });
const recover = (jobId: string, body: object) =>
  api.ask(jobId, 'recover', { reason: 'by hand', ...body });

/** A job of which `b` has failed: `a` completed before it, `c` never ran, `d` is by itself. */
const nodes = (more = {}) => [
  noop('a'),
  breaks('b', { parent_nodes: ['a'], ...more }),
  noop('c', 'b'),
  noop('d'),
];

async function failedJob(more = {}) {
  const device = machine();
  const undone: string[] = [];
  api = await startRealApi({
    actions: {
      machine: device.action,
      undo: ({ nodeId }) => {
        undone.push(nodeId);
        return { status: 'completed', output: null };
      },
    },
  });
  const jobId = await api.submit(nodes(more));
  await api.reaches(jobId, 'failed');
  api.engine.executed.length = 0;
  return { jobId, device, undone };
}

const audited = async (jobId: string) =>
  (
    await api.pool.query(
      `select action, details::json ->> 'action' as what, details::json ->> 'reason' as reason
       from audit where subject = $1 and action <> 'job.created' order by audit_id`,
      [jobId],
    )
  ).rows;

const manual = (action: string, over = {}) => ({
  ...{ action, trigger: 'manual', actor: 'admin', status: 'completed', node_id: null },
  ...{ state_before: 'failed', state_after: 'completed' },
  audits: [
    ['started', null],
    ['completed', true],
  ],
  ...over,
});

describe('a failed job', () => {
  it('goes on by retry_job with what did not complete', async () => {
    const { jobId, device } = await failedJob();
    device.mend();
    const { status, body } = await recover(jobId, { action: 'retry_job' });
    expect([status, ['running', 'completed'].includes(body.status)]).toEqual([200, true]);
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(['b2', 'c1']);
    expect(await api.sessions(jobId)).toEqual([manual('retry_job')]);
    expect(await audited(jobId)).toEqual([
      { action: 'job.recovered', what: 'retry_job', reason: 'by hand' },
    ]);
    expect(await api.changes(jobId)).toEqual([
      ...['null pending', 'pending queued', 'queued running', 'running failed'],
      ...['failed recovering', 'recovering running', 'running completed'],
    ]);
  });

  it('shows what the attempts of its nodes have taken, and not what lay between them', async () => {
    const { jobId, device } = await failedJob();
    const span = ({ started_at, completed_at }: { started_at: string; completed_at: string }) =>
      Date.parse(completed_at) - Date.parse(started_at);
    const before = await api.node(jobId, 'b');
    expect(Math.abs(before.duration_ms - span(before))).toBeLessThanOrEqual(1);
    await setTimeout(300);
    device.mend();
    await recover(jobId, { action: 'retry_job' });
    await api.reaches(jobId, 'completed');
    const after = await api.node(jobId, 'b');
    expect(after).toMatchObject({ attempts: 2, generation: 1 });
    expect(Math.abs(after.duration_ms - span(after))).toBeLessThanOrEqual(1);
    expect(Date.parse(after.started_at)).toBeGreaterThan(Date.parse(before.completed_at) + 250);
  });

  it('goes on by retry_job of a node with all that comes after it', async () => {
    const { jobId, device } = await failedJob();
    device.mend();
    await recover(jobId, { action: 'retry_job', node_id: 'a' });
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(['a2', 'b2', 'c1']);
  });

  it('goes on by requeue_job', async () => {
    const { jobId, device } = await failedJob();
    device.mend();
    expect((await recover(jobId, { action: 'requeue_job' })).status).toBe(200);
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(['b2', 'c1']);
    expect(await api.sessions(jobId)).toEqual([manual('requeue_job')]);
  });

  it('goes on by skip_node, with an output in the place of the work', async () => {
    const { jobId } = await failedJob();
    const answer = await recover(jobId, {
      ...{ action: 'skip_node', node_id: 'b', with: { result: { by: 'hand' } } },
    });
    expect(answer.status).toBe(200);
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(['c1']);
    expect(await api.node(jobId, 'b')).toMatchObject({ status: 'skipped' });
    expect(await api.sessions(jobId)).toEqual([manual('skip_node')]);
  });

  it('goes on by escalate_manual once somebody has decided', async () => {
    const { jobId } = await failedJob();
    const answer = await recover(jobId, {
      ...{ action: 'escalate_manual', node_id: 'b', with: { message: 'What now?' } },
    });
    expect(answer.status).toBe(200);
    const asked = await api.asked(jobId);
    expect(asked).toMatchObject({ node_id: 'b', message: 'What now?' });
    expect((await api.job(jobId)).status).toBe('running');
    const body = { resolution: 'skip', result: 1 };
    expect(
      (await api.call(`${INTERVENTIONS}/${asked.intervention_id}/resolve`, { body })).status,
    ).toBe(200);
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(['c1']);
  });

  it('is aborted by abort_execution at once', async () => {
    const { jobId } = await failedJob();
    const { status, body } = await recover(jobId, { action: 'abort_execution' });
    expect([status, body.status]).toEqual([200, 'aborted']);
    expect(await api.sessions(jobId)).toEqual([
      manual('abort_execution', { state_after: 'aborted' }),
    ]);
    expect(await audited(jobId)).toEqual([
      { action: 'job.recovered', what: 'abort_execution', reason: 'by hand' },
    ]);
    expect((await api.changes(jobId)).slice(-2)).toEqual(['running failed', 'failed aborted']);
  });

  it('goes back by rollback_state, and on from there', async () => {
    const device = machine();
    const undone: string[] = [];
    api = await startRealApi({
      actions: {
        machine: device.action,
        undo: ({ nodeId }) => {
          undone.push(nodeId);
          return { status: 'completed', output: null };
        },
      },
    });
    const rollback = { uses: 'undo' };
    const jobId = await api.submit([
      { ...noop('a'), rollback },
      { id: 'safe', type: 'checkpoint', parent_nodes: ['a'] },
      { ...noop('b', 'safe'), rollback },
      breaks('c', { parent_nodes: ['b'] }),
    ]);
    await api.reaches(jobId, 'failed');
    device.mend();
    const back = { action: 'rollback_state', with: { to: 'start' } };
    expect((await recover(jobId, back)).status).toBe(200);
    await api.reaches(jobId, 'completed');
    expect(undone).toEqual(['b', 'a']);
    expect(await api.sessions(jobId)).toEqual([
      manual('rollback_state', { state_after: 'running' }),
    ]);
    expect(await api.changes(jobId)).toEqual([
      ...['null pending', 'pending queued', 'queued running', 'running failed'],
      ...['failed recovering', 'recovering running', 'running completed'],
    ]);
  });

  it('shows in its history each time that it went back and ended again', async () => {
    const { jobId } = await failedJob();
    const back = { action: 'rollback_state', with: { to: 'start', after: 'fail' } };
    const ends = async () => (await api.job(jobId)).completed_at;
    for (let times = 0; times < 2; times += 1) {
      const before = await ends();
      expect((await recover(jobId, back)).status).toBe(200);
      await expect.poll(ends, { timeout: 10_000 }).not.toBe(before);
      await api.reaches(jobId, 'failed');
    }
    expect((await api.changes(jobId)).slice(-5)).toEqual([
      'running failed',
      ...['failed recovering', 'recovering failed'],
      ...['failed recovering', 'recovering failed'],
    ]);
  });

  it('may end as failed or aborted once it is undone', async () => {
    const { jobId, undone } = await failedJob();
    const back = { action: 'rollback_state', with: { to: 'start', after: 'abort' } };
    expect((await recover(jobId, back)).status).toBe(200);
    const job = await api.reaches(jobId, 'aborted');
    expect([job.status, undone]).toEqual(['aborted', []]);
  });

  it('says that a checkpoint is not there, or that it is none', async () => {
    const { jobId } = await failedJob();
    const to = (id: string) => recover(jobId, { action: 'rollback_state', with: { to: id } });
    const nowhere = await to('nowhere');
    expect([nowhere.status, nowhere.body.detail]).toEqual([
      ...[404, 'The job has no checkpoint "nowhere".'],
    ]);
    expect((await to('a')).body.detail).toBe('The node "a" is no checkpoint.');
  });

  it('is not recovered by what its nodes do not allow, and stays as it is', async () => {
    const { jobId } = await failedJob();
    const cases = [
      [404, { action: 'skip_node', node_id: 'nowhere' }],
      [409, { action: 'skip_node', node_id: 'a' }],
      [409, { action: 'escalate_manual', node_id: 'a' }],
      [422, { action: 'fallback_strategy', node_id: 'b' }],
      [422, { action: 'rollback_state', with: { to: 'a' } }],
      [400, { action: 'skip_node' }],
      [400, { action: 'fallback_strategy' }],
      [400, { action: 'rollback_state', node_id: 'a' }],
      [400, { action: 'requeue_job', node_id: 'a' }],
      [400, { action: 'retry_job', reason: '' }],
      [400, { action: 'pray' }],
    ] as const;
    for (const [status, body] of cases) {
      expect([body, (await recover(jobId, body)).status]).toEqual([body, status]);
    }
    expect((await api.job(jobId)).status).toBe('failed');
    expect(await api.sessions(jobId)).toEqual([]);
    expect(await audited(jobId)).toEqual([]);
  });
});

describe('a fallback that was not used', () => {
  it('is what a failed node can be recovered by', async () => {
    const device = machine();
    let spare: 'fail' | 'noop' = 'fail';
    api = await startRealApi({
      actions: {
        machine: device.action,
        spare: (call) =>
          spare === 'noop' ? { status: 'completed', output: 'spare' } : device.action(call),
      },
    });
    const jobId = await api.submit([breaks('b', { fallback: { uses: 'spare' } })]);
    await api.reaches(jobId, 'failed');
    spare = 'noop';
    expect((await recover(jobId, { action: 'fallback_strategy', node_id: 'b' })).status).toBe(200);
    const job = await api.reaches(jobId, 'completed');
    expect(job.execution_results).toEqual({ b: 'spare' });
    expect((await api.sessions(jobId)).at(-1)).toMatchObject(manual('fallback_strategy'));
  });
});

describe('a job that goes on', () => {
  /** Waits for a person about `a`, while `g` is going on. */
  async function waitingJob(more = {}) {
    const device = machine();
    const going = gate();
    api = await startRealApi({ actions: { machine: device.action, gated: going.action } });
    const jobId = await api.submit(
      [
        breaks('a', more),
        noop('b', 'a'),
        { id: 'g', uses: 'gated', grace_seconds: 5, retry: once },
      ],
      { recovery_policy: [{ action: 'escalate_manual' }] },
    );
    await api.asked(jobId);
    await api.nodeIs(jobId, 'g', 'running');
    return { jobId, device, going };
  }

  it('has the node that waits made again by retry_job', async () => {
    const { jobId, device, going } = await waitingJob();
    device.mend();
    expect((await recover(jobId, { action: 'retry_job', node_id: 'a' })).status).toBe(200);
    await api.nodeIs(jobId, 'b', 'completed');
    going.open();
    await api.reaches(jobId, 'completed');
    const { body } = await api.call(`${INTERVENTIONS}?job_id=${jobId}`);
    expect(body.items).toMatchObject([{ state: 'cancelled' }]);
  });

  it('has the node that waits skipped by skip_node', async () => {
    const { jobId, going } = await waitingJob();
    expect((await recover(jobId, { action: 'skip_node', node_id: 'a' })).status).toBe(200);
    expect(await api.nodeIs(jobId, 'a', 'skipped')).toMatchObject({ status: 'skipped' });
    going.open();
    await api.reaches(jobId, 'completed');
    expect((await api.sessions(jobId)).map(({ action }) => action)).toEqual([
      'escalate_manual',
      'skip_node',
    ]);
  });

  it('has the node that waits do its fallback', async () => {
    const device = machine();
    api = await startRealApi({ actions: { machine: device.action } });
    const retry = { strategy: 'linear_backoff', base_delay_ms: 60_000, max_attempts: 2 };
    const fallback = { uses: 'echo', with: { n: 1 } };
    const jobId = await api.submit([breaks('a', { retry, fallback })]);
    await api.nodeIs(jobId, 'a', 'waiting');
    const answer = await recover(jobId, { action: 'fallback_strategy', node_id: 'a' });
    expect(answer.status).toBe(200);
    const job = await api.reaches(jobId, 'completed');
    expect(job.execution_results).toEqual({ a: { n: 1 } });
  });

  it('has somebody else asked by escalate_manual', async () => {
    const { jobId } = await waitingJob();
    const first = await api.asked(jobId);
    const body = { action: 'escalate_manual', node_id: 'a', with: { assignee: 'bob' } };
    expect((await recover(jobId, body)).status).toBe(200);
    const second = await api.asked(jobId);
    expect(second.intervention_id).not.toBe(first.intervention_id);
    expect(second).toMatchObject({ state: 'assigned', assignee: 'bob' });
  });

  it('is given back to the queue by requeue_job, and what was going on is made again', async () => {
    const device = machine();
    const going = gate();
    api = await startRealApi({ actions: { machine: device.action, gated: going.action } });
    const retry = { strategy: 'immediate', max_attempts: 3 };
    const jobId = await api.submit(
      [breaks('a'), noop('b', 'a'), { id: 'g', uses: 'gated', retry }],
      { recovery_policy: [{ when: { node: 'a' }, action: 'escalate_manual' }] },
    );
    await api.asked(jobId);
    await api.nodeIs(jobId, 'g', 'running');
    expect((await recover(jobId, { action: 'requeue_job' })).status).toBe(200);
    await expect.poll(() => api.executed(), { timeout: 50_000 }).toContain('g2');
    going.open();
    await recover(jobId, { action: 'skip_node', node_id: 'a' });
    await api.reaches(jobId, 'completed');
    expect(
      (await api.sessions(jobId)).map(({ action, trigger }) => `${action} ${trigger}`),
    ).toEqual(['escalate_manual failure', 'requeue_job manual', 'skip_node manual']);
  });

  it('is aborted by way of recovering', async () => {
    const { jobId } = await waitingJob();
    const { status } = await recover(jobId, { action: 'abort_execution' });
    expect([200, 202]).toContain(status);
    await api.reaches(jobId, 'aborted');
    await api.ends(jobId);
    expect((await api.changes(jobId)).slice(-2)).toEqual([
      'running recovering',
      'recovering aborted',
    ]);
  });

  it('goes back by rollback_state, and what was going on is told to abort', async () => {
    const { jobId, device, going } = await waitingJob();
    device.mend();
    const back = { action: 'rollback_state', with: { to: 'start' } };
    expect([200, 202]).toContain((await recover(jobId, back)).status);
    going.open();
    await api.reaches(jobId, 'completed');
    expect((await api.changes(jobId)).slice(-3)).toEqual([
      'running recovering',
      'recovering running',
      'running completed',
    ]);
  });

  it('is not recovered about a node that does not wait', async () => {
    const { jobId } = await waitingJob();
    for (const node_id of ['g', 'b']) {
      const { status, body } = await recover(jobId, { action: 'skip_node', node_id });
      expect([status, body.job_status]).toEqual([409, 'running']);
    }
  });
});
