/** The graph of a job as columns, and what has changed of it since somebody has looked. */
import { GRAPH_STATES, type JobGraph, type JobGraphState } from '@tenuto/contract';
import { failed } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { gate, once, type RealApi, startRealApi } from './real-api.ts';
import { JOB } from './server.ts';

const held = gate();
let api: RealApi;
beforeAll(async () => {
  api = await startRealApi({
    actions: {
      held: held.action,
      work: () => ({ status: 'completed', output: null }),
      fails: () => failed('permanent', 'broken'),
      list: () => ({ status: 'completed', output: ['x', 'y'] }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const node = (id: string, uses: string, needs: readonly string[] = [], more: object = {}) => ({
  ...{ id, uses, parent_nodes: needs },
  ...more,
});
const graphOf = async (jobId: string): Promise<JobGraph> =>
  (await api.call(`${JOB}/${jobId}/graph`)).body;
const stateOf = async (jobId: string, since?: string): Promise<JobGraphState> =>
  (await api.call(`${JOB}/${jobId}/graph/state${since === undefined ? '' : `?since=${since}`}`))
    .body;
const told = ({ nodes }: JobGraphState) =>
  Object.fromEntries(nodes.node.map((index, i) => [index, GRAPH_STATES[nodes.state[i] ?? -1]]));

describe('the graph of a job', () => {
  it('names actions once, edges by position, and one longest way', async () => {
    const jobId = await api.submit([
      node('a', 'work'),
      node('b', 'work', ['a']),
      node('c', 'other', ['a']),
      node('d', 'work', ['b', 'c']),
    ]);
    const graph = await graphOf(jobId);
    expect(graph).toMatchObject({
      ...{ job_id: jobId, node_ids: ['a', 'b', 'c', 'd'], levels: [0, 1, 1, 2] },
      ...{ uses: [0, 0, 1, 0], action_names: ['work', 'other'], types: [0, 0, 0, 0] },
      ...{ groups: [], patterns: [], critical_path: [0, 1, 3] },
      edges: { from: [0, 0, 1, 2], to: [1, 2, 3, 3], labels: [] },
    });
  });

  it('has the labels of conditions, and says which group a node stands in', async () => {
    const jobId = await api.submit(
      [
        { id: 'pick', type: 'condition', condition_expression: '"left"' },
        node('left', 'work'),
        { id: 'g', type: 'parallel_group', parent_nodes: ['left'], nodes: [node('in', 'work')] },
      ],
      {
        dag_definition: {
          nodes: [
            { id: 'pick', type: 'condition', condition_expression: '"left"' },
            node('left', 'work'),
            {
              id: 'g',
              type: 'parallel_group',
              parent_nodes: ['left'],
              children: [node('in', 'work')],
            },
          ],
          edges: [{ from: 'pick', to: 'left', when: 'left' }],
        },
      },
    );
    const graph = await graphOf(jobId);
    expect(graph.edges.labels).toEqual([{ edge: 0, when: 'left' }]);
    expect(graph.groups).toEqual([-1, -1, -1, 2]);
  });

  it('is not sent again to who has it', async () => {
    const jobId = await api.submit([node('a', 'work')]);
    const first = await api.call(`${JOB}/${jobId}/graph`);
    const tag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = await api.call(`${JOB}/${jobId}/graph`, { headers: { 'if-none-match': tag } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('how the nodes of a job stand', () => {
  it('is told whole at first, and then only what has changed', async () => {
    const jobId = await api.submit([
      node('a', 'work'),
      node('b', 'held', ['a']),
      node('c', 'work', ['b']),
    ]);
    await api.nodeIs(jobId, 'b', 'running');
    const first = await vi.waitUntil(async () => {
      const state = await stateOf(jobId);
      return state.attempts.node.length === 1 && state;
    });
    expect([first.whole, first.more, first.status]).toEqual([true, false, 'running']);
    expect(told(first)).toEqual({ 0: 'completed', 1: 'running', 2: 'pending' });
    expect(first.attempts).toMatchObject({ node: [0], attempt: [1], state: [4] });
    const nothing = await stateOf(jobId, first.mark);
    expect([nothing.whole, told(nothing), nothing.attempts.node]).toEqual([false, {}, []]);
    held.open();
    await api.ends(jobId);
    const rest = await stateOf(jobId, first.mark);
    const nodes = { ...told(first), ...told(rest) };
    expect(nodes).toEqual({ 0: 'completed', 1: 'completed', 2: 'completed' });
    expect([...first.attempts.node, ...rest.attempts.node].sort()).toEqual([0, 1, 2]);
    expect(rest.status).toBe('completed');
  });

  it('tells what was not reached from what has failed', async () => {
    const jobId = await api.submit([
      node('a', 'fails', [], { retry: once }),
      node('b', 'work', ['a']),
    ]);
    await api.reaches(jobId, 'failed');
    expect(told(await stateOf(jobId))).toEqual({ 0: 'failed', 1: 'not_reached' });
  });

  it('tells who waits for a next attempt, and until when', async () => {
    const retry = { strategy: 'linear_backoff', base_delay_ms: 300_000, max_attempts: 3 };
    const jobId = await api.submit([node('a', 'flaky', [], { retry })]);
    await vi.waitUntil(async () => (await api.node(jobId, 'a')).attempts > 0, { timeout: 50_000 });
    const state = await vi.waitUntil(
      async () => {
        const one = await stateOf(jobId);
        return one.waits.length > 0 && one;
      },
      { timeout: 50_000 },
    );
    expect(told(state)).toEqual({ 0: 'retrying' });
    expect((state.waits[0]?.until ?? 0) - (state.waits[0]?.since ?? 0)).toBeGreaterThan(1_000);
    await api.call(`${JOB}/${jobId}`, { method: 'DELETE' });
  });

  it('names the instances that for_each has made, each with what it is a copy of', async () => {
    const jobId = await api.submit([
      node('l', 'list'),
      {
        ...{ id: 'g', type: 'parallel_group', parent_nodes: ['l'], for_each: 'steps.l' },
        children: [node('in', 'work')],
      },
    ]);
    await api.ends(jobId);
    const state = await stateOf(jobId);
    expect(state.instances).toEqual([
      { node: 3, of: 2, node_id: 'in[0]' },
      { node: 4, of: 2, node_id: 'in[1]' },
    ]);
    expect(state.nodes.node).toEqual([0, 1, 3, 4]);
    expect((await graphOf(jobId)).patterns).toEqual([-1, -1, 1]);
  });

  it('is told whole to who asks with a mark of another time, and refuses what is none', async () => {
    const jobId = await api.submit([node('a', 'work')]);
    await api.ends(jobId);
    const foreign = `${crypto.randomUUID()}.3.9`;
    expect((await stateOf(jobId, foreign)).whole).toBe(true);
    const { status, body } = await api.call(`${JOB}/${jobId}/graph/state?since=yesterday`);
    expect([status, body.validation_errors[0].path]).toEqual([400, '/since']);
  });
});
