/** The feeds of runs: made when somebody follows, looked at in one snapshot, advanced by one statement. */
import type { RunStatus } from '@tenuto/contract';
import type {
  FeedAdvance,
  FeedHead,
  FeedLook,
  FeedRun,
  RunFeedStore,
  RunProgress,
  StoredFeedEntry,
} from '@tenuto/engine';
import { ask, asked, type Database } from '../database.ts';
import { objectOf } from '../run-row.ts';
import { FEED_SOURCES } from './registry.ts';
import { MS, type Snapshot } from './source.ts';

/** @param db connections of its own: who follows must not keep requests waiting */
export function createRunFeedStore(db: Database): RunFeedStore {
  return {
    open: (runId) => openFeed(db, runId),
    look: (runId) => asked(() => lookAt(db, runId)),
    advance: (advance) => advanceFeed(db, advance),
    read: (runId, after, limit) => readFeed(db, runId, { after, limit }),
    prune: (unfollowedMs) => pruneFeeds(db, unfollowedMs),
  };
}

const HEAD = `h.run_id, h.version::float8 as version, h.last::float8 as last, h.seq,
  h.status::text as status, h.begun, h.ended`;

interface HeadRow {
  readonly run_id: string;
  readonly version: number;
  readonly last: number;
  readonly seq: number;
  readonly status: RunStatus | null;
  readonly begun: boolean;
  readonly ended: boolean;
}

function headOf({ run_id: runId, version, last, ...state }: HeadRow): FeedHead {
  const { seq, status, begun, ended } = state;
  return { runId, version, last, state: { seq, status, begun, ended } };
}

async function openFeed(db: Database, runId: string): Promise<FeedHead> {
  await ask(
    db,
    `insert into run_feeds as h (run_id) values ($1) on conflict (run_id)
     do update set followed_at = excluded.followed_at
     where h.followed_at < excluded.followed_at - interval '1 hour'`,
    [runId],
  );
  const [row] = await ask<HeadRow>(db, `select ${HEAD} from run_feeds h where h.run_id = $1`, [
    runId,
  ]);
  if (row === undefined) throw new Error(`the feed of run ${runId} is gone`);
  return headOf(row);
}

async function lookAt(db: Database, runId: string): Promise<FeedLook | undefined> {
  const client = await db.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    const look = await lookIn(client, runId);
    await client.query('commit');
    return look;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function lookIn(snapshot: Snapshot, runId: string): Promise<FeedLook | undefined> {
  const { rows } = await snapshot.query<HeadRow>(
    `select ${HEAD} from run_feeds h where h.run_id = $1`,
    [runId],
  );
  const run = await runOf(snapshot, runId);
  const [row] = rows;
  if (row === undefined || run === undefined) return undefined;
  const head = headOf(row);
  if (head.state.ended && run.over) return { head, run, parts: [] };
  const parts = [];
  for (const source of FEED_SOURCES) parts.push(await source.look(snapshot, head));
  return { head, run, parts };
}

interface RunRow {
  readonly status: RunStatus;
  readonly created_at: number;
  readonly scheduled_at: number | null;
  readonly started_at: number | null;
  readonly completed_at: number | null;
  readonly over: boolean;
  readonly over_ms: number;
  readonly progress: string | null;
  readonly node_count: number | null;
}

const RUN = `r.status::text as status, ${MS('r.created_at')} as created_at,
  ${MS('r.scheduled_at')} as scheduled_at, ${MS('r.started_at')} as started_at, r.progress,
  (select p.node_count from plans p where p.hash = r.plan_hash) as node_count`;

async function runOf(snapshot: Snapshot, runId: string): Promise<FeedRun | undefined> {
  const { rows } = await snapshot.query<RunRow>(
    `select ${RUN}, null::float8 as completed_at, false as over, 0::float8 as over_ms
     from run_live r where r.run_id = $1
     union all
     select ${RUN}, ${MS('r.completed_at')}, true,
       ${MS('clock_timestamp()')} - ${MS('r.completed_at')}
     from runs r where r.run_id = $1`,
    [runId],
  );
  const [row] = rows;
  return (
    row && {
      runId,
      status: row.status,
      createdAt: row.created_at,
      scheduledAt: row.scheduled_at,
      startedAt: row.started_at,
      completedAt: row.completed_at,
      over: row.over,
      overForMs: row.over_ms,
      progress: objectOf(row.progress) as RunProgress | null,
      nodeCount: row.node_count ?? 0,
    }
  );
}

/** One statement: the head moves on from the version that was seen, and the entries come with it. */
async function advanceFeed(db: Database, advance: FeedAdvance): Promise<boolean> {
  const { head, entries, state, lines } = advance;
  const rows = await ask(
    db,
    `with head as (
       update run_feeds set version = version + 1, last = last + cardinality($3::text[]),
         seq = $5, status = $6::run_status, begun = $7, ended = $8
       where run_id = $1 and version = $2 returning run_id, last - cardinality($3::text[]) as base),
     told as (
       insert into run_feed (run_id, seq, key, entry)
       select h.run_id, h.base + t.n, t.key, t.entry
       from head h, unnest($4::text[], $3::text[]) with ordinality t(key, entry, n)),
     marked as (
       insert into run_feed_logs (run_id, node, attempt, seq)
       select h.run_id, t.node, t.attempt, t.seq
       from head h, unnest($9::int4[], $10::int4[], $11::int4[]) t(node, attempt, seq)
       on conflict (run_id, node, attempt) do update set seq = excluded.seq)
     select 1 from head`,
    [
      head.runId,
      head.version,
      entries.map(({ text }) => text),
      entries.map(({ key }) => key),
      state.seq,
      state.status,
      state.begun,
      state.ended,
      lines.map(({ node }) => node),
      lines.map(({ attempt }) => attempt),
      lines.map(({ seq }) => seq),
    ],
  );
  return rows.length > 0;
}

async function readFeed(
  db: Database,
  runId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly StoredFeedEntry[]> {
  return await ask<{ seq: number; text: string }>(
    db,
    `select p.seq, p.text from (
       select f.seq::float8 as seq, f.entry as text,
         sum(octet_length(f.entry)) over (order by f.seq) - octet_length(f.entry) as before
       from (select e.seq, e.entry from run_feed e
         where e.run_id = $1 and e.seq > $2 order by e.seq limit $3) f) p
     where p.before < ${PAGE_BYTES} order by p.seq`,
    [runId, after, limit],
  );
}

/** A page is full with so many bytes, however few entries it has. */
const PAGE_BYTES = 262_144;
const PRUNED_AT_ONCE = 100;

/** The head goes first: who looks then finds no feed, and who follows again has one made anew. */
async function pruneFeeds(db: Database, unfollowedMs: number): Promise<number> {
  const rows = await ask(
    db,
    `with old as (
       select h.run_id from run_feeds h
       where h.followed_at < clock_timestamp() - $1 * interval '1 millisecond'
         and not exists (select from run_live r where r.run_id = h.run_id)
       limit ${PRUNED_AT_ONCE} for update skip locked),
     heads as (delete from run_feeds h using old where h.run_id = old.run_id returning h.run_id),
     entries as (delete from run_feed f using heads h where f.run_id = h.run_id),
     lines as (delete from run_feed_logs l using heads h where l.run_id = h.run_id)
     select 1 from heads`,
    [unfollowedMs],
  );
  return rows.length;
}
