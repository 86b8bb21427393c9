/** Each of the seven actions taken by a policy, end to end, with what the API tells of it. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  gate,
  INTERVENTIONS,
  machine,
  once,
  RECOVERIES,
  type RealApi,
  startRealApi,
} from './real-api.ts';

let api: RealApi;
afterEach(() => api[Symbol.asyncDispose]());

const breaks = (id: string, more = {}) => ({ id, uses: 'machine', retry: once, ...more });
const noop = (id: string, ...parents: string[]) => ({ id, uses: 'noop', parent_nodes: parents });
const policy = (...rules: object[]) => ({ recovery_policy: rules });

const session = (over: object) => ({
  ...{ trigger: 'failure', actor: 'policy', status: 'completed', node_id: 'a' },
  ...{ state_before: 'failed', state_after: 'completed' },
  audits: [
    ['started', null],
    ['completed', true],
  ],
  ...over,
});

describe('a policy', () => {
  it('retry_job makes a node again with attempts of its own', async () => {
    const device = machine();
    api = await startRealApi({
      actions: {
        machine: (call) => {
          if (call.attempt === 2) device.mend();
          return device.action(call);
        },
      },
    });
    const jobId = await api.submit(
      [breaks('a'), noop('b', 'a')],
      policy({ when: { classification: 'transient' }, action: 'retry_job' }),
    );
    await api.reaches(jobId, 'completed');
    expect(api.executed()).toEqual(['a1', 'a2', 'b1']);
    expect(await api.sessions(jobId)).toEqual([session({ action: 'retry_job' })]);
    expect(await api.node(jobId, 'a')).toMatchObject({ generation: 1, kind: 'work', attempts: 2 });
    const { body } = await api.call(`/api/v1/orchestration/job/${jobId}/attempts`);
    expect(body.items.map((item: { generation: number }) => item.generation)).toEqual([0, 1, 0]);
  });

  it('requeue_job makes a node again, on whichever engine claims its run', async () => {
    const device = machine();
    api = await startRealApi({
      actions: {
        machine: (call) => {
          if (call.attempt === 2) device.mend();
          return device.action(call);
        },
      },
    });
    const jobId = await api.submit([breaks('a')], policy({ action: 'requeue_job' }));
    await api.reaches(jobId, 'completed');
    expect(await api.sessions(jobId)).toEqual([session({ action: 'requeue_job' })]);
  });

  it('skip_node gives a node its output and lets the others go on', async () => {
    api = await startRealApi({ actions: { machine: machine().action } });
    const jobId = await api.submit(
      [breaks('a'), { id: 'b', uses: 'echo', with: { got: '${steps.a.n}' }, parent_nodes: ['a'] }],
      policy({ action: 'skip_node', with: { result: { n: 7 } } }),
    );
    const job = await api.reaches(jobId, 'completed');
    expect(job.execution_results).toEqual({ b: { got: 7 } });
    expect(await api.node(jobId, 'a')).toMatchObject({ status: 'skipped' });
    expect(await api.sessions(jobId)).toEqual([
      session({ action: 'skip_node', state_after: 'skipped' }),
    ]);
  });

  it('fallback_strategy runs the fallback of a node in its place', async () => {
    api = await startRealApi({ actions: { machine: machine().action } });
    const fallback = { uses: 'echo', with: { from: 'cache' } };
    const jobId = await api.submit(
      [
        breaks('a', { fallback }),
        { id: 'b', uses: 'echo', with: { got: '${steps.a.from}' }, parent_nodes: ['a'] },
      ],
      policy({ action: 'fallback_strategy' }),
    );
    const job = await api.reaches(jobId, 'completed');
    expect(job.execution_results).toEqual({ b: { got: 'cache' } });
    expect(await api.node(jobId, 'a')).toMatchObject({ status: 'completed', kind: 'fallback' });
    expect(await api.sessions(jobId)).toEqual([session({ action: 'fallback_strategy' })]);
  });

  it('escalate_manual asks somebody, who decides through the API', async () => {
    const device = machine();
    api = await startRealApi({ actions: { machine: device.action } });
    const jobId = await api.submit(
      [breaks('a'), noop('b', 'a'), noop('c')],
      policy({
        action: 'escalate_manual',
        with: { message: 'Look at it.', deadline_seconds: 3_600, default: 'skip' },
      }),
    );
    const asked = await api.asked(jobId);
    expect(asked).toMatchObject({
      ...{ job_id: jobId, node_id: 'a', state: 'open', message: 'Look at it.', version: 1 },
      ...{ default_resolution: 'skip', deadline_at: expect.any(String) },
      error: { type: 'test', message: 'broken', classification: 'transient' },
    });
    expect(await api.node(jobId, 'a')).toMatchObject({
      ...{ status: 'waiting', waiting_for: { intervention: asked.intervention_id } },
    });
    await api.nodeIs(jobId, 'c', 'completed');
    expect((await api.job(jobId)).status).toBe('running');
    const one = `${INTERVENTIONS}/${asked.intervention_id}`;
    const assigned = await api.call(`${one}/assign`, { body: { assignee: 'bob' } });
    expect(assigned.body).toMatchObject({ state: 'assigned', assignee: 'bob', version: 2 });
    device.mend();
    const resolved = await api.call(`${one}/resolve`, {
      body: { resolution: 'retry', reason: 'plugged in' },
      headers: { 'if-match': '"2"' },
    });
    expect([resolved.status, resolved.body.state]).toEqual([200, 'resolved']);
    await api.reaches(jobId, 'completed');
    expect(await api.sessions(jobId)).toEqual([
      session({ action: 'escalate_manual', state_after: expect.any(String) }),
      session({
        ...{ action: 'retry_job', trigger: 'intervention', actor: 'admin' },
        state_before: 'waiting',
      }),
    ]);
  });

  it('escalate_manual takes its default when nobody decides in time', async () => {
    api = await startRealApi({ actions: { machine: machine().action } });
    const jobId = await api.submit(
      [breaks('a'), noop('b', 'a')],
      policy({ action: 'escalate_manual', with: { deadline_seconds: 1, default: 'skip' } }),
    );
    await api.reaches(jobId, 'completed');
    const { body } = await api.call(`${INTERVENTIONS}?job_id=${jobId}`);
    expect(body.items).toMatchObject([
      { state: 'expired', resolution: 'skip', resolved_by: 'deadline' },
    ]);
  });

  it('abort_execution ends the job, and its cleanup runs', async () => {
    const going = gate();
    api = await startRealApi({ actions: { machine: machine().action, gated: going.action } });
    const jobId = await api.submit(
      [
        { ...breaks('a'), parent_nodes: ['first'] },
        noop('first'),
        { id: 'g', uses: 'gated', grace_seconds: 5 },
        noop('late', 'g'),
        { id: 'tidy', type: 'cleanup', uses: 'noop' },
      ],
      policy({ action: 'abort_execution' }),
    );
    await api.reaches(jobId, 'aborted');
    await api.ends(jobId);
    expect(api.executed()).toContain('tidy1');
    expect(api.executed()).not.toContain('late1');
    expect(await api.changes(jobId)).toEqual(
      expect.arrayContaining(['running recovering', 'recovering aborted']),
    );
    expect(await api.sessions(jobId)).toMatchObject([
      { action: 'abort_execution', status: 'completed', state_after: 'aborted' },
    ]);
  });

  it('rollback_state undoes what completed, newest first, and goes on from the checkpoint', async () => {
    const device = machine();
    const undone: string[] = [];
    api = await startRealApi({
      actions: {
        machine: (call) => {
          const outcome = device.action(call);
          device.mend();
          return outcome;
        },
        undo: ({ nodeId }) => {
          undone.push(nodeId);
          return { status: 'completed', output: null };
        },
      },
    });
    const rollback = { uses: 'undo' };
    const jobId = await api.submit(
      [
        { ...noop('before'), rollback },
        { id: 'safe', type: 'checkpoint', parent_nodes: ['before'] },
        { ...noop('one', 'safe'), rollback },
        { ...noop('two', 'one'), rollback },
        { ...breaks('three'), parent_nodes: ['two'] },
      ],
      policy({ action: 'rollback_state' }),
    );
    await api.reaches(jobId, 'completed');
    expect(undone).toEqual(['two', 'one']);
    expect(api.executed()).toEqual([
      ...['before1', 'one1', 'two1', 'three1', 'two2', 'one2', 'one3', 'two3', 'three2'],
    ]);
    expect(await api.changes(jobId)).toEqual(
      expect.arrayContaining(['running recovering', 'recovering running', 'running completed']),
    );
    expect(await api.sessions(jobId)).toMatchObject([
      { action: 'rollback_state', status: 'completed', node_id: null, actor: 'policy' },
    ]);
  });

  it('tells how well its actions have worked', async () => {
    api = await startRealApi({ actions: { machine: machine().action } });
    const skips = policy({ action: 'skip_node' });
    await api.reaches(await api.submit([breaks('a')], skips), 'completed');
    await api.reaches(await api.submit([breaks('a')], skips), 'completed');
    await api.reaches(await api.submit([breaks('a')], policy({ action: 'retry_job' })), 'failed');
    const { body } = await api.call(`${RECOVERIES}/effectiveness`);
    expect(body).toEqual({
      sessions_counted: 3,
      actions: [
        { action: 'retry_job', sessions: 1, running: 0, succeeded: 0, success_rate: 0 },
        { action: 'skip_node', sessions: 2, running: 0, succeeded: 2, success_rate: 1 },
      ],
    });
  });

  it('called default asks about what nothing else mends', async () => {
    api = await startRealApi();
    const jobId = await api.submit([{ id: 'a', uses: 'fail', retry: once }], {
      recovery_policy: 'default',
    });
    expect(await api.asked(jobId)).toMatchObject({ node_id: 'a', state: 'open' });
  });
});
