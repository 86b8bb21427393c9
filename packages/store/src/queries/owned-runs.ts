import type { RunStatus } from '@tenuto/contract';
import type { InboxItem, OwnedRun, RunInput } from '@tenuto/engine';
import type pg from 'pg';
import { readJournals } from './journal-read.ts';
import { RUN_KINDS_BY_CODE } from './run-columns.ts';

type Queryable = Pick<pg.Pool, 'query'>;

interface Row {
  readonly run_id: string;
  readonly plan_hash: string;
  readonly owner: string;
  readonly kind: number;
  readonly name: string;
  readonly job_type: string;
  readonly priority: number;
  readonly triggered_by: string;
  readonly input: string;
  readonly parent_run: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly status: RunStatus;
  readonly progress: string | null;
  readonly inbox_seq: number;
  readonly last_seq: number;
}

/** Those of the runs that the engine owns, with all it takes to go on with them. */
export async function readOwned(
  db: Queryable,
  engineId: string,
  runIds: readonly string[],
): Promise<OwnedRun[]> {
  const { rows } = await db.query<Row>(
    `select r.run_id, encode(r.plan_hash, 'hex') as plan_hash, r.owner, r.kind, r.name, r.job_type,
       r.priority, r.triggered_by, r.input, r.parent_run,
       (extract(epoch from r.created_at) * 1000)::float8 as created_at,
       (extract(epoch from r.started_at) * 1000)::float8 as started_at,
       r.status::text as status, r.progress, r.inbox_seq,
       greatest((select max(a.seq) from attempts a where a.run_id = r.run_id),
         (select max(e.seq) from run_events e where e.run_id = r.run_id), 0) as last_seq
     from unnest($2::uuid[]) t(run_id) join run_live r on r.run_id = t.run_id
     where r.engine = $1`,
    [engineId, runIds],
  );
  const ids = rows.map((row) => row.run_id);
  const [journals, items] = await Promise.all([readJournals(db, ids), inboxOf(db, ids)]);
  return rows.map((row) => {
    const journal = journals.get(row.run_id) ?? { entries: [], started: [] };
    return ownedRun(row, journal, items.get(row.run_id) ?? []);
  });
}

function ownedRun(
  row: Row,
  rows: Pick<OwnedRun['journal'], 'entries' | 'started'>,
  inbox: readonly InboxItem[],
): OwnedRun {
  const input = JSON.parse(row.input) as RunInput;
  const progress = JSON.parse(row.progress ?? '{}') as { idle_ms?: number };
  return {
    planHash: row.plan_hash,
    submission: {
      input,
      owner: row.owner,
      triggeredBy: row.triggered_by,
      name: row.name,
      jobType: row.job_type,
      kind: RUN_KINDS_BY_CODE[row.kind] ?? 'job',
      priority: row.priority,
      ...(row.parent_run !== null && { parentRun: row.parent_run }),
    },
    journal: {
      runId: row.run_id,
      facts: { name: row.name, owner: row.owner, createdAt: row.created_at },
      input,
      ...(row.started_at !== null && { startedAt: row.started_at }),
      ...rows,
    },
    idleMs: progress.idle_ms ?? 0,
    status: row.status,
    lastSeq: row.last_seq,
    inboxSeq: row.inbox_seq,
    inbox,
  };
}

interface InboxRow {
  readonly run_id: string;
  readonly seq: number;
  readonly type: string;
  readonly body: string;
}

async function inboxOf(
  db: Queryable,
  runIds: readonly string[],
): Promise<Map<string, InboxItem[]>> {
  const { rows } = await db.query<InboxRow>(
    `select i.run_id, i.seq, i.type, i.body from unnest($1::uuid[]) t(run_id)
     join run_inbox i on i.run_id = t.run_id order by i.run_id, i.seq`,
    [runIds],
  );
  return Map.groupBy(rows.map(itemOf), (item) => item.runId);
}

/** Inbox items of all runs of an engine; the table is small, what is in it is news. */
export async function readInbox(db: Queryable, engineId: string): Promise<InboxItem[]> {
  const { rows } = await db.query<InboxRow>(
    `select i.run_id, i.seq, i.type, i.body from run_inbox i
     join run_live r on r.run_id = i.run_id where r.engine = $1 order by i.run_id, i.seq`,
    [engineId],
  );
  return rows.map(itemOf);
}

/** The API wrote these, type and body alike; see ports/inbox.ts. */
function itemOf({ run_id: runId, seq, type, body }: InboxRow): InboxItem {
  return { runId, seq, type, body: JSON.parse(body) } as InboxItem;
}

export async function ownedRunIds(db: Queryable, engineId: string): Promise<string[]> {
  const { rows } = await db.query<{ run_id: string }>(
    'select run_id from run_live where engine = $1',
    [engineId],
  );
  return rows.map((row) => row.run_id);
}

/** How those of the runs ended that are over. */
export async function outcomes(
  db: Queryable,
  runIds: readonly string[],
): Promise<{ runId: string; status: RunStatus }[]> {
  const { rows } = await db.query<{ run_id: string; status: RunStatus }>(
    `select r.run_id, r.status::text as status from unnest($1::uuid[]) t(run_id)
     join runs r on r.run_id = t.run_id`,
    [runIds],
  );
  return rows.map((row) => ({ runId: row.run_id, status: row.status }));
}

/** Puts a cancel into the inboxes of runs that are not over. */
export async function requestCancels(
  db: Queryable,
  runIds: readonly string[],
  reason: string,
): Promise<void> {
  await db.query(
    `with asked as (
       update run_live r set inbox_seq = r.inbox_seq + 1,
         wake_at = least(r.wake_at, clock_timestamp()),
         claim_key = case when r.engine is null then 0 else r.claim_key end
       from unnest($1::uuid[]) t(run_id) where r.run_id = t.run_id and r.status <> 'cancelled'
       returning r.run_id, r.inbox_seq)
     insert into run_inbox (run_id, seq, type, body)
     select run_id, inbox_seq, 'cancel', $2 from asked`,
    [runIds, JSON.stringify({ mode: 'graceful', actor: 'system', reason })],
  );
}
