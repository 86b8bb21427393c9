import type { QuotaLimits, RunsRefused } from '@tenuto/engine';
import type pg from 'pg';
import { type Database, translated } from './database.ts';

type Client = Pick<pg.ClientBase, 'query'>;

interface Admission {
  readonly principal: string;
  readonly limits: QuotaLimits;
  make(): Promise<boolean>;
}

/** Together with a hash of the principal it names a lock. */
const QUOTA_LOCK = 72_651;

/**
 * Counts and makes a run under a lock of its principal, so that the next one counts it, too. The lock
 * is the session's: what makes the run commits on a connection of its own.
 */
export async function admitRun(
  db: Pick<Database, 'connect'>,
  { principal, limits, make }: Admission,
): Promise<RunsRefused | undefined> {
  const client = await db.connect().catch((error: unknown) => {
    throw translated(error);
  });
  let sound = false;
  try {
    await told(() =>
      client.query('select pg_advisory_lock($1, hashtext($2))', [QUOTA_LOCK, principal]),
    );
    const refused = await told(() => whyNot(client, principal, limits));
    if (refused === undefined && (await make()))
      await told(() => countRun(client, principal, limits));
    await told(() =>
      client.query('select pg_advisory_unlock($1, hashtext($2))', [QUOTA_LOCK, principal]),
    );
    sound = true;
    return refused;
  } finally {
    // A connection that goes away takes its locks along.
    client.release(!sound);
  }
}

async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

async function whyNot(
  client: Client,
  principal: string,
  { runsPerDay, concurrentRuns }: QuotaLimits,
): Promise<RunsRefused | undefined> {
  const { rows } = await client.query<{ day: boolean; live: boolean }>(
    `select $2::int is not null and coalesce((select d.runs from quota_days d
         where d.principal = $1 and d.day = (clock_timestamp() at time zone 'UTC')::date), 0) >= $2
         as day,
       $3::int is not null and (select count(*) from (
         select 1 from run_live r where r.owner = $1 limit $3) live) >= $3 as live`,
    [principal, runsPerDay, concurrentRuns],
  );
  if (rows[0]?.day === true) return 'runs_per_day';
  return rows[0]?.live === true ? 'concurrent_runs' : undefined;
}

async function countRun(
  client: Client,
  principal: string,
  { runsPerDay }: QuotaLimits,
): Promise<void> {
  if (runsPerDay === null) return;
  await client.query(
    `with old as (
       delete from quota_days where principal = $1
         and day < (clock_timestamp() at time zone 'UTC')::date - 31)
     insert into quota_days as d (principal, day, runs)
     values ($1, (clock_timestamp() at time zone 'UTC')::date, 1)
     on conflict (principal, day) do update set runs = d.runs + 1`,
    [principal],
  );
}
