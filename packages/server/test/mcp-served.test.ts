/** Pipelines that call real MCP servers, in servers that are killed in the middle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './faults/stage.ts';
import { type Served, startServed, startTarget, type Target } from './served.ts';

const JOB = '/api/v1/orchestration/job';
const MCP = '/api/v1/mcp-servers';
const SOON = { timeout: 120_000, interval: 50 };
const EVERYTHING = fileURLToPath(
  import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
);
const HOSTILE = join(import.meta.dirname, '../../actions/src/mcp/hostile-server.fixture.ts');
const CANARY = 'canary-of-the-mcp-server';

let served: Served;
let target: Target;
let remote: { readonly url: string; readonly child: ChildProcess };
beforeAll(async () => {
  [served, target, remote] = await Promise.all([
    startServed({ TENUTO_ALLOW_COMMANDS: process.execPath }),
    startTarget(),
    startEverything(),
  ]);
  await served.call('/api/v1/secrets', { body: { name: 'CANARY', value: CANARY } });
  const local = {
    name: 'local',
    transport: 'stdio',
    command: [process.execPath, EVERYTHING, 'stdio'],
  };
  const env = { API_TOKEN: '${secrets.CANARY}' };
  const headers = { authorization: 'Bearer ${secrets.CANARY}' };
  const away = { name: 'away', transport: 'http', url: remote.url, headers };
  for (const body of [{ ...local, env }, away]) {
    expect((await served.call(MCP, { body })).status).toBe(201);
  }
});
afterAll(async () => {
  await served.close();
  await target.close();
  remote.child.kill('SIGKILL');
});
beforeEach(() => {
  target.requests.length = 0;
});

async function startEverything() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  const child = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const chunk of child.stderr) if (String(chunk).includes('listening')) break;
  return { url: `http://127.0.0.1:${port}/mcp`, child };
}

/** Weather by one server, a sum by another, slow work by both; told to a local server. */
const pipeline = (onAmbiguous: object) => [
  { id: 'weather', uses: 'local.get-structured-content', with: { location: 'Chicago' } },
  {
    id: 'sum',
    uses: 'away.get-sum',
    with: { a: '${steps.weather.temperature}', b: 4 },
    parent_nodes: ['weather'],
  },
  ...['local', 'away'].map((server) => ({
    id: `slow-${server}`,
    uses: 'mcp.call',
    with: {
      ...{ server, tool: 'trigger-long-running-operation' },
      arguments: { duration: 3, steps: 30 },
    },
    parent_nodes: ['sum'],
    ...onAmbiguous,
  })),
  {
    id: 'shape',
    uses: 'transform.cel',
    with: {
      expression:
        '{"sky": steps.weather.conditions, "sum": steps.sum.text, "slow": [steps["slow-local"].text, steps["slow-away"].text]}',
    },
    parent_nodes: ['slow-local', 'slow-away'],
  },
  {
    id: 'post',
    uses: 'http.request',
    with: { url: `${target.url}/report`, method: 'POST', body: '${steps.shape}' },
    parent_nodes: ['shape'],
  },
];

const REPORT = {
  sky: 'Light rain / drizzle',
  sum: 'The sum of 36 and 4 is 40.',
  slow: Array(2).fill('Long running operation completed. Duration: 3 seconds, Steps: 30.'),
};

async function progressOf(jobId: string, nodeId: string): Promise<string> {
  return (await served.call(`${JOB}/${jobId}/nodes/${nodeId}/logs`)).text;
}

async function untilBothAreSlow(jobId: string): Promise<void> {
  for (const id of ['slow-local', 'slow-away']) {
    await expect.poll(() => progressOf(jobId, id), SOON).toContain('progress 1 of 30');
  }
}

describe('a pipeline with MCP servers over stdio and HTTP', () => {
  it('completes though its server was killed in the middle of both calls', async () => {
    const jobId = await served.submit(pipeline({ on_ambiguous: 'retry' }));
    await untilBothAreSlow(jobId);
    await served.restart();
    const job = await served.ended(jobId);
    expect([job.status, job.error_details]).toEqual(['completed', null]);
    expect(target.requests.map(({ body }) => JSON.parse(body))).toEqual([REPORT]);
    for (const id of ['slow-local', 'slow-away']) {
      const { attempts } = await served.node(jobId, id);
      expect([id, attempts]).toEqual([id, 2]);
    }
    // What was done before was not done again.
    expect((await served.node(jobId, 'weather')).attempts).toBe(1);
  });

  it('asks, where nobody has said what a lost call means', async () => {
    const jobId = await served.submit(pipeline({}));
    await untilBothAreSlow(jobId);
    await served.restart();
    const path = `/api/v1/orchestration/interventions?job_id=${jobId}&state=open`;
    await expect.poll(async () => (await served.call(path)).body.items.length, SOON).toBe(2);
    const { items } = (await served.call(path)).body;
    for (const { intervention_id: id } of items) {
      const body = { resolution: 'retry', reason: 'It only waits.' };
      const resolved = await served.call(`/api/v1/orchestration/interventions/${id}/resolve`, {
        body,
      });
      expect([resolved.status, resolved.body.detail]).toEqual([200, undefined]);
    }
    expect((await served.ended(jobId)).status).toBe('completed');
    expect(target.requests.map(({ body }) => JSON.parse(body))).toEqual([REPORT]);
  });

  it('completes as the pipeline of a task too, killed in the middle', async () => {
    const steps = pipeline({}).map(({ parent_nodes: _, ...step }) => ({
      ...step,
      // These only look, so a lost call may be made again.
      ...(step.uses === 'mcp.call' && { with: { ...step.with, read_only: true } }),
    }));
    const body = {
      ...{ title: 'report', schedule_kind: 'once', schedule_expr: '2100-01-01T00:00:00Z' },
      payload: { pipeline: steps },
    };
    const task = (await served.call('/api/v1/tasks', { body })).body;
    const fired = await served.call(`/api/v1/tasks/${task.task_id}/run_now`, { body: {} });
    const runId = fired.body.details.run_id;
    await expect.poll(() => progressOf(runId, 'slow-local'), SOON).toContain('progress 1 of 30');
    await served.restart();
    expect((await served.ended(runId)).status).toBe('completed');
    expect(target.requests.map(({ body: said }) => JSON.parse(said))).toEqual([REPORT]);
    const latest = await served.call(`/api/v1/runs/task/${task.task_id}/latest`);
    expect(latest.body).toMatchObject({ run_id: runId, success: true });
  });

  it('leaves nothing running when its server goes down in order', async () => {
    const jobId = await served.submit([
      { id: 'env', uses: 'mcp.call', with: { server: 'local', tool: 'get-env', arguments: {} } },
    ]);
    expect((await served.ended(jobId)).status).toBe('completed');
    const before = await childrenOf(served.server().pid);
    if (process.platform === 'linux') expect(before.length).toBeGreaterThan(0);
    served.server().signal('SIGTERM');
    await served.server().ended;
    await expect.poll(() => before.some(isAlive), SOON).toBe(false);
    await served.restart();
  });

  it('cancels the call when the job is cancelled', async () => {
    const slow = pipeline({})
      .slice(2, 3)
      .map((node) => ({ ...node, parent_nodes: [] }));
    const jobId = await served.submit(slow);
    await expect.poll(() => progressOf(jobId, 'slow-local'), SOON).toContain('progress');
    await served.call(`${JOB}/${jobId}`, { method: 'DELETE' });
    expect((await served.ended(jobId)).status).toBe('cancelled');
  });

  it('is refused for a server that is not there, with its place', async () => {
    const nodes = [{ id: 'a', uses: 'elsewhere.tool' }];
    const body = { job_name: 'refused', dag_definition: { nodes } };
    const answer = await served.call(JOB, { body });
    expect([answer.status, answer.body.validation_errors[0].path]).toEqual([
      ...[422, '/dag_definition/nodes/0/uses'],
    ]);
  });
});

describe('a server that behaves badly', () => {
  const register = async (manner: string) => {
    const command = [process.execPath, HOSTILE, manner];
    const body = { name: manner, transport: 'stdio', command };
    expect((await served.call(MCP, { body })).status).toBe(201);
  };
  const questions = async (jobId: string) => {
    const path = `/api/v1/orchestration/interventions?job_id=${jobId}&state=open`;
    return (await served.call(path)).body.items;
  };

  it('may answer with megabytes, which the next node can use', async () => {
    await register('big');
    const jobId = await served.submit([
      { id: 'big', uses: 'big.act' },
      {
        id: 'size',
        uses: 'transform.cel',
        with: { expression: 'size(steps.big.text)' },
        parent_nodes: ['big'],
      },
    ]);
    expect((await served.ended(jobId)).status).toBe('completed');
    expect((await served.node(jobId, 'size')).output).toBe(4 * 1024 * 1024);
  });

  it.each([
    ['dies', {}, 'Connection closed'],
    ['silent', { timeout_seconds: 1, grace_seconds: 0 }, 'did not end within its time'],
  ])('and %s in the middle of a call is asked about, not called again', async (manner, more, why) => {
    await register(manner);
    const jobId = await served.submit([{ id: 'act', uses: `${manner}.act`, ...more }]);
    await expect.poll(async () => (await questions(jobId)).length, SOON).toBe(1);
    const [{ intervention_id: id }] = await questions(jobId);
    const node = await served.node(jobId, 'act');
    expect([node.attempts, node.error.type]).toEqual([1, 'outcome_unknown']);
    expect(node.error.message).toContain(why);
    const body = { resolution: 'skip', reason: 'It did act.', result: { done: true } };
    const path = `/api/v1/orchestration/interventions/${id}/resolve`;
    expect((await served.call(path, { body })).status).toBe(200);
    expect((await served.ended(jobId)).status).toBe('completed');
    expect(await served.node(jobId, 'act')).toMatchObject({ attempts: 1, output: { done: true } });
  });

  it('and dies in the middle of every call is called again where that is allowed', async () => {
    const given = { server: 'dies', tool: 'act', read_only: true };
    const jobId = await served.submit([
      {
        id: 'act',
        uses: 'mcp.call',
        with: given,
        retry: { strategy: 'immediate', max_attempts: 3 },
      },
    ]);
    expect((await served.ended(jobId)).status).toBe('failed');
    expect(await served.node(jobId, 'act')).toMatchObject({
      attempts: 3,
      error: { type: 'mcp_connection_lost' },
    });
  });
});

describe('the secrets of MCP servers', () => {
  it('reach them, and nothing else', async () => {
    const jobId = await served.submit([
      { id: 'env', uses: 'mcp.call', with: { server: 'local', tool: 'get-env', arguments: {} } },
      { id: 'echo', uses: 'away.echo', with: { message: 'say ${secrets.CANARY}' } },
    ]);
    expect((await served.ended(jobId)).status).toBe('completed');
    const env = await served.node(jobId, 'env');
    expect(JSON.parse(env.output.text)).toMatchObject({ API_TOKEN: '***' });
    expect((await served.node(jobId, 'echo')).output.text).toBe('Echo: say ***');
    const check = await served.call(`${MCP}/local/check`, { method: 'POST' });
    expect(check.body).toMatchObject({ ok: true, error: null });
    const tools = await served.call(`${MCP}/away/tools`);
    expect(tools.body.tools.map(({ uses }: { uses: string }) => uses)).toContain('away.echo');
    const list = await served.call(MCP);
    for (const text of [await served.dump(), served.logs(), check.text, tools.text, list.text]) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(Buffer.from(CANARY).toString('hex'));
    }
  });
});

/** The processes that a process has started and that still run. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
