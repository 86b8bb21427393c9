/** How PostgreSQL carries out a flush when a million runs are there: by primary keys alone. */
import { randomUUID } from 'node:crypto';
import type { Batch } from '@tenuto/engine';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANE_OPTIONS } from '../src/lane.ts';
import { flushQuery } from '../src/queries/flush.ts';
import { type Desk, openDesk } from './desk.ts';
import { attemptRow, auditRow, batch, newRunId, packedStarts, submitRow } from './rows.ts';

const RUNS = 1_000_000;
let desk: Desk;
let lane: pg.Client;
let engineId: string;
let epoch: number;
beforeAll(async () => {
  desk = await openDesk();
  ({ engineId, epoch } = await desk.engine());
  await desk.ask(
    `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
       input, created_at, status, engine, claim_key, wake_at)
     select gen_random_uuid(), '', 'ann', 0, 'x', 'dag', 5, 'ann', '{}', now(), 'running',
       case when n % 2 = 0 then $1::uuid end, n, now() from generate_series(1, ${RUNS}) n`,
    [engineId],
  );
  await desk.ask('analyze run_live');
  lane = new pg.Client({ ...desk.connection, options: LANE_OPTIONS });
  await lane.connect();
}, 180_000);
afterAll(async () => {
  await lane.end();
  await desk.close();
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

function flat(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}

/** The generic plan of the statement for a batch, as the lane's connection makes it. */
async function planOf(full: Batch): Promise<PlanNode[]> {
  const { text, values } = flushQuery({ engineId, lane: 0, epoch }, full);
  const name = `p${randomUUID().replaceAll('-', '')}`;
  await lane.query({ name, text, values: [...values] });
  const given = values.map((_value) => 'null').join(', ');
  const { rows } = await lane.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (format json) execute ${name}(${given})`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no plan');
  return flat(row['QUERY PLAN'][0].Plan);
}

test('every part finds its rows by primary key (routes of notices by an index), whatever the statistics say', async () => {
  const rows = await desk.ask<{ id: string }>(
    'select run_id as id from run_live where engine = $1 limit 3',
    [engineId],
  );
  const [a, b, c] = rows.map(({ id }) => ({ ...newRunId(), text: id, bytes: bytesOf(id) }));
  if (!a || !b || !c) throw new Error('no runs');
  const now = Date.now();
  const submitted = submitRow({
    submission: { idempotency: { key: 'k', requestHash: Buffer.alloc(32) } },
  });
  const progress = '{}';
  const counts = { nodes: 1, completed: 1, attempts: 1, retried: 0, recovered: 0 };
  const samples = [{ policyId: randomUUID(), version: 1, ...counts }];
  const nodes = await planOf(
    batch(1, {
      starts: packedStarts({ runId: a, node: 0, attempt: 1 }),
      submits: [submitted],
      attempts: [attemptRow(submitted.runId, { promoted: true })],
      events: [{ runId: submitted.runId, seq: 2, at: now, type: 'stop', body: {} }],
      started: [{ runId: a, node: 0, attempt: 1, startedAt: now }],
      updates: [
        {
          ...{ kind: 'finish', runId: a, inboxSeq: 9, status: 'failed' },
          ...{ completedAt: now, progress, samples },
        },
        { kind: 'release', status: 'running', runId: b, inboxSeq: 9, wakeAt: now, progress },
        { kind: 'progress', runId: c, status: 'running', progress },
      ],
      consumed: [{ runId: a, seq: 1 }],
      audits: [auditRow(a.text)],
    }),
  );
  // A bitmap of rows is made of the indexes below it, which are looked at themselves.
  const scans = nodes.filter(
    ({ 'Node Type': type, 'Index Name': index, 'Relation Name': relation }) =>
      index !== undefined || (relation && /Scan$/.test(type) && type !== 'Bitmap Heap Scan'),
  );
  const used = scans.map(
    (node) =>
      node['Index Name']?.replace(/^notice_routes_.*/, 'routes of notices') ??
      `${node['Node Type']} of ${node['Relation Name']}`,
  );
  expect([...new Set(used)].toSorted()).toEqual([
    'batches_pkey',
    'engine_fences_pkey',
    'routes of notices',
    'run_inbox_pkey',
    'run_live_pkey',
    'started_pkey',
  ]);
  expect(used.filter((name) => name === 'run_live_pkey')).toHaveLength(3);
});

test('a full batch of ends among a million runs takes milliseconds, not seconds', async () => {
  const rows = await desk.ask<{ id: string }>(
    'select run_id as id from run_live where engine = $1 limit 2000',
    [engineId],
  );
  const updates = rows.map(({ id }) => ({
    kind: 'progress' as const,
    runId: { text: id, bytes: bytesOf(id) },
    status: 'running' as const,
    progress: '{}',
  }));
  const { text, values } = flushQuery({ engineId, lane: 0, epoch }, batch(2, { updates }));
  const { rows: plan } = await lane.query<{ 'QUERY PLAN': string }>({
    text: `explain (analyze, costs off) ${text}`,
    values: [...values],
  });
  const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(lines).not.toMatch(/Seq Scan on run_live|run_live_engine/);
  const removed = [...lines.matchAll(/Rows Removed by (?:Join )?Filter: (\d+)/g)].map(([, n]) =>
    Number(n),
  );
  expect(removed.reduce((sum, n) => sum + n, 0)).toBeLessThan(2_000);
});

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
