/** What runs come to, by day: written by the flush that ends them, and summed up now and then. */
import type { Access, RunHour, RunTally, TallyStore } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { RUN_KINDS_BY_CODE } from './run-columns.ts';
import { reachable } from './run-row.ts';

/** Rows of all tasks, and of runs that no task has made. */
const ALL_TASKS = `'00000000-0000-0000-0000-000000000000'::uuid`;
const TALLIES_AT_ONCE = 10_000;
/** Hours are kept for so long; `hours` of the API asks for no more. */
const HOURS_KEPT = '8 days';
/** 8 / ln 2: eight buckets each time a duration doubles; see `bucketOf` of the engine. */
const BUCKETS_PER_E = 8 / Math.LN2;

/**
 * Selects what runs count for that have ended: each for itself.
 * @param ended a table expression with the columns of a run, and its end in `end_at` and `end_status`
 * @param sign -1 takes them back
 */
export function endTally(ended: string, sign: 1 | -1 = 1): string {
  const ms = `floor(coalesce(greatest(0, extract(epoch from e.end_at - e.started_at)), 0) * 1000)`;
  return `select e.owner, e.kind, e.task_id, (e.end_at at time zone 'UTC')::date,
      e.end_status::run_status,
      case when e.started_at is null then -1
        else floor(ln((${ms} + 1)::float8) * ${BUCKETS_PER_E})::smallint end,
      ${sign}, (${ms})::bigint * ${sign}, e.end_at
    from ${ended} e`;
}

/**
 * Adds tallies to the days, some thousand in a transaction. Engines that do so at the same time take
 * different rows, and lock days in the same order.
 */
export async function sumUpTallies(db: Pick<Database, 'query'>): Promise<number> {
  let added = 0;
  for (;;) {
    const { rows } = await db.query<{ taken: number }>(
      `with taken as (
         delete from run_tallies where ctid = any(array(
           select t.ctid from run_tallies t limit ${TALLIES_AT_ONCE} for update skip locked))
         returning *),
       both_ways as (
         select owner, kind, task_id, day, status, bucket, runs, duration_ms, last_at from taken
         where task_id is not null
         union all
         select owner, kind, ${ALL_TASKS}, day, status, bucket, runs, duration_ms, last_at
         from taken),
       by_hour as (
         insert into run_hours as h (owner, kind, hour, status, runs)
         select owner, kind, date_trunc('hour', last_at, 'UTC'), status, sum(runs)
         from taken group by 1, 2, 3, 4 order by 1, 2, 3, 4
         on conflict (owner, kind, hour, status) do update set runs = h.runs + excluded.runs),
       summed as (
         insert into run_days as d (owner, kind, task_id, day, status, bucket, runs, duration_ms,
           last_at)
         select owner, kind, task_id, day, status, bucket, sum(runs), sum(duration_ms), max(last_at)
         from both_ways group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
         on conflict (owner, kind, task_id, day, status, bucket) do update set
           runs = d.runs + excluded.runs, duration_ms = d.duration_ms + excluded.duration_ms,
           last_at = greatest(d.last_at, excluded.last_at))
       select count(*)::int as taken from taken`,
    );
    const taken = rows[0]?.taken ?? 0;
    added += taken;
    if (taken < TALLIES_AT_ONCE) break;
  }
  await db.query(`delete from run_hours where hour < now() - interval '${HOURS_KEPT}'`);
  return added;
}

interface TallyRow {
  readonly day: string;
  readonly kind: number;
  readonly status: RunTally['status'];
  readonly bucket: number;
  readonly runs: number;
  readonly duration_ms: number;
  readonly last_at: number;
}

/** What has been summed up and what has not, as of one moment. */
export async function readTallies(
  db: Pick<Database, 'query'>,
  access: Access,
  { since, taskId, kind }: Parameters<TallyStore['tallies']>[1],
): Promise<RunTally[]> {
  const given = parameters();
  const where = [`r.day >= ${given.add(since)}::date`, reachable(access, given)];
  if (kind !== undefined) where.push(`r.kind = ${given.add(RUN_KINDS_BY_CODE.indexOf(kind))}`);
  const of = taskId === undefined ? undefined : given.add(taskId);
  const task = of === undefined ? ALL_TASKS : `${of}::uuid`;
  // Says what the partial index needs to hear.
  const days = of === undefined ? '' : ` and r.task_id <> ${ALL_TASKS}`;
  const loose = of === undefined ? '' : ` and r.task_id = ${of}::uuid`;
  const columns = 'day, kind, status, bucket, runs, duration_ms, last_at';
  const rows = await ask<TallyRow>(
    db,
    `select to_char(day, 'YYYY-MM-DD') as day, kind, status::text as status, bucket,
       sum(runs)::float8 as runs, sum(duration_ms)::float8 as duration_ms,
       (extract(epoch from max(last_at)) * 1000)::float8 as last_at
     from (
       select ${columns} from run_days r
       where r.task_id = ${task}${days} and ${where.join(' and ')}
       union all
       select ${columns} from run_tallies r where ${where.join(' and ')}${loose}) t
     group by day, kind, status, bucket`,
    given.values,
  );
  return rows.map(({ duration_ms: durationMs, last_at: lastAt, kind: code, ...row }) => ({
    ...row,
    kind: RUN_KINDS_BY_CODE[code] ?? 'job',
    ...{ durationMs, lastAt },
  }));
}

interface HourRow {
  readonly hour: number;
  readonly status: RunHour['status'];
  readonly runs: number;
}

/** Hours since some time, as of one moment; runs that ended in one flush count for its last hour. */
export async function readHours(
  db: Pick<Database, 'query'>,
  access: Access,
  since: number,
): Promise<RunHour[]> {
  const given = parameters();
  const from = `to_timestamp(${given.add(since)} / 1000.0)`;
  const mine = reachable(access, given);
  return ask<HourRow>(
    db,
    `select (extract(epoch from hour) * 1000)::float8 as hour, status::text as status,
       sum(runs)::float8 as runs
     from (
       select hour, status, runs from run_hours r where r.hour >= ${from} and ${mine}
       union all
       select date_trunc('hour', last_at, 'UTC'), status, runs from run_tallies r
       where r.last_at >= ${from} and ${mine}) t
     group by hour, status order by hour`,
    given.values,
  );
}
