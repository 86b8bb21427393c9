import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv-provider.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN, aJob, type CallInit, startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ origins: ['https://console.example'] });
});
afterAll(() => api[Symbol.asyncDispose]());

/** A client of the protocol, as its library makes it. */
async function connect(token: string, headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'a test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', api.url), {
    requestInit: { headers: { authorization: `Bearer ${token}`, ...headers } },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

async function callTool(client: Client, name: string, given: Record<string, unknown> = {}) {
  const result = await client.callTool({ name, arguments: given });
  return CallToolResultSchema.parse(result);
}

const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

/** All that an agent may be let do. A new route is a new tool: see that its name says what it does. */
const TOOLS = `
  list_engines read_settings
  submit_job get_job list_jobs update_job cancel_job pause_job resume_job retry_job recover_job
  signal_job list_job_nodes get_job_node list_job_node_logs list_job_node_attempts list_job_attempts
  list_job_history cancel_node_retry rerun_failed_tests
  list_runs list_run_tests get_run explain_run change_runs get_run_stats get_latest_task_run get_task_run_stats
  create_task list_tasks get_task replace_task update_task delete_task preview_schedule preview_task
  run_task_now snooze_task pause_task resume_task cancel_task backfill_task list_task_firings
  change_tasks
  list_task_runs validate_task
  publish_event get_event list_event_tasks replay_event list_event_topics list_recent_events clean_up_events
  create_webhook list_webhooks get_webhook replace_webhook update_webhook delete_webhook
  create_template list_templates get_template replace_template delete_template
  list_template_versions instantiate_template
  create_secret list_secrets get_secret replace_secret update_secret delete_secret
  create_mcp_server list_mcp_servers get_mcp_server replace_mcp_server delete_mcp_server
  list_mcp_server_tools check_mcp_server
  create_retry_policy list_retry_policies get_retry_policy list_retry_policy_versions
  replace_retry_policy update_retry_policy delete_retry_policy
  list_recoveries get_recovery cancel_recovery get_recovery_effectiveness list_recovery_audits
  list_interventions get_intervention assign_intervention resolve_intervention
  list_circuits get_circuit trip_circuit reset_circuit
  list_tests get_test update_test list_test_history
  list_test_entries create_test_entry get_test_entry replace_test_entry delete_test_entry
  list_notification_channels create_notification_channel get_notification_channel
  update_notification_channel delete_notification_channel rotate_notification_channel
  test_notification_channel list_notification_routes create_notification_route
  get_notification_route get_policies delete_notification_route list_notification_deliveries
  get_notification_delivery redeliver_notification_delivery
  create_agent list_agents get_agent replace_agent delete_agent create_agent_credential
  list_agent_credentials delete_agent_credential create_token list_tokens delete_token
  create_team list_teams get_team replace_team delete_team
  list_quotas get_quota get_quota_use replace_quota delete_quota verify_audit
  create_price replace_price delete_price get_run_metrics raise_budget
  get_spending create_budget list_budgets get_budget replace_budget delete_budget
  create_run next_phase clone_run cancel_run pause_run resume_run rollback_run
  approve_run list_approvals get_approval get_run_governance
  create_profile list_profiles get_profile list_profile_versions replace_profile delete_profile
  validate_profile check_profile fork_run compare_runs list_run_artifacts get_run_artifact
  examine_store repair_store`;

const FILES = /\/(stream|bundle|download|artifacts\.zip|graph|graph\/state)$/;

describe('the front door for agents', () => {
  it('has an operation of each route that needs a scope as a tool', async () => {
    const client = await connect(ADMIN);
    const names = await namesOf(client);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['submit_job', 'get_job', 'list_jobs', 'cancel_job', 'retry_job', 'explain_run'],
        ...['list_templates', 'instantiate_template', 'list_runs', 'signal_job', 'update_secret'],
      ]),
    );
    const { body } = await api.call('/openapi.json', { token: null });
    const operations = Object.entries<Record<string, { 'x-required-scope'?: string }>>(body.paths)
      // A stream has no end that a call could answer with, a file is none of its answers, and the
      // columns of a graph are for those who draw it.
      .filter(([path]) => path.startsWith('/api/v1/') && !FILES.test(path))
      .flatMap(([, methods]) => Object.values(methods))
      .filter((operation) => operation['x-required-scope'] !== undefined);
    expect(names).toHaveLength(operations.length);
    expect(new Set(names).size).toBe(names.length);
  });

  it('calls its tools what they do, each once', async () => {
    const names = await namesOf(await connect(ADMIN));
    expect(names.toSorted()).toEqual(TOOLS.trim().split(/\s+/).toSorted());
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what each tool takes, in schemas that stand alone', async () => {
    const { tools } = await (await connect(ADMIN)).listTools();
    for (const tool of tools) {
      const schemas = new AjvJsonSchemaValidator();
      expect(() => schemas.getValidator({ ...tool.inputSchema } as never), tool.name).not.toThrow();
      expect(tool.description).toBeTruthy();
      expect(JSON.stringify(tool.inputSchema)).not.toContain('"$ref"');
    }
    const get = tools.find(({ name }) => name === 'get_job');
    expect(get).toMatchObject({
      annotations: { readOnlyHint: true },
      inputSchema: { required: ['job_id'], properties: { job_id: {}, include: {} } },
    });
  });

  it('does what its tools say, in the name of the caller, and with an audit row', async () => {
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    const client = await connect(ann);
    const submitted = await callTool(client, 'submit_job', { body: aJob({ job_name: 'by mcp' }) });
    expect(submitted.isError).toBeUndefined();
    expect(submitted.structuredContent).toMatchObject({ job_name: 'by mcp', status: 'queued' });
    expect(submitted._meta).toMatchObject({ 'tenuto/status': 202 });
    expect(api.engine.submitted.at(-1)).toMatchObject({ owner: 'ann', triggeredBy: 'ann' });
    await callTool(client, 'create_secret', { body: { name: 'MINE', value: 'a-value' } });
    const { structuredContent } = await callTool(client, 'list_secrets', { limit: 5 });
    expect(structuredContent).toMatchObject({ total: 1, limit: 5, items: [{ name: 'MINE' }] });
    const { rows } = await api.pool.query(
      `select actor from audit where action = 'secret.created'`,
    );
    expect(rows).toEqual([{ actor: 'ann' }]);
    const stale = { name: 'MINE', if_match: '"9"', body: { value: 'another' } };
    const refused = await callTool(client, 'update_secret', stale);
    expect([refused.isError, refused.structuredContent]).toMatchObject([true, { status: 412 }]);
  });

  it('acts for the team that the caller names', async () => {
    const client = await connect(ADMIN, { 'x-tenuto-team': 'crew' });
    await callTool(client, 'submit_job', { body: aJob() });
    expect(api.engine.submitted.at(-1)).toMatchObject({ owner: 'team:crew' });
  });

  it('answers what is wrong as the API does', async () => {
    const client = await connect(ADMIN);
    const bad = await callTool(client, 'submit_job', { body: { job_name: 'x', nodes: [] } });
    expect([bad.isError, bad.structuredContent]).toMatchObject([
      true,
      { status: 400, validation_errors: [{ path: '/nodes' }] },
    ]);
    const missing = await callTool(client, 'get_job', {});
    expect(missing).toMatchObject({ isError: true });
    const traversal = await callTool(client, 'get_secret', { name: '..' });
    expect(traversal).toMatchObject({ isError: true });
    const escaped = await callTool(client, 'get_secret', { name: '../jobs' });
    expect(escaped.structuredContent).toMatchObject({ status: 404, error_code: 'not_found' });
    const unknown = await callTool(client, 'get_job', { job_id: 'a', authorization: 'Bearer x' });
    expect(unknown).toMatchObject({ isError: true });
  });

  it('shows nobody more than the scopes of the caller, and does no more', async () => {
    const reader = await connect(await api.token('reader', ['jobs:read']));
    const names = await namesOf(reader);
    expect(names).toContain('list_jobs');
    expect(names).not.toContain('submit_job');
    const call = callTool(reader, 'submit_job', { body: aJob() });
    await expect(call).rejects.toThrow('no tool submit_job');
    const watcher = await connect(await api.token('watcher', ['metrics:read']));
    expect(await namesOf(watcher)).toEqual(['list_engines']);
  });

  it('keeps what is somebody else’s to them', async () => {
    const ann = await connect(await api.token('ann', ['jobs:read', 'jobs:write']));
    const bob = await connect(await api.token('bob', ['jobs:read', 'jobs:write']));
    await callTool(ann, 'create_secret', { body: { name: 'HERS', value: 'a-value' } });
    const { structuredContent } = await callTool(bob, 'get_secret', { name: 'HERS' });
    expect(structuredContent).toMatchObject({ status: 404 });
  });

  it('opens to nobody without credentials, nor to other sites', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const accept = { accept: 'application/json, text/event-stream' };
    const stranger = await api.call('/mcp', { body: message, token: null, headers: accept });
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="tenuto"',
    ]);
    const wrong = await api.call('/mcp', { body: message, token: 'tnt_wrong', headers: accept });
    expect(wrong.status).toBe(401);
    const site = { ...accept, origin: 'https://evil.example' };
    expect((await api.call('/mcp', { body: message, headers: site })).status).toBe(403);
    const console = { ...accept, origin: 'https://console.example' };
    expect((await api.call('/mcp', { body: message, headers: console })).status).toBe(200);
  });

  it.each<[string, CallInit, number]>([
    ['no JSON', { raw: '{' }, 400],
    ['nothing', { method: 'POST' }, 415],
    ['another media type', { raw: 'x', headers: { 'content-type': 'text/plain' } }, 415],
    ['no message', { body: { hello: 1 } }, 400],
    ['a reader', { method: 'GET' }, 405],
  ])('answers %s without a 500', async (_, init, status) => {
    const headers = { accept: 'application/json, text/event-stream', ...init.headers };
    const answer = await api.call('/mcp', { ...init, headers });
    expect(answer.status).toBe(status);
  });

  it('counts calls against the limits of the caller', async () => {
    const limited = await startApi({
      rateLimits: { submit: 2, change: 300, read: 1_000, task: 100, failures: 200, admin: false },
    });
    onTestFinished(() => limited[Symbol.asyncDispose]());
    const token = await limited.token('ann', ['jobs:read', 'jobs:write']);
    const client = new Client({ name: 'a test', version: '1' });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    const url = new URL('/mcp', limited.url);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    onTestFinished(() => client.close());
    const statuses: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { _meta } = await callTool(client, 'submit_job', { body: aJob() });
      statuses.push(_meta?.['tenuto/status']);
    }
    expect(statuses).toEqual([202, 202, 429]);
  });
});
