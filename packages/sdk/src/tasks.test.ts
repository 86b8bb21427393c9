import {
  FiringListSchema,
  RunSchema,
  RunStatsSchema,
  SchedulePreviewSchema,
  TaskListSchema,
  TaskOperationSchema,
  TaskSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';

const ROOT = '/api/v1/tasks';
const task = exampleOf(TaskSchema);
const operation = exampleOf(TaskOperationSchema);

afterEach(closeServers);

describe('tasks', () => {
  it('are made, read, changed and deleted', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: task }));
    const { create, get, replace, update, remove } = client.tasks;
    await create({ title: 't' }, { idempotencyKey: 'k' });
    expect(await get('a/b')).toEqual(task);
    await replace('t', { title: 't' });
    await update('t', { max_runs: null }, { version: 3 });
    await remove('t');
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      ...[`POST ${ROOT}`, `GET ${ROOT}/a%2Fb`, `PUT ${ROOT}/t`, `PATCH ${ROOT}/t`],
      `DELETE ${ROOT}/t`,
    ]);
    expect(server.seen[0]?.headers['idempotency-key']).toBe('k');
    expect(server.seen[3]?.headers['if-match']).toBe('"3"');
  });

  it('are asked for what they are to do, once: a run too many is not the same', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: operation }));
    const { tasks } = client;
    expect(await tasks.runNow('t', { params: { a: 1 } })).toEqual(operation);
    await tasks.snooze('t', { delay_seconds: 5 });
    await tasks.pause('t');
    await tasks.resume('t', { catch_up: true });
    await tasks.cancel('t', { reason: 'done' });
    await tasks.backfill('t', { from: 'a', to: 'b' });
    expect(server.seen.map(({ url, body }) => [url.slice(ROOT.length + 3), body])).toEqual([
      ...[
        ['run_now', { params: { a: 1 } }],
        ['snooze', { delay_seconds: 5 }],
        ['pause', {}],
      ],
      ...[
        ['resume', { catch_up: true }],
        ['cancel', { reason: 'done' }],
      ],
      ['backfill', { from: 'a', to: 'b' }],
    ]);
    const keyed = server.seen.filter(({ headers }) => headers['idempotency-key'] !== undefined);
    expect(keyed.map(({ url }) => url.slice(ROOT.length + 3))).toEqual(['run_now', 'backfill']);
  });

  it.each([
    ['list', TaskListSchema, `?status=active`],
    ['firings', FiringListSchema, `/t/firings?outcome=fired`],
  ] as const)('%s is a list with filters', async (verb, schema, url) => {
    const { client, server } = await connect(() => ({ status: 200, body: exampleOf(schema) }));
    if (verb === 'list') await client.tasks.list({ status: 'active' }).first();
    else await client.tasks.firings('t', { outcome: 'fired' }).first();
    expect(server.seen[0]?.url).toBe(`${ROOT}${url}`);
  });

  it('tell when they fire next, and what their runs have come to', async () => {
    const answers: Record<string, unknown> = {
      [`${ROOT}/t/preview?count=3`]: exampleOf(SchedulePreviewSchema),
      '/api/v1/runs/task/t/stats?days=7': exampleOf(RunStatsSchema),
      '/api/v1/runs/stats/summary': exampleOf(RunStatsSchema),
      '/api/v1/runs/task/t/latest': exampleOf(RunSchema),
    };
    const { client } = await connect(({ url }) => ({ status: 200, body: answers[url] }));
    expect((await client.tasks.preview('t', { count: 3 })).firings).not.toEqual([]);
    expect((await client.tasks.stats('t', { days: 7 })).total).toBe(20);
    expect((await client.runs.summary()).total).toBe(20);
    expect((await client.tasks.latestRun('t')).kind).toBe('job');
  });
});
