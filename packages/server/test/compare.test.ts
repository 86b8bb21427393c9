/** Runs side by side. */
import { failed } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { once, type RealApi, RUNS, startRealApi } from './real-api.ts';

let api: RealApi;
let turn = 0;

beforeAll(async () => {
  api = await startRealApi({
    actions: {
      say: (call) => ({ status: 'completed', output: call.with }),
      turns: () => {
        turn += 1;
        // The same, said in another order.
        return { status: 'completed', output: turn % 2 === 0 ? { a: 1, b: 2 } : { b: 2, a: 1 } };
      },
      moody: ({ with: { well } }) =>
        well === true ? { status: 'completed', output: 1 } : failed('permanent', 'not well'),
      large: ({ with: { word } }) => ({ status: 'completed', output: String(word).repeat(60_000) }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const NODES = [
  { id: 'turns', uses: 'turns' },
  { id: 'a', uses: 'say', with: { value: '${params.value}', more: [1, 2] } },
  { id: 'b', uses: 'moody', with: { well: '${params.well}' }, retry: once },
  { id: 'c', uses: 'large', with: { word: '${params.value}' }, parent_nodes: ['a'] },
];

async function ran(context: object, nodes: readonly object[] = NODES): Promise<string> {
  const id = await api.submit(nodes, { execution_context: context });
  await api.reaches(id, 'completed', 'failed');
  return id;
}

const compare = (query: string) => api.call(`${RUNS}/compare?ids=${query}`);

describe('runs that are compared', () => {
  it('are the same where they are one', async () => {
    const id = await ran({ value: 'x', well: true });
    const { body } = await compare(`${id},${id}`);
    expect(body.nodes).toMatchObject({ items: [], total: 0, same: 4, has_more: false });
    expect(body.params).toEqual([{ changes: [], truncated: false }]);
    expect(body.plans[0].is_same).toBe(true);
    expect(body.artifacts).toMatchObject({ items: [], truncated: false });
  });

  it('tell of parameters, nodes, errors, outputs and artifacts', async () => {
    const one = await ran({ value: 'x', well: true });
    const two = await ran({ value: 'y', well: false });
    const { body } = await compare(`${one},${two}`);
    expect(body.runs.map(({ status }: { status: string }) => status)).toEqual([
      ...['completed', 'failed'],
    ]);
    expect(body.params[0].changes).toEqual([
      { op: 'changed', path: '/value', before: 'x', after: 'y' },
      { op: 'changed', path: '/well', before: true, after: false },
    ]);
    const ids = body.nodes.items.map(({ node_id }: { node_id: string }) => node_id);
    expect(ids).toEqual(['a', 'b', 'c']);
    const [a, b, c] = body.nodes.items;
    expect(a.output[0].changes).toEqual([
      { op: 'changed', path: '/value', before: 'x', after: 'y' },
    ]);
    expect(b.runs[1]).toMatchObject({ status: 'failed', error: { message: 'not well' } });
    expect(c.output[0].changes[0]).toMatchObject({ op: 'changed', path: '', cut: true });
    expect(body.nodes.same).toBe(1);
  });

  it('are told of node by node, those that are the same too when asked', async () => {
    const one = await ran({ value: 'x', well: true });
    const two = await ran({ value: 'y', well: true });
    const first = await compare(`${one},${two}&all=true&limit=3`);
    expect([first.body.nodes.items.length, first.body.nodes.has_more]).toEqual([3, true]);
    const rest = await compare(`${one},${two}&all=true&limit=3&offset=3`);
    expect([rest.body.nodes.items.length, rest.body.nodes.has_more]).toEqual([1, false]);
  });

  it('may be of different plans, and up to four', async () => {
    const one = await ran({ value: 'x', well: true });
    const two = await ran({ value: 'x' }, [NODES[1] as object, { id: 'z', uses: 'noop' }]);
    const { body } = await compare([one, two, one].join(','));
    expect(body.plans).toMatchObject([
      { is_same: false, added: ['z'], removed: ['turns', 'b', 'c'] },
      { is_same: true },
    ]);
    const z = body.nodes.items.find(({ node_id }: { node_id: string }) => node_id === 'z');
    expect(z.runs.map((run: object | null) => run !== null)).toEqual([false, true, false]);
    expect((await compare(Array(5).fill(one).join(','))).status).toBe(400);
    expect((await compare(one)).status).toBe(400);
    expect((await compare(`${one},x`)).status).toBe(400);
  });

  it('must all be there for whoever compares them', async () => {
    const one = await ran({ value: 'x', well: true });
    const stranger = await api.token('stranger', ['runs:read']);
    const answer = await api.call(`${RUNS}/compare?ids=${one},${one}`, { token: stranger });
    expect(answer.status).toBe(404);
  });

  it('show what a fork has changed, and what it has paid for', async () => {
    const one = await ran({ value: 'x', well: true });
    const made = await api.call(`${RUNS}/${one}/fork`, {
      body: { from_node: 'c', changes: { nodes: { a: { with: { value: 'z' } } } } },
    });
    await api.reaches(made.body.run_id, 'completed');
    const { body } = await compare(`${one},${made.body.run_id}`);
    expect(body.plans[0].changed.map(({ node_id }: { node_id: string }) => node_id)).toEqual(['a']);
    expect(body.runs[1]).toMatchObject({ forked_from: { run_id: one, node: 'c' }, cost_usd: 0 });
    const ids = body.nodes.items.map(({ node_id }: { node_id: string }) => node_id);
    expect(ids).toEqual(['a']);
  });
});
