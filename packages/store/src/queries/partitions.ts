import type pg from 'pg';

type Queryable = Pick<pg.Pool, 'query'>;

/** History, partitioned by the time in the run's id. */
export const PARTITIONED = [
  'runs',
  'attempts',
  'run_events',
  'node_logs',
  'artifacts',
  'test_results',
  'events',
  'event_matches',
  'calls',
] as const;
/** History of firings, partitioned by when they were expected. */
const BY_TIME = 'task_firings';
const WEEK_MS = 7 * 24 * 3_600_000;
/** Made ahead, so that a server that cannot reach this code for weeks still stores runs. */
const WEEKS_AHEAD = 8;
const STATEMENTS_EACH = 2;

/** Makes the partitions from last week to some weeks ahead, where they are missing. */
export async function makePartitions(pool: Pick<pg.Pool, 'connect'>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [PARTITIONS_LOCK]);
    const statements = await missing(client);
    if (statements.length > 0) await client.query(statements.join(';\n'));
  } finally {
    await client.query('select pg_advisory_unlock($1)', [PARTITIONS_LOCK]).catch(() => undefined);
    client.release();
  }
}

/**
 * The same inside a transaction of the caller's: nobody else makes partitions until it ends.
 *
 * @returns how many were made
 */
export async function makePartitionsIn(client: pg.PoolClient): Promise<number> {
  await client.query('select pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
  const statements = await missing(client);
  if (statements.length > 0) await client.query(statements.join(';\n'));
  return statements.length / STATEMENTS_EACH;
}

/** What makes the partitions that are missing: of each first the table, then its attachment. */
async function missing(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<Present>(
    `select (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       (select array_agg(inhrelid::regclass::text) from pg_inherits) as present,
       (select min(due_at) from tasks where due_at is not null)::float8 as due`,
  );
  const present = new Set(rows[0]?.present ?? []);
  const thisWeek = Math.floor((rows[0]?.now ?? 0) / WEEK_MS);
  const statements = missingByTime(present, thisWeek, rows[0]?.due ?? undefined);
  for (let week = thisWeek - 1; week <= thisWeek + WEEKS_AHEAD; week += 1) {
    const day = new Date(week * WEEK_MS).toISOString().slice(0, 10).replaceAll('-', '');
    for (const table of PARTITIONED) {
      if (present.has(`${table}_${day}`)) continue;
      // Attached, not made in place: that would lock out whoever writes to the table.
      statements.push(
        `create table if not exists ${table}_${day} (like ${table} including all)`,
        `alter table ${table} attach partition ${table}_${day}
         for values from ('${lowestId(week * WEEK_MS)}') to ('${lowestId((week + 1) * WEEK_MS)}')`,
      );
    }
  }
  return statements;
}

interface Present {
  readonly now: number;
  readonly present: string[] | null;
  /** When the task that is most behind is due. */
  readonly due: number | null;
}

/** From the week of the task that is most behind: every firing that it has missed is a row. */
function missingByTime(present: ReadonlySet<string>, week: number, due = week * WEEK_MS): string[] {
  const behind = Math.floor((due - SNOOZE_MOST_MS) / WEEK_MS);
  const first = Math.max(Math.min(week - 1, behind), week - WEEKS_BEHIND_MOST);
  const statements: string[] = [];
  for (let at = first; at <= week + WEEKS_AHEAD; at += 1) {
    const name = `${BY_TIME}_${new Date(at * WEEK_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;
    if (present.has(name)) continue;
    statements.push(
      `create table if not exists ${name} (like ${BY_TIME} including all)`,
      `alter table ${BY_TIME} attach partition ${name}
       for values from (${at * WEEK_MS}) to (${(at + 1) * WEEK_MS})`,
    );
  }
  return statements;
}

/** A task is due by so much after its tick, at most: a snooze and jitter. */
const SNOOZE_MOST_MS = 2 * WEEK_MS;
/** A task that is further behind is beyond what anybody asks about. */
export const WEEKS_BEHIND_MOST = 520;

/** Any number that nothing else locks. */
const PARTITIONS_LOCK = 7_265_101;

/** The lowest UUIDv7 of a millisecond. */
function lowestId(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/**
 * Deletes batches whose starts have all ended or been promoted and that are older than any copy
 * of them that may still be under way; the newest of each lane stays: the next one asks for it.
 * Of an epoch that is over nothing is asked any more.
 */
export async function dropBatches(db: Queryable): Promise<void> {
  await db.query(
    `delete from batches b using (
       select engine, epoch, lane, max(floor_seq) as floor, max(seq) as last
       from batches group by engine, epoch, lane) f
     where b.engine = f.engine and b.epoch = f.epoch and b.lane = f.lane
       and b.seq < f.floor and b.seq < f.last and b.at < clock_timestamp() - interval '10 minutes'`,
  );
  await db.query(
    `delete from batches b using engine_fences f
     where b.engine = f.engine and b.lane = f.lane and b.epoch < f.epoch
       and b.at < clock_timestamp() - interval '10 minutes'`,
  );
}

/**
 * Deletes what is left of runs that are over: starts of attempts that went on to wait, for one.
 * Nobody needs to decide about them any more.
 */
export async function dropStrays(db: Queryable): Promise<void> {
  await db.query(
    `update interventions i set state = 'cancelled', resolved_at = clock_timestamp(),
       version = i.version + 1
     where i.state in ('open', 'assigned')
       and not exists (select 1 from run_live r where r.run_id = i.run_id)`,
  );
  for (const table of ['started', 'run_inbox']) {
    await db.query(
      `delete from ${table} s
       where not exists (select 1 from run_live r where r.run_id = s.run_id)`,
    );
  }
}
