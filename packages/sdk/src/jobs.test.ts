import {
  AttemptListSchema,
  DryRunSchema,
  HistoryListSchema,
  JobNodeListSchema,
  JobNodeSchema,
  JobSchema,
  LogLineListSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import type { Script } from '../test/scripted-server.ts';
import type { Client } from './index.ts';

const job = exampleOf(JobSchema);
const node = exampleOf(JobNodeSchema);

afterEach(closeServers);

describe('jobs', () => {
  const called = async (use: (client: Client) => Promise<unknown>) => {
    const { client, server } = await connect(() => ({ status: 200, body: job }));
    await use(client);
    const { method, url, body } = server.seen[0] ?? {};
    return [method, url?.replace('/api/v1/orchestration', ''), body];
  };

  it('are cancelled and changed', async () => {
    const options = { mode: 'graceful', reason: 'not needed' } as const;
    expect(await called(({ jobs }) => jobs.cancel('j1', options))).toEqual([
      'DELETE',
      '/job/j1?mode=graceful&reason=not+needed',
      undefined,
    ]);
    expect(await called(({ jobs }) => jobs.update('j1', { priority: 1 }))).toEqual([
      'PATCH',
      '/job/j1',
      { priority: 1 },
    ]);
    expect(await called(({ jobs }) => jobs.get('j1', { include: ['nodes', 'plan'] }))).toEqual([
      'GET',
      '/job/j1?include=nodes%2Cplan',
      undefined,
    ]);
  });

  it('are checked by a dry run that may be repeated', async () => {
    const shape = exampleOf(DryRunSchema);
    const { client, server } = await connect((_request, count) =>
      count === 1 ? 'hang up' : { status: 200, body: shape },
    );
    expect(await client.dryRun({ job_name: 'x' })).toEqual(shape);
    expect(server.seen[1]).toMatchObject({
      url: '/api/v1/orchestration/job?dry_run=true',
      body: { job_name: 'x' },
    });
  });

  it.each([
    'a/b',
    '../x',
    'a?b#c',
    'ü %2e',
    '@scope/pkg@1.2',
    '__proto__',
  ])('name the node %j in the address without losing any of it', async (id) => {
    const { client, server } = await connect(() => ({
      status: 200,
      body: { ...node, node_id: id },
    }));
    await client.jobs.node('j1', id);
    const { pathname, search, hash } = new URL(server.seen[0]?.url ?? '', server.url);
    expect(decodeURIComponent(pathname.split('/').at(-1) ?? '')).toBe(id);
    expect(pathname.split('/')).toHaveLength(8);
    expect(search + hash).toBe('');
  });

  it.each(['', '.', '..', '\ud800'])('refuse the id %j, which no address can hold', async (id) => {
    const { client } = await connect(() => ({ status: 200, body: job }));
    expect(() => client.jobs.get(id)).toThrow(TypeError);
  });
});

describe('lists', () => {
  const pages: Script = ({ url }) => {
    const cursor = Number(new URL(url, 'http://x').searchParams.get('cursor') ?? 0);
    const has_more = cursor < 2;
    const items = [
      { ...job, job_id: `j${cursor}a` },
      { ...job, job_id: `j${cursor}b` },
    ];
    const next_cursor = has_more ? String(cursor + 1) : null;
    return { status: 200, body: { items, total: 6, limit: 2, offset: 0, has_more, next_cursor } };
  };

  it('go through all pages by cursor', async () => {
    const { client, server } = await connect(pages);
    const ids: string[] = [];
    for await (const { job_id } of client.jobs.list({ limit: 2, offset: 1 })) ids.push(job_id);
    expect(ids).toEqual(['j0a', 'j0b', 'j1a', 'j1b', 'j2a', 'j2b']);
    expect(server.seen.map(({ url }) => url.split('?')[1])).toEqual([
      'limit=2&offset=1',
      'limit=2&cursor=1',
      'limit=2&cursor=2',
    ]);
  });

  it('fetch no more pages than are read', async () => {
    const { client, server } = await connect(pages);
    for await (const { job_id } of client.jobs.list()) if (job_id === 'j0b') break;
    expect((await client.jobs.list().first()).items).toHaveLength(2);
    expect(server.seen).toHaveLength(2);
  });

  it('carry their filters', async () => {
    const { client, server } = await connect(pages);
    const status = ['failed', 'timeout'];
    await client.jobs.list({ status, tag: 'nightly', metadata: { team: 'qa' } }).first();
    expect(server.seen[0]?.url.split('?')[1]).toBe(
      'status=failed&status=timeout&tag=nightly&metadata.team=qa',
    );
  });

  it.each([
    ['nodes', '/nodes', JobNodeListSchema],
    ['attempts', '/nodes/a/attempts', AttemptListSchema],
    ['all attempts', '/attempts', AttemptListSchema],
    ['logs', '/nodes/a/logs', LogLineListSchema],
    ['history', '/history', HistoryListSchema],
  ])('of %s are read at their address', async (name, path, schema) => {
    const { client, server } = await connect(() => ({
      status: 200,
      body: exampleOf(schema),
    }));
    const { jobs } = client;
    const lists: Record<string, AsyncIterable<unknown>> = {
      nodes: jobs.nodes('j1'),
      attempts: jobs.attempts('j1', 'a'),
      'all attempts': jobs.attempts('j1'),
      logs: jobs.logs('j1', 'a'),
      history: jobs.history('j1'),
    };
    const items: unknown[] = [];
    for await (const one of lists[name] ?? []) items.push(one);
    expect(items).toEqual(exampleOf(schema).items);
    expect(server.seen[0]?.url).toBe(`/api/v1/orchestration/job/j1${path}`);
  });
});
