/** What a request names inside of it is looked up in the name of whoever sends it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB, startApi, type TestApi } from './server.ts';

const OWNED = ['jobs:read', 'jobs:write', 'tasks:create', 'tasks:read', 'tasks:update'];

let api: TestApi;
let ann: string;
let bob: string;
let template: string;
let policy: string;
beforeAll(async () => {
  const checkAction = (uses: string) =>
    /^(sleep|transform|http)\./.test(uses) ? undefined : `There is no action "${uses}".`;
  api = await startApi({ rules: { checkAction } });
  ann = await api.token('ann', OWNED);
  bob = await api.token('bob', OWNED);
  await api.call('/api/v1/teams', { body: { name: 'crew', members: ['ann'] } });
  const make = async (path: string, body: object) => {
    const answer = await api.call(`/api/v1${path}`, { body, token: ann });
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body;
  };
  await make('/secrets', { name: 'KEY', value: 'v' });
  await make('/mcp-servers', { name: 'files', transport: 'http', url: 'https://a.example/mcp' });
  await make('/notifications/channels', {
    name: 'ops',
    type: 'webhook',
    url: 'https://a.example/',
  });
  const dag = { nodes: [{ id: 'a', uses: 'sleep.for' }] };
  const fields = { name: 'steps', dag_definition: dag };
  template = (await make('/orchestration/templates', fields)).template_id;
  const written = { name: 'patient', policy: { max_attempts: 2 } };
  policy = (await make('/orchestration/retry-policies', written)).policy_id;
});
afterAll(() => api[Symbol.asyncDispose]());

const node = (more: object) => ({ dag_definition: { nodes: [{ id: 'n', ...more }] } });
/** Graphs that name something of ann's. */
const NAMING: readonly (readonly [string, () => object])[] = [
  ['a template by its name', () => ({ template: 'steps' })],
  ['a template by its id', () => ({ template })],
  ['a secret', () => node({ uses: 'http.request', with: { url: 'https://b/${secrets.KEY}' } })],
  ['a tool of an MCP server', () => node({ uses: 'files.read' })],
  ['a retry policy', () => node({ uses: 'sleep.for', retry: policy })],
];

const task = (payload: object) => ({
  ...{ title: 't', schedule_kind: 'cron', schedule_expr: '0 9 * * *', payload },
});

describe.each(NAMING)('%s', (_, naming) => {
  const graph = () => {
    const named = naming();
    return 'template' in named ? named : { job_name: 'j', ...named };
  };

  it('of somebody else is not there for a job, a dry run or a task', async () => {
    for (const [path, body] of [
      [JOB, graph()],
      [`${JOB}?dry_run=true`, graph()],
      ['/api/v1/tasks', task(naming())],
    ] as const) {
      const theirs = await api.call(path, { body, token: bob });
      expect([path, theirs.status]).toEqual([path, 422]);
      const own = await api.call(path, { body, token: ann });
      expect([path, own.status < 300 || own.text]).toEqual([path, true]);
    }
  });

  it('of somebody else cannot be put into a task that is there', async () => {
    const body = task(node({ uses: 'sleep.for' }));
    const { task_id: id } = (await api.call('/api/v1/tasks', { body, token: bob })).body;
    const change = { method: 'PATCH', body: { payload: naming() }, token: bob };
    expect((await api.call(`/api/v1/tasks/${id}`, change)).status).toBe(422);
  });

  it('is not the team’s because a member has it', async () => {
    const headers = { 'x-tenuto-team': 'crew' };
    const byId = JSON.stringify(naming()).match(/[0-9a-f]{8}-/) !== null;
    const asked = { body: task(naming()), token: ann, headers };
    expect((await api.call('/api/v1/tasks', asked)).status).toBe(422);
    const job = await api.call(JOB, { body: graph(), token: ann, headers });
    // Who gives a job to their team may put into it what they can read themselves.
    expect(job.status).toBe(byId ? 202 : 422);
  });
});

it('a channel of one’s own is found by a dry run as it is by the job', async () => {
  const body = { job_name: 'j', ...node({ uses: 'sleep.for' }), on_failure: [{ channel: 'ops' }] };
  for (const [token, headers, status] of [
    [ann, {}, [200, 202]],
    [ann, { 'x-tenuto-team': 'crew' }, [422, 422]],
    [bob, {}, [422, 422]],
  ] as const) {
    const answers = [`${JOB}?dry_run=true`, JOB].map((path) =>
      api.call(path, { body, token, headers }),
    );
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(status);
  }
});

it('a team that one is not in takes no task, no event and no secret', async () => {
  const headers = { 'x-tenuto-team': 'crew' };
  const all = await api.token('bob', [...OWNED, 'events:publish', 'events:read']);
  for (const [path, body] of [
    ['/api/v1/tasks', task(node({ uses: 'sleep.for' }))],
    ['/api/v1/events', { topic: 't', payload: {} }],
    ['/api/v1/secrets', { name: 'KEY', value: 'v' }],
    ['/api/v1/webhooks', { name: 'w', topic: 't', verify: 'none' }],
  ] as const) {
    const { status } = await api.call(path, { body, token: all, headers });
    expect([path, status]).toEqual([path, 403]);
  }
});
