import type { DatabaseFacts, EngineRecord, EngineStanding, OperationStore } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';

interface Row {
  readonly engine_id: string;
  readonly name: string;
  readonly host: string | null;
  readonly pid: number | null;
  readonly version: string | null;
  readonly epoch: number;
  readonly standing: EngineStanding;
  readonly started_at: Date;
  readonly started_micros: string;
  readonly at: Date;
  readonly lease_ms: number;
  readonly stopped_at: Date | null;
  readonly lost_at: Date | null;
  readonly released_runs: number | null;
  readonly owned_runs: number;
  readonly running_nodes: number;
  readonly capacity: number | null;
  readonly slots: number | null;
}

const STANDING = `case
  when f.alive and h.at > clock_timestamp() - e.lease_ms * interval '1 ms' then 'live'
  when f.alive then 'silent'
  when e.stopped_at is not null then 'stopped'
  else 'lost' end`;
const STARTED = '(extract(epoch from e.started_at) * 1000000)::bigint';
const FROM = `engines e join engine_heartbeats h on h.engine = e.engine_id
  cross join lateral (
    select max(w.epoch) as epoch, bool_or(w.alive) as alive
    from engine_fences w where w.engine = e.engine_id) f`;
const COLUMNS = `e.engine_id, e.name, e.host, e.pid, e.version, f.epoch, ${STANDING} as standing,
  e.started_at, ${STARTED} as started_micros, h.at, e.lease_ms, e.stopped_at, h.lost_at,
  h.released_runs, h.running_nodes, e.capacity, e.slots,
  (select count(*)::int from run_live r where r.engine = e.engine_id) as owned_runs`;
/** A queue that is longer is long. */
const QUEUE_COUNTED = 10_000;

export function createOperationStore(db: Database): OperationStore {
  return {
    engines({ standing }, page) {
      const given = parameters();
      const where = standing === undefined ? 'true' : `${STANDING} = ${given.add(standing)}`;
      return pageOf<Row, EngineRecord>(db, {
        ...{ columns: COLUMNS, from: FROM, where: [where], key: [STARTED, 'e.engine_id'] },
        after: page.after && [page.after.startedMicros, page.after.engineId],
        ...{ page, given, newestFirst: true, item: recordOf },
      });
    },
    async database() {
      const [row] = await ask<{ [K in keyof DatabaseFacts]: DatabaseFacts[K] }>(
        db,
        `select current_setting('server_version') as version,
           (select max(version) from schema_migrations) as "schemaVersion",
           (select count(*)::int from pg_stat_activity where datname = current_database())
             as connections,
           current_setting('max_connections')::int as "mostConnections",
           (select count(*)::int from (
             select 1 from run_live where engine is null and wake_at <= clock_timestamp()
             limit ${QUEUE_COUNTED}) q) as "queuedRuns"`,
      );
      if (row === undefined) throw new Error('the database says nothing about itself');
      return row;
    },
  };
}

function recordOf(row: Row): EngineRecord {
  return {
    engineId: row.engine_id,
    name: row.name,
    host: row.host,
    pid: row.pid,
    version: row.version,
    epoch: row.epoch,
    standing: row.standing,
    startedAt: row.started_at.getTime(),
    beatAt: row.at.getTime(),
    leaseMs: row.lease_ms,
    stoppedAt: row.stopped_at?.getTime() ?? null,
    lostAt: row.lost_at?.getTime() ?? null,
    releasedRuns: row.released_runs,
    ownedRuns: row.owned_runs,
    runningNodes: row.running_nodes,
    capacity: row.capacity,
    slots: row.slots,
    key: { startedMicros: row.started_micros, engineId: row.engine_id },
  };
}
