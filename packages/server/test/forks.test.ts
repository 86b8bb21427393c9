/** Forks with an engine that really runs. */
import { createHash } from 'node:crypto';
import { failed } from '@tenuto/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { once, type RealApi, RUNS, startRealApi } from './real-api.ts';
import { JOB } from './server.ts';

let api: RealApi;
let broken = false;
let calls: string[] = [];
const keys: string[] = [];

beforeAll(async () => {
  api = await startRealApi({
    actions: {
      say: (call) => {
        calls.push(call.nodeId);
        keys.push(call.idempotencyKey);
        return { status: 'completed', output: call.with };
      },
      list: (call) => {
        calls.push(call.nodeId);
        return { status: 'completed', output: [3, 1, 2] };
      },
      moody: (call) => {
        calls.push(call.nodeId);
        return broken ? failed('permanent', 'broken') : { status: 'completed', output: 'well' };
      },
      large: () => ({ status: 'completed', output: 'x'.repeat(100_000) }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  broken = false;
  calls = [];
});

async function completed(nodes: readonly object[], more = {}): Promise<string> {
  const id = await api.submit(nodes, more);
  await api.reaches(id, 'completed', 'failed');
  return id;
}

async function fork(runId: string, body: object = {}, headers = {}) {
  return api.call(`${RUNS}/${runId}/fork`, { body, headers });
}

/** What a fork that runs to its end has executed, sorted. */
async function forked(runId: string, body: object = {}): Promise<{ id: string; ran: string[] }> {
  calls = [];
  const answer = await fork(runId, body);
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  await api.reaches(answer.body.run_id, 'completed', 'failed');
  return { id: answer.body.run_id, ran: calls.toSorted() };
}

async function outputs(id: string): Promise<Record<string, unknown>> {
  const { body } = await api.call(`${JOB}/${id}/nodes?limit=100`);
  return Object.fromEntries(
    body.items.map(({ node_id, output }: { node_id: string; output: unknown }) => [
      node_id,
      output,
    ]),
  );
}

const say = (id: string, needs: readonly string[], value: unknown) => ({
  ...{ id, uses: 'say', parent_nodes: needs, with: { value } },
});
const DIAMOND = [
  say('a', [], '${params.first}'),
  say('b', ['a'], '${steps.a.value}'),
  say('c', ['a'], '${params.second}'),
  say('d', ['b', 'c'], '${steps.b.value} and ${steps.c.value}'),
];
const CONTEXT = { execution_context: { first: 1, second: 2 } };

describe('a fork', () => {
  it('runs a node and what comes of it, and takes the rest over', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    const before = await outputs(id);
    const { id: other, ran } = await forked(id, { from_node: 'c' });
    expect(ran).toEqual(['c', 'd']);
    expect(await outputs(other)).toEqual(before);
    const { body } = await api.call(`${RUNS}/${other}`);
    expect(body).toMatchObject({
      ...{ name: 'a job (fork)', status: 'completed', params: { first: 1, second: 2 } },
      forked_from: { run_id: id, node: 'c', attempts_taken_over: 2 },
    });
  });

  it('of no node runs all of them', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    const { id: other, ran } = await forked(id);
    expect(ran).toEqual(['a', 'b', 'c', 'd']);
    const { body } = await api.call(`${RUNS}/${other}`);
    expect(body.forked_from).toEqual({ run_id: id, node: null, attempts_taken_over: 0 });
  });

  it('runs again what reads a parameter that is another one, and nothing else', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    const { id: other, ran } = await forked(id, {
      ...{ from_node: 'd', changes: { params: { second: 7 } } },
    });
    expect(ran).toEqual(['c', 'd']);
    expect((await outputs(other)).d).toEqual({ value: '1 and 7' });
    expect((await outputs(id)).d).toEqual({ value: '1 and 2' });
  });

  it('runs a node again that is not what it was, with its new parameters', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    const { id: other, ran } = await forked(id, {
      from_node: 'd',
      changes: { nodes: { b: { with: { value: 'new' }, model: 'better', prompt: 'Say it.' } } },
    });
    expect(ran).toEqual(['b', 'd']);
    expect(await outputs(other)).toMatchObject({
      b: { value: 'new', model: 'better', prompt: 'Say it.' },
      d: { value: 'new and 2' },
    });
  });

  it('takes over outputs that are stored apart, with what they are found by', async () => {
    const id = await completed([{ id: 'big', uses: 'large' }, say('end', ['big'], 'x')]);
    const { id: other } = await forked(id, { from_node: 'end' });
    expect((await outputs(other)).big).toEqual('x'.repeat(100_000));
  });

  it('finds instances by their items, whatever the order in which they were made', async () => {
    const nodes = [
      { id: 'items', uses: 'list' },
      say('slow', [], 1),
      {
        ...{ id: 'each', type: 'parallel_group', parent_nodes: ['items'], for_each: 'steps.items' },
        children: [say('check', [], '${item}')],
      },
      {
        ...{ id: 'more', type: 'parallel_group', parent_nodes: ['slow'], for_each: '[7, 8]' },
        children: [say('look', [], '${item}')],
      },
      say('end', ['each', 'more'], '${steps.each}'),
    ];
    const id = await completed(nodes);
    const one = await forked(id, { from_node: 'check[1]' });
    expect(one.ran).toEqual(['check[1]', 'end']);
    expect(await outputs(one.id)).toEqual(await outputs(id));
    const all = await forked(one.id, { from_node: 'look' });
    expect(all.ran).toEqual(['end', 'look[0]', 'look[1]']);
    expect(await outputs(all.id)).toEqual(await outputs(id));
  });

  it('decides conditions again that what has changed leads elsewhere', async () => {
    const nodes = [
      say('a', [], 1),
      {
        ...{ id: 'which', type: 'condition', parent_nodes: ['a'] },
        condition_expression: 'params.left',
      },
      say('left', [], 'left'),
      say('right', [], 'right'),
    ];
    const edges = [
      { from: 'which', to: 'left', when: true },
      { from: 'which', to: 'right', when: false },
    ];
    const id = await api.submit(nodes, {
      dag_definition: { nodes, edges },
      execution_context: { left: true },
    });
    await api.reaches(id, 'completed');
    const { ran, id: other } = await forked(id, {
      ...{ from_node: 'which', changes: { params: { left: false } } },
    });
    expect(ran).toEqual(['right']);
    expect((await api.node(other, 'left')).status).toBe('skipped');
  });

  it('of a run that failed tries again where it failed, with other parameters', async () => {
    broken = true;
    const id = await completed([
      say('a', [], 1),
      { id: 'b', uses: 'moody', parent_nodes: ['a'], retry: once },
      say('c', ['b'], '${steps.b}'),
    ]);
    expect((await api.job(id)).status).toBe('failed');
    broken = false;
    const { ran, id: other } = await forked(id, { from_node: 'b' });
    expect(ran).toEqual(['b', 'c']);
    expect((await api.job(other)).status).toBe('completed');
    expect((await api.job(id)).status).toBe('failed');
  });

  it('has heard the signals that its original has', async () => {
    const nodes = [
      { id: 'wait', uses: 'signal.wait', with: { name: 'go' } },
      say('end', ['wait'], '${steps.wait}'),
    ];
    const id = await api.submit(nodes);
    await api.nodeIs(id, 'wait', 'waiting');
    await api.ask(id, 'signal', { name: 'go', payload: { yes: true } });
    await api.reaches(id, 'completed');
    const { id: other } = await forked(id, { from_node: 'end' });
    expect((await outputs(other)).end).toEqual({ value: { yes: true } });
  });

  it('ends at once where nothing of it is left to do', async () => {
    const id = await completed([say('a', [], 1), { ...say('b', ['a'], 2), if: 'params.go' }], {
      execution_context: { go: true },
    });
    const { ran, id: other } = await forked(id, {
      ...{ from_node: 'b', changes: { params: { go: false } } },
    });
    expect(ran).toEqual([]);
    expect((await api.job(other)).status).toBe('completed');
  });

  it('has keys of its own for the effects that it has', async () => {
    const id = await completed([say('a', [], 1)]);
    const { id: other } = await forked(id, { from_node: 'a' });
    expect(keys.at(-1)).toContain(other);
    expect(keys.at(-1)).not.toContain(id);
  });

  it('tells in its history where it comes from, and so does the audit', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    const { id: other } = await forked(id, { from_node: 'd' });
    const { body } = await api.call(`${JOB}/${other}/history`);
    expect(body.items[0].reason).toBe(`A fork of run ${id} from node d; 3 attempts taken over.`);
    const audit = await api.call(`/api/v1/audit?subject=${other}`);
    expect(audit.body.items).toMatchObject([
      { action: 'run.created', details: { forked_from: id, from_node: 'd' } },
    ]);
  });

  it('is made once under one key', async () => {
    const id = await completed([say('a', [], 1)]);
    const key = { 'idempotency-key': 'one-fork' };
    const first = await fork(id, { from_node: 'a' }, key);
    const again = await fork(id, { from_node: 'a' }, key);
    expect(again.body.run_id).toBe(first.body.run_id);
    expect((await fork(id, {}, key)).status).toBe(422);
    await api.reaches(first.body.run_id, 'completed');
  });

  it('is refused for a node that is not there, and for what does not compile', async () => {
    const id = await completed([say('a', [], 1)]);
    const unknown = await fork(id, { from_node: 'z' });
    expect([unknown.status, unknown.body.validation_errors[0].path]).toEqual([422, '/from_node']);
    const stranger = await fork(id, { changes: { nodes: { z: { uses: 'say' } } } });
    expect([stranger.status, stranger.body.validation_errors[0].path]).toEqual([
      ...[422, '/changes/nodes/z'],
    ]);
    const wrong = await fork(id, { changes: { nodes: { a: { with: { v: '${steps.z}' } } } } });
    expect([wrong.status, wrong.body.validation_errors[0].path]).toEqual([
      ...[422, '/changes/nodes/a/with/v'],
    ]);
    expect((await fork(id, { changes: { nodes: { a: { colour: 1 } } } })).status).toBe(400);
  });
});

const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** A file as a node's attempt has left it in the workspace of its run. */
async function addFile(
  runId: string,
  file: { readonly node: number; readonly path: string; readonly version: number },
): Promise<void> {
  const { node, path, version } = file;
  const hash = hashOf(`${path} ${version}`);
  await api.pool.query('insert into stored_blobs (hash) values ($1) on conflict do nothing', [
    hash,
  ]);
  await api.pool.query(
    `update artifacts set ended = 0 where run_id = $1 and path = $2 and ended is null`,
    [runId, path],
  );
  await api.pool.query(
    `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash, version,
       in_workspace, node_id) values ($1, $2, 1, $3, $3, 'text/plain', 10, $4, $5, true, 'x')`,
    [runId, node, path, hash, version],
  );
}

async function filesOf(runId: string): Promise<string[][]> {
  const { rows } = await api.pool.query(
    `select path, encode(hash, 'hex') as hash from artifacts
     where run_id = $1 and in_workspace and ended is null and not gone order by path`,
    [runId],
  );
  return rows.map(({ path, hash }) => [path, hash]);
}

describe('the files of a fork', () => {
  it('are those of the nodes that it takes over, as these have left them', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    await addFile(id, { node: 0, path: 'report.md', version: 1 });
    await addFile(id, { node: 1, path: 'own.md', version: 2 });
    await addFile(id, { node: 2, path: 'report.md', version: 3 });
    const { id: other } = await forked(id, { from_node: 'c' });
    const first = hashOf('report.md 1').toString('hex');
    const own = hashOf('own.md 2').toString('hex');
    expect(await filesOf(other)).toEqual([
      ...[
        ['own.md', own],
        ['report.md', first],
      ],
    ]);
    const { rows } = await api.pool.query(
      'select version, files, bytes::int from workspaces where run_id = $1',
      [other],
    );
    expect(rows).toEqual([{ version: 2, files: 2, bytes: 20 }]);
    const compared = await api.call(`${RUNS}/compare?ids=${id},${other}`);
    expect(compared.body.artifacts).toMatchObject({
      items: [{ path: 'report.md', state: 'changed' }],
      same: 1,
    });
  });
});

describe('what forks cost', () => {
  it('is what they have paid themselves', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    await api.pool.query(
      `insert into calls (run_id, call_id, key, node_key, loop, step, tool, node, node_id, attempt,
         owner, agent, kind, target, state, budgets, cost_nano, input_tokens, output_tokens,
         cached_tokens, reasoning_tokens)
       values ($1, uuid_v7(), 'k', 'k', 'main', 0, '', 1, 'b', 1, 'admin', 'x', 'model', 'm', 'done',
         '{}', 2500000000, 100, 20, 5, 1)`,
      [id],
    );
    const { id: other } = await forked(id, { from_node: 'd' });
    const { body } = await api.call(`${RUNS}/compare?ids=${id},${other}&all=true`);
    expect(body.runs.map(({ cost_usd }: { cost_usd: number }) => cost_usd)).toEqual([2.5, 0]);
    expect(body.runs[0].token_usage).toEqual({ input: 100, output: 20, cached: 5, reasoning: 1 });
    const b = body.nodes.items.find(({ node_id }: { node_id: string }) => node_id === 'b');
    expect(b.runs[0].cost_usd).toBe(2.5);
    const bundle = await api.call(`${RUNS}/${id}/bundle?format=json`);
    expect(bundle.body.costs).toMatchObject([{ node_id: 'b', cost_usd: 2.5 }]);
  });

  it('may be another budget', async () => {
    const id = await completed([say('a', [], 1)]);
    const wrong = { changes: { budget: { usd: 1, on_crossing: 'degrade' } } };
    const refused = await fork(id, wrong);
    expect([refused.status, refused.body.validation_errors[0].path]).toEqual([
      ...[422, '/changes/budget/degrade_to'],
    ]);
    const { id: other } = await forked(id, { changes: { budget: { usd: 1 } } });
    const { rows } = await api.pool.query(
      `select input::json -> 'budgets' -> 'run' ->> 'usd' as usd from runs where run_id = $1`,
      [other],
    );
    expect(rows).toEqual([{ usd: '1' }]);
  });
});

/** A graph of nodes that each say what those before them have said. */
const graphs = fc
  .array(fc.array(fc.nat(8), { maxLength: 3 }), { minLength: 2, maxLength: 8 })
  .map((links) =>
    links.map((back, i) => {
      const needs = [...new Set(back.map((step) => i - 1 - step).filter((at) => at >= 0))];
      const said = needs.map((at) => `\${steps.n${at}.value}`).join(' ');
      return say(
        `n${i}`,
        needs.map((at) => `n${at}`),
        `${i} (${said})`,
      );
    }),
  );

describe('a fork of whatever graph, from whatever node', () => {
  it('comes to the same when nothing has changed, and runs nothing twice', async () => {
    const property = fc.asyncProperty(graphs, fc.nat(), async (nodes, pick) => {
      const id = await completed(nodes);
      const from = nodes[pick % nodes.length]?.id ?? '';
      const { id: other, ran } = await forked(id, { from_node: from });
      expect(await outputs(other)).toEqual(await outputs(id));
      const { body } = await api.call(`${RUNS}/${other}`);
      expect(ran).toContain(from);
      expect(ran.length + body.forked_from.attempts_taken_over).toBe(nodes.length);
    });
    await fc.assert(property, { numRuns: 20 });
  });
});

describe('a store with forks', () => {
  it('is sound, and its journals give the runs that are there', async () => {
    const { body } = await api.call('/api/v1/doctor?deep=true');
    const wrong = body.checks.filter(({ verdict }: { verdict: string }) => verdict === 'error');
    expect(wrong).toEqual([]);
  });
});

describe('who follows a fork', () => {
  it('is told what it runs itself, to its end', async () => {
    const id = await completed(DIAMOND, CONTEXT);
    const { id: other } = await forked(id, { from_node: 'd' });
    const headers = { accept: 'text/event-stream' };
    const answer = await api.call(`${RUNS}/${other}/stream`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"status":"completed"');
  });
});
