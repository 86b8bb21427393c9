import { compilePlan, type Plan, profileGraph } from '@tenuto/engine';
import { makePartitions, putPlan } from '@tenuto/store';
import type pg from 'pg';
import { runIdAt } from './scripted-engine.ts';

/** A run as a test wants it to stand in the database. */
export interface RunRow {
  readonly runId?: string;
  readonly at?: number;
  readonly owner?: string;
  readonly name?: string;
  readonly jobType?: string;
  readonly status?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Record<string, unknown>;
  readonly scheduledAt?: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly progress?: object;
  readonly priority?: number;
  readonly input?: object;
  /** The engine that owns it. */
  readonly engine?: string;
  readonly plan?: Plan;
  readonly kind?: number;
  /** The task that it is of. */
  readonly taskId?: string;
}

export const aPlan = compilePlan({
  nodes: [
    { id: 'a', uses: 'sleep.for' },
    { id: 'b', uses: 'sleep.for', parent_nodes: ['a'] },
  ],
});

/** What a run of a profile of one phase has that others do not. */
export function aPhasedRow(profile = 'small'): RunRow {
  const written = { name: profile, phases: [{ id: 'a', agents: [{ id: 'b', uses: 'x' }] }] };
  const { dag, phases } = profileGraph(written, undefined);
  const named = { profile, profileVersion: 1, source: 'stored', projectName: null };
  const phased = { ...named, autoAdvance: null, phases };
  const input = { params: { intake: {} }, phased };
  return { kind: 1, jobType: profile, plan: compilePlan(dag), input };
}

const INPUT = { params: {}, maxConcurrentNodes: 10, failFast: false, timeoutMs: 60_000 };

/** Puts a run that is not over into the database; answers its id. */
export async function addLive(pool: pg.Pool, row: RunRow = {}): Promise<string> {
  const { runId, columns, values } = await valuesOf(pool, row, 'queued');
  const more = [row.engine ?? null, 1_000, new Date(row.scheduledAt ?? 0)];
  await insert(
    pool,
    'run_live',
    [...columns, 'engine', 'claim_key', 'wake_at'],
    [...values, ...more],
  );
  return runId;
}

/** Puts a run that is over into the history. */
export async function addOver(pool: pg.Pool, row: RunRow = {}): Promise<string> {
  await makePartitions(pool);
  const { runId, columns, values } = await valuesOf(
    pool,
    { startedAt: Date.now(), ...row },
    'completed',
  );
  const more = [new Date(row.completedAt ?? Date.now()), 2];
  await insert(pool, 'runs', [...columns, 'completed_at', 'version'], [...values, ...more]);
  return runId;
}

async function valuesOf(pool: pg.Pool, row: RunRow, status: string) {
  const plan = row.plan ?? aPlan;
  await putPlan(pool, plan.hash, plan.document, plan.nodeCount);
  const at = row.at ?? Date.now();
  const runId = row.runId ?? runIdAt(at);
  const fields = {
    run_id: runId,
    plan_hash: Buffer.from(plan.hash, 'hex'),
    owner: row.owner ?? 'admin',
    kind: row.kind ?? (row.taskId === undefined ? 0 : 2),
    task_id: row.taskId ?? null,
    name: row.name ?? 'a job',
    job_type: row.jobType ?? 'dag',
    priority: row.priority ?? 5,
    triggered_by: row.owner ?? 'admin',
    tags: row.tags ?? null,
    metadata: row.metadata ?? null,
    input: JSON.stringify({ ...INPUT, ...row.input }),
    created_at: new Date(at),
    scheduled_at: row.scheduledAt === undefined ? null : new Date(row.scheduledAt),
    started_at: row.startedAt === undefined ? null : new Date(row.startedAt),
    status: row.status ?? status,
    progress: JSON.stringify(row.progress ?? {}),
  };
  return { runId, columns: Object.keys(fields), values: Object.values(fields) as unknown[] };
}

async function insert(
  pool: pg.Pool,
  table: string,
  columns: readonly string[],
  values: unknown[],
): Promise<void> {
  const places = columns.map((_, i) => `$${i + 1}`).join(', ');
  await pool.query(`insert into ${table} (${columns.join(', ')}) values (${places})`, values);
}
