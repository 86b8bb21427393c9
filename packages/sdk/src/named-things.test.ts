import {
  DryRunSchema,
  JobSchema,
  McpCheckSchema,
  McpServerListSchema,
  McpServerSchema,
  McpToolListSchema,
  SecretListSchema,
  SecretSchema,
  TemplateListSchema,
  TemplateSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import type { Client } from './index.ts';

afterEach(closeServers);

/** What a call sends: method, path, body and version. */
async function called(answer: unknown, use: (client: Client) => Promise<unknown>) {
  const { client, server } = await connect(() => ({ status: 200, body: answer }));
  expect(await use(client)).toEqual(answer);
  const { method, url, body, headers } = server.seen[0] ?? {};
  return [method, url?.replace('/api/v1', ''), body, headers?.['if-match']];
}

async function listed(page: unknown, use: (client: Client) => AsyncIterable<unknown>) {
  const { client, server } = await connect(() => ({ status: 200, body: page }));
  const found: unknown[] = [];
  for await (const one of use(client)) found.push(one);
  return [found.length, server.seen[0]?.url.replace('/api/v1', '')];
}

describe('secrets', () => {
  const secret = exampleOf(SecretSchema);
  const value = { value: 'v' };

  it('are set, read, changed and removed', async () => {
    const made = { name: 'A', ...value };
    expect(await called(secret, ({ secrets }) => secrets.create(made))).toEqual([
      ...['POST', '/secrets', made, undefined],
    ]);
    expect(await called(secret, ({ secrets }) => secrets.set('A', value))).toEqual([
      ...['PUT', '/secrets/A', value, undefined],
    ]);
    expect(await called(secret, ({ secrets }) => secrets.get('A'))).toEqual([
      ...['GET', '/secrets/A', undefined, undefined],
    ]);
    const hosts = { allowed_hosts: null };
    expect(
      await called(secret, ({ secrets }) => secrets.update('A', hosts, { version: 2 })),
    ).toEqual(['PATCH', '/secrets/A', hosts, '"2"']);
    expect(await called(secret, ({ secrets }) => secrets.remove('A'))).toEqual([
      ...['DELETE', '/secrets/A', undefined, undefined],
    ]);
    const page = exampleOf(SecretListSchema);
    expect(await listed(page, ({ secrets }) => secrets.list({ limit: 3 }))).toEqual([
      ...[1, '/secrets?limit=3'],
    ]);
  });

  it('are stored once, however often the request has to be sent', async () => {
    const { client, server } = await connect((_request, count) =>
      count === 1 ? 'hang up' : { status: 201, body: secret },
    );
    await client.secrets.create({ name: 'A', value: 'v' });
    const [first, second] = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect([first?.length, second]).toEqual([36, first]);
  });
});

describe('MCP servers', () => {
  const server = exampleOf(McpServerSchema);
  const body = { name: 's', transport: 'http', url: 'https://a.example/mcp' } as const;

  it('are registered, read, tried and removed', async () => {
    expect(await called(server, ({ mcpServers }) => mcpServers.create(body))).toEqual([
      ...['POST', '/mcp-servers', body, undefined],
    ]);
    const replace = (client: Client) => client.mcpServers.replace('s', body, { version: 1 });
    expect(await called(server, replace)).toEqual(['PUT', '/mcp-servers/s', body, '"1"']);
    expect(await called(server, ({ mcpServers }) => mcpServers.get('s'))).toEqual([
      ...['GET', '/mcp-servers/s', undefined, undefined],
    ]);
    expect(await called(server, ({ mcpServers }) => mcpServers.remove('s'))).toEqual([
      ...['DELETE', '/mcp-servers/s', undefined, undefined],
    ]);
    const tools = exampleOf(McpToolListSchema);
    expect(await called(tools, ({ mcpServers }) => mcpServers.tools('s'))).toEqual([
      ...['GET', '/mcp-servers/s/tools', undefined, undefined],
    ]);
    const check = exampleOf(McpCheckSchema);
    expect(await called(check, ({ mcpServers }) => mcpServers.check('s'))).toEqual([
      ...['POST', '/mcp-servers/s/check', undefined, undefined],
    ]);
    const page = exampleOf(McpServerListSchema);
    expect(await listed(page, ({ mcpServers }) => mcpServers.list())).toEqual([1, '/mcp-servers']);
  });
});

describe('templates', () => {
  const template = exampleOf(TemplateSchema);
  const body = { name: 't', dag_definition: { nodes: [] } };
  const ROOT = '/orchestration/templates';

  it('are made, read in their versions, replaced and removed', async () => {
    expect(await called(template, ({ templates }) => templates.create(body))).toEqual([
      ...['POST', ROOT, body, undefined],
    ]);
    const get = (client: Client) => client.templates.get('a b', { version: 3 });
    expect(await called(template, get)).toEqual([
      ...['GET', `${ROOT}/a%20b?version=3`, undefined, undefined],
    ]);
    const replace = (client: Client) => client.templates.replace('t', body, { version: 1 });
    expect(await called(template, replace)).toEqual(['PUT', `${ROOT}/t`, body, '"1"']);
    expect(await called(template, ({ templates }) => templates.remove('t'))).toEqual([
      ...['DELETE', `${ROOT}/t`, undefined, undefined],
    ]);
    const page = exampleOf(TemplateListSchema);
    expect(await listed(page, ({ templates }) => templates.list())).toEqual([1, ROOT]);
    expect(await listed(page, ({ templates }) => templates.versions('t'))).toEqual([
      ...[1, `${ROOT}/t/versions`],
    ]);
  });

  it('are made into jobs, or would be', async () => {
    const use = { params: { a: 1 } };
    const job = exampleOf(JobSchema);
    expect(await called(job, ({ templates }) => templates.instantiate('t', use))).toEqual([
      ...['POST', `${ROOT}/t/instantiate`, use, undefined],
    ]);
    const dry = exampleOf(DryRunSchema);
    expect(await called(dry, ({ templates }) => templates.dryRun('t', use))).toEqual([
      ...['POST', `${ROOT}/t/instantiate?dry_run=true`, use, undefined],
    ]);
  });
});
