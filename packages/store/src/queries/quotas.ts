import type {
  Page,
  PageRequest,
  QuotaChange,
  QuotaLimits,
  QuotaRecord,
  QuotaStore,
  QuotaUsage,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { admitRun } from './quota-admit.ts';

interface QuotaRow {
  readonly principal: string;
  readonly runs_per_day: number | null;
  readonly concurrent_runs: number | null;
  /** A bigint comes as text. */
  readonly storage_bytes: string | null;
  readonly events_per_minute: number | null;
  readonly usd_per_day_nano: string | null;
  readonly usd_per_month_nano: string | null;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly version: number;
}

const COLUMNS = `q.principal, q.runs_per_day, q.concurrent_runs, q.storage_bytes, q.events_per_minute,
  q.usd_per_day_nano, q.usd_per_month_nano, q.updated_at, q.updated_by, q.version`;

export function createQuotaStore(db: Database): QuotaStore {
  return {
    list: (page) => listQuotas(db, page),
    find: (principal) => findQuota(db, principal),
    put: (change) => putQuota(db, change),
    remove: (change) => removeQuota(db, change),
    usage: (principal) => usageOf(db, principal),
    storage: (principal) => storageOf(db, principal),
    admit: (principal, limits, make) => admitRun(db, { principal, limits, make }),
  };
}

function listQuotas(db: Database, page: PageRequest<string>): Promise<Page<QuotaRecord>> {
  const given = parameters();
  return pageOf<QuotaRow, QuotaRecord>(db, {
    ...{ columns: COLUMNS, from: 'quotas q', where: ['true'], key: ['q.principal'] },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: recordOf },
  });
}

async function findQuota(db: Database, principal: string): Promise<QuotaRecord | undefined> {
  const rows = await ask<QuotaRow>(db, `select ${COLUMNS} from quotas q where q.principal = $1`, [
    principal,
  ]);
  return rows.map(recordOf)[0];
}

async function putQuota(
  db: Database,
  { principal, version, limits, audit }: QuotaChange & { readonly limits: QuotaLimits },
): Promise<'made' | 'changed' | 'stale'> {
  const given = parameters();
  const { runsPerDay, concurrentRuns, storageBytes, eventsPerMinute } = limits;
  const { nanoUsdPerDay, nanoUsdPerMonth } = limits;
  const values = [
    ...[principal, runsPerDay, concurrentRuns, storageBytes, eventsPerMinute],
    ...[nanoUsdPerDay, nanoUsdPerMonth, audit.actor],
  ].map((value) => given.add(value));
  const conflict = version === undefined ? '' : `where quotas.version = ${given.add(version)}`;
  const source =
    version === undefined ? '' : ' where exists (select from quotas where principal = $1)';
  const rows = await ask<{ made: boolean }>(
    db,
    `with put as (
       insert into quotas (principal, runs_per_day, concurrent_runs, storage_bytes,
         events_per_minute, usd_per_day_nano, usd_per_month_nano, updated_by)
       select ${values.map((value, i) => value + TYPES[i]).join(', ')}${source}
       on conflict (principal) do update set runs_per_day = excluded.runs_per_day,
         concurrent_runs = excluded.concurrent_runs, storage_bytes = excluded.storage_bytes,
         events_per_minute = excluded.events_per_minute,
         usd_per_day_nano = excluded.usd_per_day_nano,
         usd_per_month_nano = excluded.usd_per_month_nano, updated_at = clock_timestamp(),
         updated_by = excluded.updated_by, version = quotas.version + 1
       ${conflict} returning version),
     unwarned as (
       update budgets b set warned_at = null from put
       where b.owner = $1 and b.scope in ('principal', 'day') and b.warned_at is not null),
     audited as (${auditPart(audit, 'put', given)})
     select version = 1 as made from put`,
    given.values,
  );
  const [row] = rows;
  if (row === undefined) return 'stale';
  return row.made ? 'made' : 'changed';
}

/** Of the columns of a quota, in the order of its statement. */
const TYPES = [
  ...[
    '::text',
    '::integer',
    '::integer',
    '::bigint',
    '::integer',
    '::bigint',
    '::bigint',
    '::text',
  ],
];

async function removeQuota(
  db: Database,
  { principal, version, audit }: QuotaChange,
): Promise<'removed' | 'stale' | 'missing'> {
  const given = parameters();
  const only = version === undefined ? '' : ` and version = ${given.add(version)}`;
  const rows = await ask(
    db,
    `with removed as (
       delete from quotas where principal = ${given.add(principal)}${only} returning 1),
     audited as (${auditPart(audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  if (rows.length > 0) return 'removed';
  return (await findQuota(db, principal)) === undefined ? 'missing' : 'stale';
}

async function usageOf(db: Database, principal: string): Promise<QuotaUsage> {
  const rows = await ask<{ runs_today: number; concurrent_runs: number }>(
    db,
    `select coalesce((select d.runs from quota_days d where d.principal = $1
         and d.day = (clock_timestamp() at time zone 'UTC')::date), 0) as runs_today,
       (select count(*)::int from run_live r where r.owner = $1) as concurrent_runs`,
    [principal],
  );
  const [row] = rows;
  return {
    runsToday: row?.runs_today ?? 0,
    concurrentRuns: row?.concurrent_runs ?? 0,
    storageBytes: await storageOf(db, principal),
  };
}

async function storageOf(db: Database, principal: string): Promise<number> {
  const rows = await ask<{ bytes: string }>(
    db,
    `select coalesce(sum(a.size_bytes), 0)::text as bytes
     from (select run_id from run_live where owner = $1
       union all select run_id from runs where owner = $1) r
     join artifacts a on a.run_id = r.run_id`,
    [principal],
  );
  return Number(rows[0]?.bytes ?? 0);
}

function recordOf(row: QuotaRow): QuotaRecord {
  return {
    principal: row.principal,
    runsPerDay: row.runs_per_day,
    concurrentRuns: row.concurrent_runs,
    storageBytes: row.storage_bytes === null ? null : Number(row.storage_bytes),
    eventsPerMinute: row.events_per_minute,
    nanoUsdPerDay: row.usd_per_day_nano === null ? null : Number(row.usd_per_day_nano),
    nanoUsdPerMonth: row.usd_per_month_nano === null ? null : Number(row.usd_per_month_nano),
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    version: row.version,
  };
}
