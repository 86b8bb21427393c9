import type {
  Access,
  CallSums,
  DaySpending,
  LastOutput,
  MetricsStore,
  NodeSums,
  PastRun,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { jsonOf, reachable } from './run-row.ts';

export function createMetricsStore(db: Database): MetricsStore {
  return {
    calls: (runId) => callSums(db, runId),
    unknownCalls: (runId) => unknownCalls(db, runId),
    nodes: (runId) => nodeSums(db, [runId]).then((all) => all.get(runId) ?? []),
    errors: (runId) => countErrors(db, runId),
    lastOutputs: (runId, nodes) => lastOutputs(db, runId, nodes),
    artifacts: (runId) => artifactCounts(db, runId),
    spending: (access, since) => spendingSince(db, access, since),
    pastRuns: (of) => pastRuns(db, of),
  };
}

interface SumRow {
  readonly phase: string | null;
  readonly agent: string;
  readonly target: string;
  readonly calls: number;
  /** Sums of bigints are numerics, and come as text. */
  readonly input: string;
  readonly output: string;
  readonly cached: string;
  readonly reasoning: string;
  readonly cost: string;
  readonly ms: number | null;
  readonly unpriced: number;
}

async function callSums(db: Database, runId: string): Promise<readonly CallSums[]> {
  const rows = await ask<SumRow>(
    db,
    `select c.phase, c.agent, c.target, count(*)::int as calls,
       coalesce(sum(c.input_tokens), 0) as input, coalesce(sum(c.output_tokens), 0) as output,
       coalesce(sum(c.cached_tokens), 0) as cached,
       coalesce(sum(c.reasoning_tokens), 0) as reasoning, coalesce(sum(c.cost_nano), 0) as cost,
       (sum(extract(epoch from c.ended_at - c.started_at)) * 1000)::float8 as ms,
       (count(*) filter (where c.price is null))::int as unpriced
     from calls c where c.run_id = $1 and c.kind = 'model' and c.state = 'done'
     group by c.phase, c.agent, c.target order by min(c.begun_at)`,
    [runId],
  );
  return rows.map((row) => ({
    ...{ phase: row.phase, agent: row.agent, model: row.target, calls: row.calls },
    usage: {
      ...{ input: Number(row.input), output: Number(row.output) },
      ...{ cached: Number(row.cached), reasoning: Number(row.reasoning) },
    },
    costNano: Number(row.cost),
    ...{ durationMs: Math.max(0, row.ms ?? 0), unpriced: row.unpriced },
  }));
}

async function unknownCalls(
  db: Database,
  runId: string,
): Promise<{ readonly count: number; readonly expectedNano: number }> {
  const [row] = await ask<{ count: number; expected: string }>(
    db,
    `select count(*)::int as count, coalesce(sum(c.expected_nano), 0) as expected
     from calls c where c.run_id = $1 and c.kind = 'model' and c.state = 'unknown'`,
    [runId],
  );
  return { count: row?.count ?? 0, expectedNano: Number(row?.expected ?? 0) };
}

/** From an index that has all of it; each partition has a part. */
async function spendingSince(
  db: Database,
  access: Access,
  since: number,
): Promise<readonly DaySpending[]> {
  const given = parameters();
  const from = `to_timestamp(${given.add(since)} / 1000.0)`;
  const rows = await ask<{ day: string; model: string; calls: number; cost: string }>(
    db,
    `select to_char(c.ended_at at time zone 'UTC', 'YYYY-MM-DD') as day, c.target as model,
       count(*)::int as calls, coalesce(sum(c.cost_nano), 0) as cost
     from calls c
     where c.kind = 'model' and c.state = 'done' and c.ended_at >= ${from}
       and ${reachable(access, given, 'c')}
     group by 1, 2 order by 1, 2`,
    given.values,
  );
  return rows.map(({ cost, ...row }) => ({ ...row, costNano: Number(cost) }));
}

interface NodeRow {
  readonly run_id: string;
  readonly node: number;
  readonly started: number | null;
  readonly ended: number;
}

/** By run. Attempts of several runs are joined to a list of them: each is found in its partition. */
async function nodeSums(
  db: Database,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly NodeSums[]>> {
  const rows = await ask<NodeRow>(
    db,
    `select a.* from unnest($1::uuid[]) as w (run_id) cross join lateral (
       select a.run_id, a.node, (extract(epoch from min(a.started_at)) * 1000)::float8 as started,
         (extract(epoch from max(a.ended_at)) * 1000)::float8 as ended
       from attempts a where a.run_id = w.run_id group by a.run_id, a.node) a`,
    [runIds],
  );
  const byRun = new Map<string, NodeSums[]>();
  for (const { run_id, node, started, ended } of rows) {
    const list = byRun.get(run_id) ?? [];
    list.push({ node, startedAt: started, endedAt: ended });
    byRun.set(run_id, list);
  }
  return byRun;
}

async function countErrors(db: Database, runId: string): Promise<number> {
  const [row] = await ask<{ count: number }>(
    db,
    `select count(*)::int as count from attempts a where a.run_id = $1 and a.status <> 'completed'`,
    [runId],
  );
  return row?.count ?? 0;
}

async function lastOutputs(
  db: Database,
  runId: string,
  nodes: readonly number[],
): Promise<readonly LastOutput[]> {
  const rows = await ask<{
    node: number;
    status: string;
    output: string | null;
    bytes: Buffer | null;
  }>(
    db,
    `select a.node, a.status::text as status, a.output, b.bytes
     from unnest($2::int[]) as w (node) cross join lateral (
       select a.* from attempts a where a.run_id = $1 and a.node = w.node
       order by a.attempt desc limit 1) a
     left join blobs b on b.hash = a.output_ref`,
    [runId, nodes],
  );
  return rows.map(({ node, status, output, bytes }) => ({
    ...{ node, status, output: jsonOf(output ?? bytes?.toString() ?? null) },
  }));
}

async function artifactCounts(db: Database, runId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await ask<{ phase: string; count: number }>(
    db,
    `select a.phase, count(*)::int as count from artifacts a
     where a.run_id = $1 and a.ended is null and not a.gone and not a.internal group by a.phase`,
    [runId],
  );
  return new Map(rows.map(({ phase, count }) => [phase, count]));
}

/** Runs that are looked at for those of them that have completed. */
const LOOKED_AT = 200;

async function pastRuns(
  db: Database,
  { owner, profile, taskId, before, most }: Parameters<MetricsStore['pastRuns']>[0],
): Promise<readonly PastRun[]> {
  if (profile === undefined && taskId === null) return [];
  const runs = await ask<{ run_id: string; plan_hash: string; ms: number | null }>(
    db,
    `select r.run_id, encode(r.plan_hash, 'hex') as plan_hash,
       (extract(epoch from r.completed_at - r.started_at) * 1000)::float8 as ms
     from (
       select b.run_id from budgets b
       where b.owner = $1 and b.scope = 'run' and b.budget_key < '1/run/' || $4
         and ($2::text is null or b.subject = $2) and ($3::uuid is null or b.task_id = $3)
       order by b.budget_key desc limit ${LOOKED_AT}) b
     cross join lateral (select r.* from runs r where r.run_id = b.run_id offset 0) r
     where r.status = 'completed' order by r.run_id desc limit $5`,
    [owner, profile ?? null, profile === undefined ? taskId : null, before, most],
  );
  const runIds = runs.map((run) => run.run_id);
  const nodes = await nodeSums(db, runIds);
  const costs = await costsOf(db, runIds);
  return runs.map(({ run_id, plan_hash, ms }) => ({
    ...{ runId: run_id, planHash: plan_hash, durationMs: ms },
    ...{ costs: costs.get(run_id) ?? [], nodes: nodes.get(run_id) ?? [] },
  }));
}

async function costsOf(
  db: Database,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, PastRun['costs']>> {
  const rows = await ask<{ run_id: string; phase: string | null; cost: string }>(
    db,
    `select c.* from unnest($1::uuid[]) as w (run_id) cross join lateral (
       select c.run_id, c.phase, sum(c.cost_nano) as cost from calls c
       where c.run_id = w.run_id and c.kind = 'model' and c.state = 'done'
       group by c.run_id, c.phase) c`,
    [runIds],
  );
  const byRun = new Map<string, { phase: string | null; costNano: number }[]>();
  for (const { run_id, phase, cost } of rows) {
    const list = byRun.get(run_id) ?? [];
    list.push({ phase, costNano: Number(cost) });
    byRun.set(run_id, list);
  }
  return byRun;
}
