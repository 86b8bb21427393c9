/**
 * The list of runs beside a million that are over, and beside a hundred: over the wire, turn by turn.
 * The figures are told and not judged, as machines differ; what a list touches is judged with the store.
 */
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RUNS } from './real-api.ts';
import { JOBS, startApi, type TestApi } from './server.ts';

const MANY = 1_000_000;
const FEW = 100;
const ROUNDS = 9;
const TASK = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

let many: TestApi;
let few: TestApi;
let ann = '';
let bob = '';
beforeAll(async () => {
  [many, few] = await Promise.all([startApi(), startApi()]);
  for (const [api, count] of [
    [many, MANY],
    [few, FEW],
  ] as const) {
    await makePartitions(api.pool);
    await fill(api, count);
    [ann, bob] = [
      await api.token('ann', ['runs:read', 'jobs:read']),
      await api.token('bob', ['runs:read', 'jobs:read']),
    ];
  }
}, 900_000);
afterAll(() => Promise.all([many, few].map((api) => api?.[Symbol.asyncDispose]())));

/** Runs of the last six days as an engine leaves them, with what they count for. */
async function fill({ pool }: TestApi, count: number): Promise<void> {
  await pool.query(
    `insert into runs (run_id, plan_hash, owner, kind, task_id, name, job_type, priority,
       triggered_by, tags, metadata, input, created_at, started_at, completed_at, status, progress,
       version)
     select (lpad(to_hex(at), 12, '0') || '7000' || '8000' || lpad(to_hex(i), 12, '0'))::uuid,
       '\\x00', case when i % 1000 = 0 then 'ann' when i % 2 = 0 then 'bob' else 'admin' end,
       case when i % 50 = 0 then 1 when i % 20 = 1 then 2 else 0 end,
       case when i % 20 = 1 then '${TASK}'::uuid end,
       (array['nightly checks', 'deploy shop', 'import orders', 'report'])[1 + i % 4] || ' ' || i % 500,
       case when i % 50 = 0 then 'analytics' when i % 777 = 0 then 'nightly' else 'dag' end, 5, 'x',
       case when i % 10 = 0 then array['red'] when i % 5001 = 0 then array['rare'] end,
       case when i % 20 = 0 then jsonb_build_object('team', 't' || i % 400) end, '{"params":{}}',
       to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), to_timestamp(at / 1000.0 + i % 90),
       (case when i % 100 = 3 then 'failed' when i % 9999 = 0 then 'timeout'
         when i % 3001 = 0 then 'cancelled' else 'completed' end)::run_status,
       '{"counts":{"pending":0,"ready":0,"running":0,"waiting":0,"completed":3,"failed":0,"skipped":0,"cancelled":0},"retries":0}', 2
     from (select i, (extract(epoch from now()) * 1000)::bigint - 6 * 86400000
         + i * ${Math.floor((6 * 86_400_000) / count)}::bigint as at
       from generate_series(1, ${count}) i) made`,
  );
  await pool.query(
    `insert into run_days (owner, kind, task_id, day, status, bucket, runs, duration_ms, last_at)
     select owner, kind, '00000000-0000-0000-0000-000000000000', completed_at::date, status,
       floor(extract(epoch from completed_at - started_at) / 10), count(*),
       sum(extract(epoch from completed_at - started_at) * 1000), max(completed_at)
     from runs group by 1, 2, 4, 5, 6`,
  );
  await pool.query(
    `insert into run_hours (owner, kind, hour, status, runs)
     select owner, kind, date_trunc('hour', completed_at, 'UTC'), status, count(*)
     from runs group by 1, 2, 3, 4`,
  );
  await pool.query(
    `insert into tasks (task_id, owner, title, schedule_kind, definition, payload, plan_hash, input,
       priority, created_by, updated_by, status, due_at)
     select case when i = 0 then '${TASK}'::uuid else gen_random_uuid() end,
       case when i % 2 = 0 then 'bob' else 'admin' end, 'task ' || i, 'cron',
       '{"title":"t","schedule_kind":"cron","schedule_expr":"0 9 * * *"}', '{}', '\\x00', '{}', 5,
       'x', 'x', 'active', (extract(epoch from now()) * 1000)::bigint + i * 1000
     from generate_series(0, 2999) i`,
  );
  await pool.query('vacuum analyze runs, run_live, run_days, run_hours, tasks');
}

const since = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const LIST = `${RUNS}?limit=50&include_errors=true`;
const CASES: readonly (readonly [string, string])[] = [
  ['first page', LIST],
  ['completed', `${LIST}&status=completed`],
  ['failed, timed out or aborted', `${LIST}&status=failed&status=timeout&status=aborted`],
  ['aborted, which none is', `${LIST}&status=aborted`],
  ['running or queued', `${LIST}&status=running&status=queued`],
  ['jobs', `${LIST}&kind=job`],
  ['phased', `${LIST}&kind=phased`],
  ['of tasks', `${LIST}&kind=task`],
  ['of a profile', `${LIST}&profile=analytics`],
  ['of a task', `${LIST}&task_id=${TASK}`],
  ['how a name begins', `${LIST}&name=nightly*`],
  ['a whole name', `${LIST}&name=report%203`],
  ['a name that none has', `${LIST}&name=none*`],
  ['a tag that many have', `${LIST}&tag=red`],
  ['a rare tag', `${LIST}&tag=rare`],
  ['a value of the metadata', `${LIST}&metadata.team=t20`],
  ['the last hour', `${LIST}&created_after=${since(1)}`],
  ['an hour five days ago', `${LIST}&created_after=${since(121)}&created_before=${since(120)}`],
  ['waiting for a person', `${LIST}&waiting_for=person`],
  ['waiting for a phase', `${LIST}&waiting_for=phase`],
  ['failed, of a tag', `${LIST}&status=failed&tag=red`],
  [
    'failed, how a name begins, the last day',
    `${LIST}&status=failed&name=report*&created_after=${since(24)}`,
  ],
  ['phased and failed', `${LIST}&kind=phased&status=failed`],
  ['stats of 30 days and 48 hours', `${RUNS}/stats/summary?days=30&hours=48`],
  ['jobs of the orchestration API', `${JOBS}?limit=50`],
  ['the overview', '/api/v1/home'],
  ['what waits for people', '/api/v1/needs?limit=100'],
];

interface Figure {
  readonly what: string;
  readonly who: string;
  readonly many: number;
  readonly few: number;
}

const figures: Figure[] = [];
afterAll(() => {
  const row = ({ what, who, many: a, few: b }: Figure) =>
    `| ${what} | ${who} | ${a.toFixed(1)} | ${b.toFixed(1)} |`;
  console.log(
    ['| list | who | 1,000,000 runs, ms | 100 runs, ms |', ...figures.map(row)].join('\n'),
  );
});

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function compare(what: string, who: string, paths: readonly [string, string]): Promise<void> {
  const token = { admin: undefined, ann, bob }[who];
  const times = { many: [] as number[], few: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, api, path] of [
      ['many', many, paths[0]],
      ['few', few, paths[1]],
    ] as const) {
      const began = performance.now();
      const { status, text } = await api.call(path, token === undefined ? {} : { token });
      expect(status, text).toBe(200);
      // The first look fills caches.
      if (round > 0) times[name].push(performance.now() - began);
    }
  }
  figures.push({ what, who, many: median(times.many), few: median(times.few) });
}

it.each(['admin', 'bob', 'ann'])('every filter, as %s', async (who) => {
  for (const [what, path] of CASES) await compare(what, who, [path, path]);
});

it('page behind page, as deep as one scrolls', async () => {
  let { body } = await many.call(`${RUNS}?limit=200`);
  const { body: short } = await few.call(`${RUNS}?limit=50`);
  for (let page = 1; page < 100; page += 1) {
    ({ body } = await many.call(`${RUNS}?limit=200&cursor=${body.next_cursor}`));
  }
  const paths = [
    `${LIST}&cursor=${body.next_cursor}`,
    `${LIST}&cursor=${short.next_cursor}`,
  ] as const;
  await compare('behind 20,000 runs', 'admin', paths);
});
