/**
 * The flush statement: everything that one batch commits, in one statement that takes the lane's
 * fence. Every part that writes joins `gate`, which is empty when the lane is fenced off, when the
 * batch was committed before, or when the batch before it is missing.
 *
 * Rows of `run_live` are found by their id: `(engine = $1) is true` keeps the planner from walking
 * the index on the engine once for every row of a batch.
 */
import type { Batch, RunUpdate, SubmitRow } from '@tenuto/engine';
import {
  boolArray,
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timeArray,
  uuidArray,
} from '../binary-array.ts';
import { isExpired } from './idempotency.ts';
import { PRIORITY_STEP_MS } from './priority.ts';
import { LIVE_TO_HISTORY, RUN_KIND_CODES } from './run-columns.ts';

export interface FlushQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface LaneKey {
  readonly engineId: string;
  readonly lane: number;
  readonly epoch: number;
}

/** What the statement answers; see `result` below. */
export interface FlushRow {
  readonly fence: boolean;
  readonly gate: boolean;
  readonly previous: boolean;
  readonly duplicates: readonly string[] | null;
  readonly refused: readonly string[] | null;
}

/** A part of the statement: SQL whose parameters stand as `?`, with their values in order. */
interface Part {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}

const FENCE = `fence as materialized (
  select 1 from engine_fences where engine = $1 and lane = $2 and epoch = $3 and alive for share)`;
const PREVIOUS = `($4::bigint = 1 or exists (
  select 1 from batches where engine = $1 and epoch = $3 and lane = $2 and seq = $4::bigint - 1))`;
const GATE = `gate as (
  insert into batches (engine, epoch, lane, seq, floor_seq, starts)
  select $1, $3, $2, $4, $5, $6 from fence where ${PREVIOUS}
  on conflict do nothing returning 1)`;
const FIXED_PARAMETERS = 6;

/** Builds the statement for a batch; batches with the same kinds of rows share a prepared one. */
export function flushQuery(key: LaneKey, batch: Batch): FlushQuery {
  const parts = partsOf(batch);
  const values: unknown[] = [
    key.engineId,
    key.lane,
    key.epoch,
    batch.seq,
    batch.floorSeq,
    batch.starts.length === 0 ? null : batch.starts,
  ];
  let parameter = FIXED_PARAMETERS;
  const ctes = parts.map((part) => {
    values.push(...part.values);
    return part.sql.replace(/\?/g, () => `$${++parameter}`);
  });
  const names = parts.map((part) => part.name);
  return {
    name: statementName(names),
    text: `with ${[FENCE, GATE, ...ctes].join(',\n')}\n${result(names)}`,
    values,
  };
}

/**
 * Batches with the same kinds of rows share a prepared statement. Its name is short: PostgreSQL cuts
 * names after 63 characters, and two that begin alike would then be one.
 */
function statementName(parts: readonly string[]): string {
  return `flush:${parts.map((part) => STATEMENT_LETTERS[part] ?? part).join('')}`;
}

const STATEMENT_LETTERS: Readonly<Record<string, string>> = {
  keys: 'k',
  'keyed-submits': 'K',
  submits: 's',
  attempts: 'a',
  demoted: 'd',
  events: 'e',
  started: 'S',
  finishes: 'f',
  releases: 'r',
  progress: 'p',
  consumed: 'c',
  'keyed-audits': 'U',
  audits: 'u',
};

/** The parts that a batch needs, each of which writes only through the gate. */
export function partsOf(batch: Batch): readonly Part[] {
  const finishes = batch.updates.filter((update) => update.kind === 'finish');
  const releases = batch.updates.filter((update) => update.kind === 'release');
  const progress = batch.updates.filter((update) => update.kind === 'progress');
  const keyed = batch.submits.some((row) => row.submission.idempotency !== undefined);
  return [
    ...(keyed ? [keysPart(batch.submits)] : []),
    ...(batch.submits.length > 0 ? [submitsPart(batch.submits, keyed)] : []),
    ...(batch.attempts.length > 0 ? [attemptsPart(batch)] : []),
    ...(batch.attempts.some((row) => row.promoted) ? [demotedPart(batch)] : []),
    ...(batch.events.length > 0 ? [eventsPart(batch)] : []),
    ...(batch.started.length > 0 ? [startedPart(batch)] : []),
    ...(finishes.length > 0 ? finishParts(finishes) : []),
    ...(releases.length > 0 ? [releasesPart(releases)] : []),
    ...(progress.length > 0 ? [progressPart(progress)] : []),
    ...(batch.consumed.length > 0 ? [consumedPart(batch)] : []),
    ...(batch.audits.length > 0 ? [auditsPart(batch, keyed)] : []),
  ];
}

function keysPart(submits: readonly SubmitRow[]): Part {
  // In one order everywhere, so that engines that were sent the same keys do not deadlock.
  const keyed = submits
    .filter((row) => row.submission.idempotency !== undefined)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  // Of two with the same key the first has it: one statement may not write a row twice.
  const first = keyed.filter((row, i) => i === 0 || keyOf(row) !== keyOf(keyed[i - 1] ?? row));
  return {
    name: 'keys',
    sql: `keys as (
      insert into idempotency_keys (owner, key, request_hash, run_id)
      select t.* from gate, unnest(?::text[], ?::text[], ?::bytea[], ?::uuid[]) t
      on conflict (owner, key) do update set request_hash = excluded.request_hash,
        run_id = excluded.run_id, created_at = excluded.created_at
      where ${isExpired('idempotency_keys')}
      returning run_id),
    duplicates as (
      select run_id from unnest(?::uuid[]) t(run_id)
      where not exists (select 1 from keys where keys.run_id = t.run_id))`,
    values: [
      textArray(first.map((row) => row.submission.owner)),
      textArray(first.map((row) => row.submission.idempotency?.key)),
      byteaArray(first.map((row) => row.submission.idempotency?.requestHash)),
      uuidArray(first.map((row) => row.runId.bytes)),
      uuidArray(keyed.map((row) => row.runId.bytes)),
    ],
  };
}

function keyOf({ submission }: SubmitRow): string {
  return `${submission.owner}\n${submission.idempotency?.key}`;
}

function submitsPart(submits: readonly SubmitRow[], keyed: boolean): Part {
  const of = <T>(read: (row: SubmitRow) => T): T[] => submits.map(read);
  return {
    name: keyed ? 'keyed-submits' : 'submits',
    sql: `submitted as (
      insert into run_live (run_id, plan_hash, owner, kind, name, job_type, description, priority,
        triggered_by, tags, metadata, input, parent_run, created_at, scheduled_at, status,
        started_at, engine, claim_key, wake_at)
      select t.run_id, t.plan_hash, t.owner, t.kind, t.name, t.job_type, t.description, t.priority,
        t.triggered_by, t.tags::text[], t.metadata::jsonb, t.input, t.parent_run, t.created_at,
        t.scheduled_at, t.status::run_status, case when t.owned then t.created_at end,
        case when t.owned then $1::uuid end, t.claim_key,
        coalesce(t.scheduled_at, t.created_at)
      from gate, unnest(?::uuid[], ?::bytea[], ?::text[], ?::int2[], ?::text[], ?::text[],
        ?::text[], ?::int2[], ?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[],
        ?::timestamptz[], ?::timestamptz[], ?::text[], ?::boolean[], ?::int8[])
        t(run_id, plan_hash, owner, kind, name, job_type, description, priority, triggered_by,
          tags, metadata, input, parent_run, created_at, scheduled_at, status, owned, claim_key)
      ${keyed ? 'where t.run_id not in (select run_id from duplicates)' : ''})`,
    values: [
      uuidArray(of((row) => row.runId.bytes)),
      byteaArray(of((row) => Buffer.from(row.submission.plan.hash, 'hex'))),
      textArray(of((row) => row.submission.owner)),
      int2Array(of((row) => RUN_KIND_CODES[row.submission.kind])),
      textArray(of((row) => row.submission.name)),
      textArray(of((row) => row.submission.jobType)),
      textArray(of((row) => row.submission.description)),
      int2Array(of((row) => row.submission.priority)),
      textArray(of((row) => row.submission.triggeredBy)),
      textArray(of((row) => arrayLiteral(row.submission.tags))),
      textArray(of(({ submission: { metadata } }) => metadata && JSON.stringify(metadata))),
      textArray(of((row) => JSON.stringify(row.submission.input))),
      uuidArray(of((row) => uuidBytes(row.submission.parentRun))),
      timeArray(of((row) => row.createdAt)),
      timeArray(of((row) => row.submission.scheduledAt)),
      textArray(of((row) => row.status)),
      boolArray(of((row) => row.owned)),
      int8Array(of(claimKey)),
    ],
  };
}

/** Order of claiming: by time, each step of priority counting as {@link PRIORITY_STEP_MS}. */
function claimKey(row: SubmitRow): number {
  const due = Math.max(row.createdAt, row.submission.scheduledAt ?? 0);
  return Math.round(due + (row.submission.priority - 1) * PRIORITY_STEP_MS);
}

/** A text array as a literal; tags are few, so one column of literals does. */
function arrayLiteral(values: readonly string[] | undefined): string | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return `{${values.map((value) => `"${value.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;
}

function uuidBytes(id: string | undefined): Uint8Array | undefined {
  return id === undefined ? undefined : Buffer.from(id.replaceAll('-', ''), 'hex');
}

function attemptsPart({ attempts }: Batch): Part {
  return {
    name: 'attempts',
    sql: `ended as (
      insert into attempts (run_id, node, attempt, seq, generation, status, output, output_ref,
        error, started_at, ended_at, retry_at)
      select t.run_id, t.node, t.attempt, t.seq, 0, t.status::attempt_status, t.output,
        t.output_ref, t.error, t.started_at, t.ended_at, t.retry_at
      from gate, unnest(?::uuid[], ?::int4[], ?::int4[], ?::int4[], ?::text[], ?::text[],
        ?::bytea[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[])
        t(run_id, node, attempt, seq, status, output, output_ref, error, started_at, ended_at,
          retry_at))`,
    values: [
      uuidArray(attempts.map((row) => row.runId.bytes)),
      int4Array(attempts.map((row) => row.node)),
      int4Array(attempts.map((row) => row.attempt)),
      int4Array(attempts.map((row) => row.seq)),
      textArray(attempts.map((row) => row.status)),
      textArray(attempts.map((row) => row.output)),
      byteaArray(attempts.map((row) => row.outputRef)),
      textArray(attempts.map((row) => row.error)),
      timeArray(attempts.map((row) => row.startedAt)),
      timeArray(attempts.map((row) => row.endedAt)),
      timeArray(attempts.map((row) => row.retryAt)),
    ],
  };
}

function demotedPart({ attempts }: Batch): Part {
  const rows = attempts.filter((row) => row.promoted);
  return {
    name: 'demoted',
    sql: `demoted as (
      delete from started s using gate, unnest(?::uuid[], ?::int4[], ?::int4[])
        t(run_id, node, attempt)
      where s.run_id = t.run_id and s.node = t.node and s.attempt = t.attempt)`,
    values: [
      uuidArray(rows.map((row) => row.runId.bytes)),
      int4Array(rows.map((row) => row.node)),
      int4Array(rows.map((row) => row.attempt)),
    ],
  };
}

function eventsPart({ events }: Batch): Part {
  return {
    name: 'events',
    sql: `noted as (
      insert into run_events (run_id, seq, at, type, body)
      select t.* from gate,
        unnest(?::uuid[], ?::int4[], ?::timestamptz[], ?::text[], ?::text[]) t)`,
    values: [
      uuidArray(events.map((row) => row.runId.bytes)),
      int4Array(events.map((row) => row.seq)),
      timeArray(events.map((row) => row.at)),
      textArray(events.map((row) => row.type)),
      textArray(events.map((row) => JSON.stringify(row.body))),
    ],
  };
}

function startedPart({ started }: Batch): Part {
  return {
    name: 'started',
    sql: `promoted as (
      insert into started (run_id, node, attempt, started_at)
      select t.* from gate, unnest(?::uuid[], ?::int4[], ?::int4[], ?::timestamptz[]) t
      on conflict do nothing)`,
    values: [
      uuidArray(started.map((row) => row.runId.bytes)),
      int4Array(started.map((row) => row.node)),
      int4Array(started.map((row) => row.attempt)),
      timeArray(started.map((row) => row.startedAt)),
    ],
  };
}

function finishParts(rows: readonly Extract<RunUpdate, { kind: 'finish' }>[]): Part[] {
  return [
    {
      name: 'finishes',
      sql: `finished as (
        delete from run_live r using gate, unnest(?::uuid[], ?::int4[], ?::text[], ?::timestamptz[],
          ?::text[]) t(run_id, inbox_seq, end_status, end_at, end_progress)
        where r.run_id = t.run_id and (r.engine = $1) is true and r.inbox_seq = t.inbox_seq
        returning r.*, t.end_status, t.end_at, t.end_progress),
      history as (
        insert into runs (${LIVE_TO_HISTORY}, completed_at, status, progress, version)
        select ${LIVE_TO_HISTORY}, end_at, end_status::run_status, end_progress, version + 1
        from finished),
      unfinished as (
        select run_id from unnest(?::uuid[]) t(run_id)
        where (select count(*) from finished) < cardinality(?::uuid[])
          and not exists (select 1 from finished where finished.run_id = t.run_id))`,
      values: [
        uuidArray(rows.map((row) => row.runId.bytes)),
        int4Array(rows.map((row) => row.inboxSeq)),
        textArray(rows.map((row) => row.status)),
        timeArray(rows.map((row) => row.completedAt)),
        textArray(rows.map((row) => row.progress)),
        uuidArray(rows.map((row) => row.runId.bytes)),
        uuidArray(rows.map((row) => row.runId.bytes)),
      ],
    },
  ];
}

function releasesPart(rows: readonly Extract<RunUpdate, { kind: 'release' }>[]): Part {
  return {
    name: 'releases',
    sql: `released as (
      update run_live r set engine = null, wake_at = t.wake_at, progress = t.progress,
        claim_key = (extract(epoch from t.wake_at) * 1000)::bigint
          + (r.priority - 1) * ${PRIORITY_STEP_MS}
      from gate, unnest(?::uuid[], ?::int4[], ?::timestamptz[], ?::text[])
        t(run_id, inbox_seq, wake_at, progress)
      where r.run_id = t.run_id and (r.engine = $1) is true and r.inbox_seq = t.inbox_seq
      returning r.run_id),
    unreleased as (
      select run_id from unnest(?::uuid[]) t(run_id)
      where not exists (select 1 from released where released.run_id = t.run_id))`,
    values: [
      uuidArray(rows.map((row) => row.runId.bytes)),
      int4Array(rows.map((row) => row.inboxSeq)),
      timeArray(rows.map((row) => row.wakeAt)),
      textArray(rows.map((row) => row.progress)),
      uuidArray(rows.map((row) => row.runId.bytes)),
    ],
  };
}

function progressPart(rows: readonly Extract<RunUpdate, { kind: 'progress' }>[]): Part {
  return {
    name: 'progress',
    sql: `progressed as (
      update run_live r set progress = t.progress, status = t.status::run_status,
        version = r.version + (r.status <> t.status::run_status)::int
      from gate, unnest(?::uuid[], ?::text[], ?::text[]) t(run_id, status, progress)
      where r.run_id = t.run_id and (r.engine = $1) is true)`,
    values: [
      uuidArray(rows.map((row) => row.runId.bytes)),
      textArray(rows.map((row) => row.status)),
      textArray(rows.map((row) => row.progress)),
    ],
  };
}

function consumedPart({ consumed }: Batch): Part {
  return {
    name: 'consumed',
    sql: `consumed as (
      delete from run_inbox i using gate, unnest(?::uuid[], ?::int4[]) t(run_id, seq)
      where i.run_id = t.run_id and i.seq = t.seq)`,
    values: [
      uuidArray(consumed.map((row) => row.runId.bytes)),
      int4Array(consumed.map((row) => row.seq)),
    ],
  };
}

function auditsPart({ audits }: Batch, keyed: boolean): Part {
  return {
    name: keyed ? 'keyed-audits' : 'audits',
    sql: `audited as (
      insert into audit (audit_id, at, actor, action, subject, details, request_id)
      select t.* from gate, unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[], ?::text[],
        ?::text[], ?::text[]) t(audit_id, at, actor, action, subject, details, request_id)
      ${keyed ? 'where t.subject not in (select run_id::text from duplicates)' : ''})`,
    values: [
      uuidArray(audits.map((row) => row.id)),
      timeArray(audits.map((row) => row.at)),
      textArray(audits.map((row) => row.entry.actor)),
      textArray(audits.map((row) => row.entry.action)),
      textArray(audits.map((row) => row.entry.subject)),
      textArray(audits.map((row) => JSON.stringify(row.entry.details))),
      textArray(audits.map((row) => row.entry.requestId)),
    ],
  };
}

function result(names: readonly string[]): string {
  const has = (name: string) => names.includes(name);
  const refused = [
    ...(has('finishes') ? ['select run_id from unfinished'] : []),
    ...(has('releases') ? ['select run_id from unreleased'] : []),
  ].join(' union all ');
  return `select exists (select 1 from fence) as fence, exists (select 1 from gate) as gate,
  ${PREVIOUS} as previous,
  ${has('keys') ? '(select array_agg(run_id::text) from duplicates)' : 'null'} as duplicates,
  ${refused === '' ? 'null' : `(select array_agg(run_id::text) from (${refused}) r)`} as refused`;
}
