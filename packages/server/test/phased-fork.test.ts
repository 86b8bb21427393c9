/** Forks of runs of profiles: from a phase on, with other agents. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PhasedApi, plainProfile, startPhasedApi } from './phased-api.ts';
import { RUNS } from './real-api.ts';

let api: PhasedApi;
let calls: string[] = [];
beforeAll(async () => {
  api = await startPhasedApi({
    actions: {
      work: (call) => {
        calls.push(call.nodeId);
        return { status: 'completed', output: call.with };
      },
    },
  });
  const worker = { id: 'worker', uses: 'work', with: { model: 'first' } };
  const phase = (id: string) => ({ id, agents: [worker] });
  await api.profile(plainProfile('three', [phase('one'), phase('two'), phase('three')]));
});
afterAll(() => api[Symbol.asyncDispose]());

const isOver = (run: { status: string }) => run.status === 'completed';

async function completed(): Promise<string> {
  const runId = await api.start({ profile: 'three', auto_advance: true, intake: { goal: 'x' } });
  await api.until(runId, isOver);
  calls = [];
  return runId;
}

async function forked(runId: string, body: object): Promise<string> {
  const answer = await api.call(`${RUNS}/${runId}/fork`, { body });
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  await api.until(answer.body.run_id, isOver);
  return answer.body.run_id;
}

describe('a fork of a run of a profile', () => {
  it('from where a phase begins executes that phase and those behind it', async () => {
    const runId = await completed();
    const fork = await forked(runId, { from_node: 'two/start' });
    expect(calls.toSorted()).toEqual(['three/worker', 'two/worker']);
    const { body } = await api.call(`${RUNS}/${fork}`);
    expect(body).toMatchObject({
      ...{ kind: 'phased', profile: 'three', status: 'completed', intake: { goal: 'x' } },
      forked_from: { run_id: runId, node: 'two/start' },
    });
    expect(body.phases.map(({ status }: { status: string }) => status)).toEqual([
      ...['completed', 'completed', 'completed'],
    ]);
  });

  it('from within a phase takes over what its other agents have done', async () => {
    const agent = (id: string) => ({
      ...{ id, uses: 'work' },
      with: { feedback: "${nodes['two/gates'].previous}" },
    });
    const phase = (id: string) => ({ id, agents: [agent('ann'), agent('bob')] });
    await api.profile(plainProfile('crews', [phase('one'), phase('two')]));
    const runId = await api.start({ profile: 'crews', auto_advance: true, intake: { goal: 'x' } });
    await api.until(runId, isOver);
    calls = [];
    await forked(runId, { from_node: 'two/bob' });
    expect(calls).toEqual(['two/bob']);
  });

  it('may give an agent another model, and is compared with the first', async () => {
    const runId = await completed();
    const changes = { nodes: { 'two/worker': { model: 'second' } }, budget: { usd: 2 } };
    const fork = await forked(runId, { from_node: 'two/worker', changes });
    expect(calls).toContain('two/worker');
    expect(calls).not.toContain('one/worker');
    const detail = await api.call(`${RUNS}/${fork}`);
    expect(detail.body.budget).toMatchObject({ usd: 2 });
    const { body } = await api.call(`${RUNS}/compare?ids=${runId},${fork}`);
    expect(body.plans[0].changed).toMatchObject([
      { node_id: 'two/worker', changes: [{ path: '/with/model', after: 'second' }] },
    ]);
    const nodes = body.nodes.items.map(({ node_id }: { node_id: string }) => node_id);
    expect(nodes).toContain('two/worker');
    expect(nodes).not.toContain('one/worker');
  });
});
