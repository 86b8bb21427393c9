/** Why runs and nodes wait, end to end: each cause brought about with an engine that runs. */
import { randomUUID } from 'node:crypto';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gate, machine, once, type RealApi, RUNS, startRealApi } from './real-api.ts';
import { addLive } from './rows.ts';

let api: RealApi;
let going = gate();
let device = machine();
beforeAll(async () => {
  api = await startRealApi({
    ...{ capacity: 4, slots: 3 },
    actions: {
      gated: (call) => going.action(call),
      machine: (call) => device.action(call),
    },
  });
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  going.open();
  going = gate();
  device = machine();
});

interface Reason {
  readonly cause: string;
  readonly detail: string;
  readonly frees: string | null;
  readonly until: string | null;
  readonly of?: Record<string, unknown>;
}

async function explain(runId: string, node?: string) {
  const query = node === undefined ? '' : `?node_id=${encodeURIComponent(node)}`;
  const { status, body } = await api.call(`${RUNS}/${runId}/explain${query}`);
  expect(status).toBe(200);
  const nodes = new Map<string, Reason>(
    body.nodes.map((one: { node_id: string; reasons: Reason[] }) => [one.node_id, one.reasons[0]]),
  );
  const causes = body.reasons.map(({ cause }: Reason) => cause);
  return { body, nodes, causes };
}

const gated = (id: string, more = {}) => ({
  ...{ id, uses: 'gated', retry: once, grace_seconds: 0 },
  ...more,
});
const noop = (id: string, ...parents: string[]) => ({ id, uses: 'noop', parent_nodes: parents });
const later = () => new Date(Date.now() + 3_600_000).toISOString();
const cancel = (jobId: string) =>
  api.call(`/api/v1/orchestration/job/${jobId}?mode=immediate`, { method: 'DELETE' });

describe('a run', () => {
  it('waits for its time, and says so of all its nodes at once', async () => {
    const jobId = await api.submit([noop('a'), noop('b', 'a')], { scheduled_at: later() });
    const { body, causes } = await explain(jobId);
    expect(causes).toEqual(['scheduled']);
    expect(body).toMatchObject({ nodes: [], causes: { run_not_started: 2 }, status: 'scheduled' });
    expect(body.summary).toMatch(/^The run is to start at /);
    await cancel(jobId);
  });

  it('is held back by somebody, for some reason', async () => {
    const jobId = await api.submit([noop('a')], { scheduled_at: later() });
    await api.ask(jobId, 'pause', { reason: 'freeze' });
    const { body } = await explain(jobId);
    expect(body.reasons).toMatchObject([
      {
        ...{ cause: 'paused', of: { by: 'admin' }, since: expect.any(String) },
        detail: 'The run is held back in the queue by admin: freeze',
      },
    ]);
    await cancel(jobId);
  });

  it('waits in the queue while no engine has room', async () => {
    const full = await Promise.all([1, 2, 3, 4].map(() => api.submit([gated('g')])));
    for (const jobId of full) await api.reaches(jobId, 'running');
    const first = await api.submit([noop('a')]);
    const second = await api.submit([noop('a')]);
    expect((await explain(first)).body.reasons[0]).toMatchObject({
      ...{ cause: 'queued', of: { ahead: 0, engines: 1 } },
    });
    expect((await explain(second)).body.reasons[0].of).toEqual({ ahead: 1, engines: 1 });
    going.open();
    await api.reaches(second, 'completed');
  });

  it('is paused while what has begun goes on', async () => {
    const jobId = await api.submit([gated('g'), noop('n', 'g')]);
    await api.nodeIs(jobId, 'g', 'running');
    await api.ask(jobId, 'pause', { reason: 'lunch' });
    const { nodes, body } = await explain(jobId);
    expect(body.reasons[0]).toMatchObject({ cause: 'paused', of: { by: 'admin' } });
    expect(nodes.get('g')?.cause).toBe('running');
    going.open();
    await api.nodeIs(jobId, 'g', 'completed');
    expect((await explain(jobId)).nodes.get('n')?.cause).toBe('paused');
    await api.ask(jobId, 'resume');
    await api.reaches(jobId, 'completed');
  });

  it('that one node holds says what that one waits for', async () => {
    const jobId = await api.submit([
      { id: 'hears', uses: 'signal.wait', with: { name: 'go' } },
      noop('after', 'hears'),
      noop('last', 'after'),
    ]);
    await api.nodeIs(jobId, 'hears', 'waiting');
    const { body } = await explain(jobId);
    expect(body.summary).toBe('The run waits at "hears". It waits for the signal "go".');
    expect(body.reasons).toMatchObject([
      { cause: 'signal', frees: 'A signal of that name to the run.', of: { node_id: 'hears' } },
    ]);
    await cancel(jobId);
  });

  it('that is over says how, and which nodes ended badly', async () => {
    const jobId = await api.submit([
      { id: 'm', uses: 'machine', retry: once },
      noop('after', 'm'),
      { ...noop('never'), if: false },
    ]);
    await api.reaches(jobId, 'failed');
    const { body, nodes, causes } = await explain(jobId);
    expect(causes).toEqual(['over']);
    expect(body.summary).toBe('The run has failed because of "m": broken');
    expect(nodes.get('m')).toMatchObject({
      cause: 'failed',
      detail: expect.stringContaining('broken'),
    });
    expect(nodes.get('after')).toMatchObject({ cause: 'upstream_failed', of: { parents: ['m'] } });
    expect(nodes.get('never')).toMatchObject({ cause: 'skipped', frees: null });
    await cancel(jobId);
    expect((await explain(jobId)).body.reasons[0].frees).toBeNull();
  });

  it('whose engine is gone, or that no engine looks at, says so', async () => {
    const lost = await addLive(api.pool, {
      ...{ status: 'running', startedAt: Date.now(), engine: randomUUID() },
    });
    expect((await explain(lost)).causes).toEqual(['owner_lost']);
    await api.pool.query('delete from run_live where run_id = $1', [lost]);
  });

  it('going back to a checkpoint says how far it is', async () => {
    const jobId = await api.submit(
      [
        { ...noop('a'), rollback: { uses: 'noop' } },
        { ...noop('b', 'a'), rollback: { uses: 'gated' } },
        { id: 'm', uses: 'machine', retry: once, parent_nodes: ['b'] },
      ],
      { recovery_policy: [{ action: 'rollback_state' }] },
    );
    await api.reaches(jobId, 'recovering');
    const { body, nodes } = await explain(jobId);
    expect(body.reasons[0]).toMatchObject({
      ...{ cause: 'recovering', of: { action: 'rollback_state', by: 'policy', done: 0, left: 2 } },
    });
    expect(nodes.get('b')).toMatchObject({
      ...{ cause: 'running', detail: expect.stringContaining('undo') },
    });
    await cancel(jobId);
    going.open();
    await api.ends(jobId);
  });
});

describe('a node', () => {
  it('waits for its parents, its group, and the rest', async () => {
    const jobId = await api.submit([
      gated('g', { timeout_seconds: 600 }),
      noop('child', 'g'),
      { id: 'group', type: 'parallel_group', parent_nodes: ['g'], children: [noop('inner')] },
      { id: 'tidy', type: 'cleanup', uses: 'noop' },
    ]);
    await api.nodeIs(jobId, 'g', 'running');
    const { nodes, body } = await explain(jobId);
    expect(Object.fromEntries([...nodes].map(([id, { cause }]) => [id, cause]))).toEqual({
      ...{ g: 'running', child: 'parents', group: 'parents', inner: 'group', tidy: 'cleanup' },
    });
    expect(nodes.get('child')?.of).toEqual({ parents: ['g'], count: 1 });
    expect(body.summary).toBe(
      '1 node runs, 2 nodes wait for parents, 1 node waits for a group to start, 1 node waits for the rest to end.',
    );
    going.open();
    await api.reaches(jobId, 'completed');
  });

  it('waits for a place in its group, in its run, or in its engine', async () => {
    const group = { type: 'parallel_group', max_parallel_instances: 1 };
    const inGroup = await api.submit([{ id: 'p', ...group, children: [gated('x'), gated('y')] }]);
    await api.nodeIs(inGroup, 'x', 'running');
    expect((await explain(inGroup)).nodes.get('y')).toMatchObject({
      ...{ cause: 'group_full', of: { group: 'p', most: 1 } },
    });
    const inRun = await api.submit([gated('x'), gated('y')], { max_concurrent_nodes: 1 });
    await api.nodeIs(inRun, 'x', 'running');
    expect((await explain(inRun)).nodes.get('y')).toMatchObject({
      ...{ cause: 'max_concurrent_nodes', of: { running: 1, max_concurrent_nodes: 1 } },
    });
    const inEngine = await api.submit([gated('x'), gated('y')]);
    await api.nodeIs(inEngine, 'x', 'running');
    expect((await explain(inEngine)).nodes.get('y')?.cause).toBe('engine_slots');
    going.open();
    for (const jobId of [inGroup, inRun, inEngine]) await api.reaches(jobId, 'completed');
  });

  it('waits for a retry, a time, a signal, a run, or somebody', async () => {
    const retry = { strategy: 'linear_backoff', base_delay_ms: 60_000, max_attempts: 3 };
    const other = await api.submit([gated('g')]);
    const jobId = await api.submit(
      [
        { id: 'again', uses: 'machine', retry },
        { id: 'sleeps', uses: 'sleep.for', with: { ms: 60_000 } },
        { id: 'hears', uses: 'signal.wait', with: { name: 'go' } },
        { id: 'follows', uses: 'wait.run', with: { run: other } },
        { id: 'asks', uses: 'machine', retry: once },
      ],
      {
        recovery_policy: [
          {
            ...{ when: { node: 'asks' }, action: 'escalate_manual' },
            with: { assignee: 'bob', deadline_seconds: 600, default: 'skip' },
          },
        ],
      },
    );
    const asked = await api.asked(jobId);
    for (const id of ['again', 'sleeps', 'hears', 'follows'])
      await api.nodeIs(jobId, id, 'waiting');
    const { nodes, body } = await explain(jobId);
    expect(nodes.get('again')).toMatchObject({
      ...{ cause: 'retry', until: expect.any(String), of: { attempts: 1, max_attempts: 3 } },
      detail: expect.stringMatching(/^Attempt 1 of 3 failed \(test\); the next is made at /),
    });
    expect(nodes.get('sleeps')).toMatchObject({ cause: 'sleep', until: expect.any(String) });
    expect(nodes.get('hears')).toMatchObject({ cause: 'signal', of: { signal: 'go' } });
    expect(nodes.get('follows')).toMatchObject({ cause: 'sub_run', of: { run_id: other } });
    expect(nodes.get('asks')).toMatchObject({
      ...{ cause: 'intervention', until: asked.deadline_at },
      of: { intervention_id: asked.intervention_id, assignee: 'bob', default: 'skip' },
    });
    expect(body.causes).toEqual({ retry: 1, sleep: 1, signal: 1, sub_run: 1, intervention: 1 });
    expect((await api.ask(jobId, 'nodes/again/cancel-retry')).status).toBe(200);
    expect((await explain(jobId)).nodes.get('again')?.cause).toBe('failed');
    await cancel(jobId);
    going.open();
    await api.ends(jobId);
  });

  it('is explained alone, whatever its state', async () => {
    const jobId = await api.submit([
      { id: 'check', type: 'condition', condition_expression: 'true' },
      { ...noop('done'), parent_nodes: [] },
    ]);
    await api.reaches(jobId, 'completed');
    const { nodes, body } = await explain(jobId, 'done');
    expect([...nodes.keys()]).toEqual(['done']);
    expect(nodes.get('done')?.cause).toBe('completed');
    expect(body.causes).toEqual({ completed: 1 });
    const nowhere = await api.call(`${RUNS}/${jobId}/explain?node_id=nowhere`);
    expect(nowhere.status).toBe(404);
  });

  it('is one of a hundred that are told of; the others are counted', async () => {
    const jobId = await api.submit([
      gated('g'),
      ...Array.from({ length: 250 }, (_, i) => noop(`n${i}`, 'g')),
    ]);
    await api.nodeIs(jobId, 'g', 'running');
    const { body } = await explain(jobId);
    expect(body.nodes).toHaveLength(100);
    expect(body).toMatchObject({
      ...{ nodes_omitted: 151, causes: { running: 1, parents: 250 }, nodes_unseen: 0 },
    });
    going.open();
    await api.reaches(jobId, 'completed');
  });
});
