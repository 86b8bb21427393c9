import type { McpServer, Secret, Template } from '@tenuto/contract';
import {
  DryRunSchema,
  McpServerSchema,
  McpToolListSchema,
  SecretSchema,
  TemplateSchema,
} from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { inTurn, ok, page, problem } from '../../test/pretend-api.ts';
import { sampleJob, sampleNode } from '../../test/samples.ts';
import { EXIT } from '../index.ts';

afterAll(cleanUp);

function exampleOf<T>(schema: object): T {
  const [example] = Reflect.get(schema, 'examples');
  return example;
}
const secret: Secret = exampleOf(SecretSchema);
const server: McpServer = exampleOf(McpServerSchema);
const template: Template = exampleOf(TemplateSchema);

describe('secrets', () => {
  it('are set from standard input, and their value is said nowhere', async () => {
    const { out, err, asked, exitCode } = await call(
      ['secrets', 'set', 'DEPLOY_TOKEN', '--host', 'api.example.com'],
      { 'PUT /api/v1/secrets/*': ok(secret) },
      { stdin: 'the value' },
    );
    expect(exitCode).toBe(EXIT.ok);
    expect(asked[0]?.body).toEqual({ value: 'the value', allowed_hosts: ['api.example.com'] });
    expect(out).toContain('${secrets.DEPLOY_TOKEN}');
    expect(out + err).not.toContain('the value');
  });

  it('are not set to nothing', async () => {
    const { exitCode, err, asked } = await call(['secrets', 'set', 'A']);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
    expect(err).toContain('empty');
  });

  it('are listed and deleted', async () => {
    const { out } = await call(['secrets', 'list'], { 'GET /api/v1/secrets': page([secret]) });
    expect(out.split('\n')[1]).toBe(
      'DEPLOY_TOKEN  1        2026-01-15T09:30:00.000Z  api.example.com',
    );
    const gone = await call(['secrets', 'delete', 'DEPLOY_TOKEN'], {
      'DELETE /api/v1/secrets/*': ok(secret),
    });
    expect(gone.out).toBe('DEPLOY_TOKEN is deleted.\n');
  });
});

describe('MCP servers', () => {
  const answers = { 'POST /api/v1/mcp-servers': ok(server) };

  it('over HTTP are registered with their headers', async () => {
    const header = 'authorization: Bearer ${secrets.SEARCH_TOKEN}';
    const args = [
      'mcp',
      'add',
      'search',
      '--http',
      'https://a.example/mcp',
      '-H',
      header,
      '-t',
      'web*',
    ];
    const { asked, out } = await call(args, answers);
    expect(asked[0]?.body).toEqual({
      ...{ name: 'search', transport: 'http', url: 'https://a.example/mcp' },
      headers: { authorization: 'Bearer ${secrets.SEARCH_TOKEN}' },
      tools_allow: ['web*'],
    });
    expect(out).toContain('tenuto mcp check search');
  });

  it('over stdio are registered with their program and its arguments', async () => {
    const args = [
      'mcp',
      'add',
      'files',
      '-e',
      'A=b=c',
      '--',
      'node',
      'server.js',
      '--root',
      '/data',
    ];
    const { asked } = await call(args, answers);
    expect(asked[0]?.body).toEqual({
      ...{ name: 'files', transport: 'stdio', command: ['node', 'server.js', '--root', '/data'] },
      env: { A: 'b=c' },
    });
  });

  it.each([
    [['mcp', 'add', 'x']],
    [['mcp', 'add', 'x', '--http', 'https://a.example', '--', 'node']],
    [['mcp', 'add', 'x', '--http', 'https://a.example', '-H', 'no colon']],
    [['mcp', 'call', 'x', 'y', '--arguments', '[1]']],
  ])('are not registered, nor called, by %j', async (args) => {
    const { exitCode, asked } = await call(args);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
  });

  it('are listed, with their tools', async () => {
    const list = await call(['mcp', 'list'], { 'GET /api/v1/mcp-servers': page([server]) });
    expect(list.out.split('\n')[1]).toBe(
      'search  http       https://mcp.example.com/mcp  web_search',
    );
    const tools = await call(['mcp', 'tools', 'search'], {
      'GET /api/v1/mcp-servers/*/tools': ok(exampleOf(McpToolListSchema)),
    });
    expect(tools.out.split('\n')[1]).toBe('search.web_search  read only  query  Finds pages.');
  });

  it('are tried', async () => {
    const check = { server: 'search', ok: false, error: { type: 't', message: 'nobody is there' } };
    const none = { server_name: null, server_version: null, protocol_version: null };
    const { out, exitCode } = await call(['mcp', 'check', 'search'], {
      'POST /api/v1/mcp-servers/*/check': ok({ ...check, ...none, tools: null, duration_ms: null }),
    });
    expect([exitCode, out]).toEqual([
      EXIT.unsound,
      'search cannot be spoken with: nobody is there\n',
    ]);
  });

  it('are called by a job of one node, whose answer is shown', async () => {
    const job = sampleJob();
    const over = sampleJob({ completed_at: '2026-01-15T09:31:00.000Z', status: 'completed' });
    const node = sampleNode('call', 'completed', { output: { text: 'two\nlines' } });
    const args = ['mcp', 'call', 'search', 'find', '-a', 'n=3', '-a', 'q=${x}'];
    const { out, asked, exitCode } = await call(args, {
      'POST /job': ok(job),
      'GET /job/*': inTurn(ok(job), ok(over)),
      'GET /job/*/nodes/call': ok(node),
    });
    expect([exitCode, out]).toEqual([EXIT.ok, 'two\nlines\n']);
    expect(asked[0]?.body).toMatchObject({
      dag_definition: {
        nodes: [
          {
            uses: 'mcp.call',
            with: { server: 'search', tool: 'find', arguments: { n: 3, q: '$${x}' } },
          },
        ],
      },
    });
  });
});

describe('templates', () => {
  const ONE = '/templates/*';

  it('are listed and shown', async () => {
    const list = await call(['templates', 'ls'], { 'GET /templates': page([template]) });
    expect(list.out.split('\n')[1]).toContain('deploy  2        1');
    const { out, asked } = await call(['templates', 'show', 'deploy', '--at', '1'], {
      [`GET ${ONE}`]: ok(template),
    });
    expect(out).toContain('deploy, version 2\n');
    expect(out).toContain('"region"');
    expect(asked[0]?.query).toEqual({ version: '1' });
  });

  it('are put from a file: replaced, or made where they were not', async () => {
    const file = fileOf('dag_definition:\n  nodes:\n    - {id: a, uses: x}\n', 'nightly.yaml');
    const { asked, out } = await call(['templates', 'put', file], {
      [`PUT ${ONE}`]: problem('not_found', 'There is no template nightly.'),
      'POST /templates': ok(template),
    });
    expect(asked.map(({ method }) => method)).toEqual(['PUT', 'POST']);
    expect(asked[1]?.body).toMatchObject({
      name: 'nightly',
      dag_definition: { nodes: [{ id: 'a' }] },
    });
    expect(out).toContain('deploy is at version 2.');
    const wrong = await call(['templates', 'put', fileOf('- a\n', 'list.yaml')]);
    expect([wrong.exitCode, wrong.err]).toEqual([
      EXIT.usage,
      expect.stringContaining('A template is an object'),
    ]);
  });

  it('are run with parameters, or only looked at', async () => {
    const args = ['templates', 'run', 'deploy', '-p', 'region=eu', '-p', 'n=2', '-n', 'mine'];
    const { asked, out } = await call(args, { [`POST ${ONE}/instantiate`]: ok(sampleJob()) });
    expect(asked[0]?.body).toEqual({ params: { region: 'eu', n: 2 }, job_name: 'mine' });
    expect(out).toContain('tenuto jobs watch');
    const dry = await call([...args, '--dry-run'], {
      [`POST ${ONE}/instantiate`]: ok(exampleOf(DryRunSchema)),
    });
    expect(dry.asked[0]?.query).toEqual({ dry_run: 'true' });
    expect(dry.out).toContain('is valid');
  });

  it('are what a job file may name, with the parameters of the command line', async () => {
    const file = fileOf('template: deploy\nparams: {region: eu}\n', 'by-template.yaml');
    const { asked } = await call(['run', file, '-p', 'n=1'], { 'POST /job': ok(sampleJob()) });
    expect(asked[0]?.body).toMatchObject({ template: 'deploy', params: { region: 'eu', n: 1 } });
    expect(asked[0]?.body).not.toHaveProperty('execution_context');
  });
});
