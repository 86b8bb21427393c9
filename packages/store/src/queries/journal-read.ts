import type { AttemptStatus, Json } from '@tenuto/contract';
import type { JournalEntry, NodeError, RecoveryStep, StartedAttempt } from '@tenuto/engine';
import type pg from 'pg';

type Queryable = Pick<pg.Pool, 'query'>;

/** What a run's journal holds, in the order of `seq`. */
export interface JournalRows {
  readonly entries: JournalEntry[];
  readonly started: StartedAttempt[];
}

interface AttemptRow {
  readonly run_id: string;
  readonly seq: number;
  readonly node: number;
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly output: string | null;
  readonly blob: Buffer | null;
  readonly error: string | null;
  readonly started_at: number | null;
  readonly ended_at: number;
  readonly retry_at: number | null;
  readonly recovery: string | null;
}

interface EventRow {
  readonly run_id: string;
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly body: string;
}

/**
 * Reads the journals of runs that the caller may see. Several runs are looked up one by one:
 * `= any($1)` under a generic plan scans every partition, and a plain join does so while a new
 * partition has no statistics. `offset 0` keeps the planner from making one of the other.
 */
export async function readJournals(
  db: Queryable,
  runIds: readonly string[],
): Promise<Map<string, JournalRows>> {
  const journals = new Map<string, JournalRows>(
    runIds.map((runId) => [runId, { entries: [], started: [] }]),
  );
  if (runIds.length === 0) return journals;
  const [attempts, events, started] = await Promise.all([
    db.query<AttemptRow>(ATTEMPTS, [runIds]),
    db.query<EventRow>(EVENTS, [runIds]),
    db.query<{ run_id: string } & StartedAttempt>(STARTED, [runIds]),
  ]);
  for (const row of attempts.rows) {
    journals.get(row.run_id)?.entries.push({ seq: row.seq, event: attemptEvent(row) });
  }
  for (const row of events.rows) {
    const event = runEvent(row);
    if (event !== undefined) journals.get(row.run_id)?.entries.push({ seq: row.seq, event });
  }
  for (const { run_id: runId, ...attempt } of started.rows) {
    journals.get(runId)?.started.push(attempt);
  }
  for (const journal of journals.values()) journal.entries.sort((a, b) => a.seq - b.seq);
  return journals;
}

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const ATTEMPTS = `
  select a.run_id, a.seq, a.node, a.attempt, a.status::text as status, a.output, b.bytes as blob,
    a.error, ${MS('a.started_at')} as started_at, ${MS('a.ended_at')} as ended_at,
    ${MS('a.retry_at')} as retry_at, a.recovery
  from unnest($1::uuid[]) t(run_id) cross join lateral (
    select * from attempts a where a.run_id = t.run_id offset 0) a
  left join blobs b on b.hash = a.output_ref`;
const EVENTS = `
  select e.run_id, e.seq, e.type, ${MS('e.at')} as at, e.body
  from unnest($1::uuid[]) t(run_id) cross join lateral (
    select * from run_events e
    where e.run_id = t.run_id and e.type not in ('late', 'refused', 'transition') offset 0) e`;
const STARTED = `
  select s.run_id, s.node, s.attempt, ${MS('s.started_at')} as "startedAt"
  from unnest($1::uuid[]) t(run_id) cross join lateral (
    select * from started s where s.run_id = t.run_id offset 0) s`;

function attemptEvent(row: AttemptRow): JournalEntry['event'] {
  const output = row.blob === null ? row.output : row.blob.toString('utf8');
  return {
    type: 'ended',
    at: row.ended_at,
    node: row.node,
    attempt: row.attempt,
    startedAt: row.started_at ?? row.ended_at,
    status: row.status,
    ...(output !== null && { output: JSON.parse(output) as Json }),
    ...(row.error !== null && { error: JSON.parse(row.error) as NodeError }),
    ...(row.retry_at !== null && { retryAt: row.retry_at }),
    ...(row.recovery !== null && { recovery: JSON.parse(row.recovery) as RecoveryStep }),
  };
}

type Event = JournalEntry['event'];
const EVENTS_OF_RUNS: Readonly<Record<Exclude<Event['type'], 'ended'>, true>> = {
  waiting: true,
  pause: true,
  resume: true,
  signal: true,
  give_up: true,
  recover: true,
  stop: true,
};

/** The engine wrote these bodies; an unknown type is for people and does not change a run. */
function runEvent({ type, at, body }: EventRow): Event | undefined {
  if (!Object.hasOwn(EVENTS_OF_RUNS, type)) return undefined;
  return { ...(JSON.parse(body) as Event), type, at } as Event;
}
