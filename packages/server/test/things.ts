/** One of each kind of thing that routes are about, for tests that walk through all routes. */
import { randomUUID } from 'node:crypto';
import { addLive, addOver, aPhasedRow } from './rows.ts';
import { runIdAt } from './scripted-engine.ts';
import type { TestApi } from './server.ts';

interface Maker {
  readonly api: TestApi;
  /** The name that the thing is to be owned by, and a token that may do everything in that name. */
  readonly owner: string;
  readonly token: string;
  /** Values of the parameters before this one in the path. */
  readonly before: Readonly<Record<string, string>>;
  /** The route that it is for. */
  readonly path: string;
}

async function made(
  { api, token }: Maker,
  path: string,
  {
    body,
    id,
    method = 'POST',
  }: { readonly body: object; readonly id: string; readonly method?: string },
): Promise<string> {
  const answer = await api.call(path, { method, token, body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
  return String(answer.body[id]);
}

let count = 0;
const fresh = (word: string) => {
  count += 1;
  return `${word}-${count}`;
};

async function aSession({ api, owner }: Maker): Promise<string> {
  const runId = await addLive(api.pool, { owner, status: 'recovering', engine: randomUUID() });
  const id = runIdAt(Date.now());
  const common = [id, runId, owner, 'manual', 'retry_job', owner, 'failed', new Date()];
  await api.pool.query(
    `insert into recoveries (session_id, run_id, owner, trigger, action, actor, state_before,
       started_at, parameters) values ($1, $2, $3, $4, $5, $6, $7, $8, '{}')`,
    common,
  );
  await api.pool.query(
    `insert into recovery_audits (session_id, run_id, owner, trigger, action, actor, state_before, at,
       audit_id, event, details) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'started', '{}')`,
    [...common, runIdAt(Date.now())],
  );
  return id;
}

async function anIntervention({ api, owner }: Maker): Promise<string> {
  const runId = await addLive(api.pool, { owner, status: 'running', engine: randomUUID() });
  const id = runIdAt(Date.now());
  await api.pool.query(
    `insert into interventions (intervention_id, run_id, owner, session_id, node, node_id, message,
       state, opened_at, default_resolution)
     values ($1, $2, $3, $4, 0, 'a', 'What now?', 'open', now(), 'abort')`,
    [id, runId, owner, randomUUID()],
  );
  return id;
}

async function anArtifact({ api, before }: Maker): Promise<string> {
  await api.pool.query(
    `insert into blobs (hash, bytes) values (sha256('made'), 'made') on conflict do nothing`,
  );
  const { rows } = await api.pool.query(
    `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash,
       in_database)
     values ($1, 0, 1, 'nodes/a/made.txt', 'made.txt', 'text/plain', 4, sha256('made'), true)
     returning artifact_id`,
    [before.run_id],
  );
  return rows[0].artifact_id;
}

/** Something open to be agreed to by whoever may change the run. */
async function anApproval({ api, owner }: Pick<Maker, 'api' | 'owner'>) {
  const runId = await addLive(api.pool, { owner, status: 'running', engine: randomUUID() });
  const id = runIdAt(Date.now());
  await api.pool.query(
    `insert into approvals (approval_id, run_id, key, owner, node, node_id, title, deciders, required,
       on_deadline, state, in_cleanup, opened_at)
     values ($1, $2, 'k', $3, 0, 'a', 'Go on?', '{}', 1, 'reject', 'open', false, now())`,
    [id, runId, owner],
  );
  return { id, runId };
}

async function aTest({ api, owner }: Maker): Promise<string> {
  const id = randomUUID();
  await api.pool.query(
    `insert into tests (test_id, owner, suite, report_suite, classname, name, occurrence, last_at,
       last_run)
     values ($1, $2, 's', 's', 'c', 'n', 0, now(), $3)`,
    [id, owner, await addLive(api.pool, { owner })],
  );
  return id;
}

async function aDelivery({ api, owner }: Maker): Promise<string> {
  const { rows } = await api.pool.query(
    `insert into notice_deliveries (owner, notice_id, event, type, url, place, payload, noticed_at,
       state, attempts_most, ended_at)
     values ($1, uuid_v7(), 'run.failed', 'webhook', 'https://a.example/', 'a', '{}', now(), 'failed',
       3, now()) returning delivery_id`,
    [owner],
  );
  return rows[0].delivery_id;
}

/** A task that can be asked what the route asks, and a run of it. */
async function aTask(maker: Maker): Promise<string> {
  const { api, owner, token, path } = maker;
  const payload = { pipeline: [{ id: 'a', uses: 'sleep.for' }] };
  const body = { title: 'a task', schedule_kind: 'cron', schedule_expr: '0 9 * * *', payload };
  const taskId = await made(maker, '/api/v1/tasks', { body, id: 'task_id' });
  if (path.endsWith('/resume')) {
    await api.call(`/api/v1/tasks/${taskId}/pause`, { token, body: {} });
  }
  await addLive(api.pool, { owner, taskId });
  return taskId;
}

async function anEvent({ api, token }: Maker): Promise<string> {
  const body = { topic: fresh('topic'), payload: {} };
  return (await api.call('/api/v1/events', { token, body })).body.details.event_id;
}

/** What graphs refer to by name, found by its id: names are each owner's own. */
function aReferred(maker: Maker): Promise<string> {
  const name = fresh('referred').replace('-', '_');
  if (maker.path.includes('/secrets/')) {
    return made(maker, '/api/v1/secrets', { body: { name, value: 'v' }, id: 'secret_id' });
  }
  if (maker.path.includes('/mcp-servers/')) {
    const body = { name, transport: 'http', url: 'https://a.example/mcp' };
    return made(maker, '/api/v1/mcp-servers', { body, id: 'server_id' });
  }
  if (maker.path.includes('/profiles/')) {
    const body = { name, phases: [{ id: 'a', agents: [{ id: 'b', uses: 'sleep.for' }] }] };
    return made(maker, '/api/v1/profiles', { body, id: 'profile_id' });
  }
  const dag = { nodes: [{ id: 'a', uses: 'sleep.for' }] };
  const body = { name, dag_definition: dag };
  return made(maker, '/api/v1/orchestration/templates', { body, id: 'template_id' });
}

/** How to make what a parameter of a path names. A route with another one needs a line here. */
export const THINGS: Readonly<Record<string, (maker: Maker) => Promise<string>>> = {
  job_id: ({ api, owner, path }) => {
    if (/\/(retry|recover)$/.test(path)) return addOver(api.pool, { owner, status: 'failed' });
    const paused = /resume$/.test(path);
    return addLive(api.pool, { owner, status: paused ? 'paused' : 'queued' });
  },
  run_id: async ({ api, owner, path }) => {
    if (path.endsWith('/approve')) return (await anApproval({ api, owner })).runId;
    const status = /resume$/.test(path) ? 'paused' : 'queued';
    return addLive(api.pool, { owner, status, ...(/clone$/.test(path) && aPhasedRow()) });
  },
  artifact_id: anArtifact,
  approval_id: async (maker) => (await anApproval(maker)).id,
  node_id: async () => 'a',
  session_id: aSession,
  intervention_id: anIntervention,
  task_id: aTask,
  event_id: anEvent,
  name: aReferred,
  test_id: aTest,
  delivery_id: aDelivery,
  async key(maker) {
    const key = fresh('circuit');
    await made(maker, `/api/v1/orchestration/circuits/${key}/trip`, { body: {}, id: 'key' });
    return key;
  },
  policy_id: (maker) =>
    made(maker, '/api/v1/orchestration/retry-policies', {
      body: { name: fresh('policy'), policy: { max_attempts: 2 } },
      id: 'policy_id',
    }),
  entry_id: (maker) => {
    const id = fresh('suite');
    const body = { kind: 'suite', command: ['true'], report: 'r.xml' };
    return made(maker, `/api/v1/tests/catalogue/${id}`, { body, id: 'id', method: 'PUT' });
  },
  channel_id: (maker) =>
    made(maker, '/api/v1/notifications/channels', {
      body: { name: fresh('channel'), type: 'webhook', url: 'https://a.example/' },
      id: 'channel_id',
    }),
  async route_id(maker) {
    const channel = await made(maker, '/api/v1/notifications/channels', {
      body: { name: fresh('channel'), type: 'webhook', url: 'https://a.example/' },
      id: 'channel_id',
    });
    const body = { channel, events: ['run.failed'] };
    return made(maker, '/api/v1/notifications/routes', { body, id: 'route_id' });
  },
  webhook_id: (maker) =>
    made(maker, '/api/v1/webhooks', {
      body: { name: fresh('webhook'), topic: 'posts', verify: 'none' },
      id: 'webhook_id',
    }),
  async hook(maker) {
    const body = { name: fresh('webhook'), topic: 'posts', verify: 'none' };
    const path = await made(maker, '/api/v1/webhooks', { body, id: 'path' });
    return path.replace('/hooks/', '');
  },
  agent_id: (maker) =>
    made(maker, '/api/v1/agents', { body: { name: fresh('agent'), scopes: [] }, id: 'agent_id' }),
  credential_id: (maker) =>
    made(maker, `/api/v1/agents/${maker.before.agent_id}/credentials`, {
      body: {},
      id: 'credential_id',
    }),
  token_id: (maker) =>
    made(maker, '/api/v1/tokens', { body: { name: fresh('token') }, id: 'token_id' }),
  async principal({ api }) {
    const name = fresh('principal');
    await api.call(`/api/v1/quotas/${name}`, { method: 'PUT', body: { runs_per_day: 1 } });
    return name;
  },
  async price_id({ api }) {
    const body = { model: fresh('a/model'), input_usd_per_mtok: 1, output_usd_per_mtok: 2 };
    return (await api.call('/api/v1/prices', { body })).body.price_id;
  },
  budget_id: (maker) =>
    made(maker, '/api/v1/budgets', {
      body: { scope: 'profile', subject: fresh('profile'), usd: 1 },
      id: 'budget_id',
    }),
  async team_id({ api }) {
    const body = { name: fresh('team'), members: [] };
    return (await api.call('/api/v1/teams', { body })).body.team_id;
  },
};

/** Makes what the parameters of a path name, all of it one owner's. */
export async function thingsFor(
  { path, parameters }: { readonly path: string; readonly parameters: readonly string[] },
  maker: Omit<Maker, 'before' | 'path'>,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const name of parameters) {
    const make = THINGS[name];
    if (make === undefined)
      throw new Error(`things.ts does not say how {${name}} of ${path} is made`);
    values[name] = await make({ ...maker, path, before: { ...values } });
  }
  return values;
}
