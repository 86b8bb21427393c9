import type { ScheduleStore } from '@tenuto/engine';
import type pg from 'pg';
import { faultOf } from './fault.ts';
import { openPool } from './pool.ts';
import { makePartitions } from './queries/partitions.ts';
import { sumUpTallies } from './queries/run-tallies.ts';
import { releaseQueued } from './queries/task-release.ts';
import { dueTasks, endedProbes, standingTasks } from './queries/task-schedule.ts';
import { takeTurns } from './queries/task-turn.ts';

/** One for the poll, one for what has time. */
const POOL_SIZE = 2;
const OPTIONS =
  '-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s -c jit=off';
/**
 * Turns are one statement of many parts that are joined by the task: hashed, not each gone through for
 * each row of another, which the planner thinks cheap because it takes them to be short.
 */
const TURN_OPTIONS = '-c enable_nestloop=off';

export interface OpenScheduleStore extends ScheduleStore {
  close(): Promise<void>;
}

/** The store of a scheduler, on connections of its own: nothing else delays a firing. */
export function createScheduleStore(config: pg.ClientConfig): OpenScheduleStore {
  const pool = openSchedulePool(config, { max: POOL_SIZE, options: OPTIONS });
  const turns = openSchedulePool(config, { max: 1, options: `${OPTIONS} ${TURN_OPTIONS}` });
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw faultOf(error);
    }
  };
  return {
    due: (within) => guarded(() => dueTasks(pool, within)),
    standing: (taskIds) => guarded(() => standingTasks(pool, taskIds)),
    take: (wanted) => guarded(() => takeTurns(turns, wanted)),
    release: () => guarded(() => releaseQueued(pool)),
    probes: (limit) => guarded(() => endedProbes(pool, limit)),
    makeRoom: () => guarded(() => makePartitions(pool)),
    tidy: () =>
      guarded(async () => {
        await sumUpTallies(pool);
        await pool.query('delete from task_dedupes where until_at < clock_timestamp()');
      }),
    databaseTime: () =>
      guarded(async () => {
        const { rows } = await pool.query<{ now: number }>(
          'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
        );
        const [row] = rows;
        if (row === undefined) throw new Error('the database has no time');
        return row.now;
      }),
    async close() {
      await Promise.all([pool.end(), turns.end()]);
    },
  };
}

function openSchedulePool(
  config: pg.ClientConfig,
  { max, options }: { readonly max: number; readonly options: string },
): pg.Pool {
  return openPool({
    ...{ ...config, max, options, application_name: 'tenuto-scheduler' },
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
}
