/** The part of a flush that counts the runs that it ends. */
import type { Batch, RunUpdate } from '@tenuto/engine';
import type pg from 'pg';
import { int2Array, int4Array, int8Array, textArray, timeArray } from '../binary-array.ts';
import type { Part } from './flush-part.ts';
import { RUN_KIND_CODES } from './run-columns.ts';

type Finish = Extract<RunUpdate, { kind: 'finish' }>;

interface Group {
  readonly of: NonNullable<Finish['tally']>;
  readonly status: Finish['status'];
  runs: number;
  durationMs: number;
  lastAt: number;
}

const INSERT = `insert into run_tallies
    (owner, kind, task_id, day, status, bucket, runs, duration_ms, last_at)
  select t.owner, t.kind, t.task_id::uuid, t.day::date, t.status::run_status, t.bucket, t.runs,
    t.duration_ms, t.last_at`;
const COLUMNS = 't(owner, kind, task_id, day, status, bucket, runs, duration_ms, last_at)';
const TYPES = 'text[] int2[] text[] text[] text[] int2[] int4[] int8[] timestamptz[]'.split(' ');

/**
 * Runs that end alike are one row, added up before the statement is sent: counting them inside of it
 * made a flush of one run slower by a quarter. All are counted; see {@link uncount}.
 */
export function tallyPart(rows: readonly Finish[]): Pick<Part, 'sql' | 'values'> {
  const unnested = TYPES.map((type) => `?::${type}`).join(', ');
  return {
    sql: `tallied as (${INSERT} from gate, unnest(${unnested}) ${COLUMNS})`,
    values: valuesOf(groupsOf(rows), 1),
  };
}

/** Takes back what the few ends count for that did not take: those runs go on. */
export async function uncount(
  client: Pick<pg.ClientBase, 'query'>,
  batch: Batch,
  refused: readonly string[],
): Promise<void> {
  const ends = batch.updates.filter((update) => update.kind === 'finish');
  const rows = ends.filter(({ runId }) => refused.includes(runId.text));
  if (rows.length === 0) return;
  const unnested = TYPES.map((type, i) => `$${i + 1}::${type}`).join(', ');
  const values = valuesOf(groupsOf(rows), -1);
  await client.query(`${INSERT} from unnest(${unnested}) ${COLUMNS}`, values);
}

function valuesOf(groups: readonly Group[], sign: 1 | -1): Buffer[] {
  return [
    textArray(groups.map(({ of }) => of.owner)),
    int2Array(groups.map(({ of }) => RUN_KIND_CODES[of.kind])),
    textArray(groups.map(({ of }) => of.taskId)),
    textArray(groups.map(({ of }) => of.day)),
    textArray(groups.map(({ status }) => status)),
    int2Array(groups.map(({ of }) => of.bucket)),
    int4Array(groups.map(({ runs }) => runs * sign)),
    int8Array(groups.map(({ durationMs }) => durationMs * sign)),
    timeArray(groups.map(({ lastAt }) => lastAt)),
  ];
}

function groupsOf(rows: readonly Finish[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { tally: of, status, completedAt } of rows) {
    if (of === undefined) continue;
    const key = `${of.day} ${status} ${of.bucket} ${of.taskId} ${of.kind} ${of.owner}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { of, status, runs: 1, durationMs: of.durationMs, lastAt: completedAt });
    } else {
      group.runs += 1;
      group.durationMs += of.durationMs;
      group.lastAt = Math.max(group.lastAt, completedAt);
    }
  }
  return [...groups.values()];
}
