/** The parts of a flush that make, change and end the rows of runs. */
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
import type { Part } from './flush-part.ts';
import { samplesPart, samplesText } from './flush-samples.ts';
import { tallyPart } from './flush-tallies.ts';
import { isExpired } from './idempotency.ts';
import { PRIORITY_STEP_MS } from './priority.ts';
import { LIVE_TO_HISTORY, RUN_KIND_CODES } from './run-columns.ts';

export function keysPart(submits: readonly SubmitRow[]): Part {
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

export function submitsPart(submits: readonly SubmitRow[], keyed: boolean): Part {
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

/**
 * The end of a run, and the notice of it: in the same statement, so that no end is missed, whoever
 * dies. The routes of the owners are looked up once a flush, and without any the rows are not looked
 * at again; who was named by the run itself is sent along by the few runs that have named somebody.
 */
export function finishParts(rows: readonly Extract<RunUpdate, { kind: 'finish' }>[]): Part[] {
  const told = rows.some((row) => row.targets !== undefined);
  const wanted = `(exists (select from routed) and exists (select from routed o
    where (o.everyone or o.owner = f.owner) and 'run.' || f.end_status = any(o.events)))`;
  const sampled = rows.some((row) => row.samples !== undefined);
  const types = `${told ? ', ?::text[]' : ''}${sampled ? ', ?::text[]' : ''}`;
  const tally = tallyPart(rows);
  const names = `${told ? ', targets' : ''}${sampled ? ', end_samples' : ''}`;
  return [
    {
      name: told ? 'told-finishes' : 'finishes',
      sql: `finished as (
        delete from run_live r using gate, unnest(?::uuid[], ?::int4[], ?::text[], ?::timestamptz[],
          ?::text[]${types}) t(run_id, inbox_seq, end_status, end_at, end_progress${names})
        where r.run_id = t.run_id and (r.engine = $1) is true and r.inbox_seq = t.inbox_seq
        returning r.*, t.end_status, t.end_at, t.end_progress${names}),
      history as (
        insert into runs (${LIVE_TO_HISTORY}, completed_at, status, progress, version)
        select ${LIVE_TO_HISTORY}, end_at, end_status::run_status, end_progress, version + 1
        from finished),
      routed as materialized (
        select o.owner, o.everyone, o.events from notice_routes o
        where o.owner = any(array(select distinct owner from finished)) or o.everyone),
      noticed as (
        insert into notices (owner, event, run_id, payload, detail, at${told ? ', targets' : ''})
        select f.owner, 'run.' || f.end_status, f.run_id,
          jsonb_build_object('status', f.end_status), f.end_progress, f.end_at
          ${told ? ', f.targets::jsonb' : ''}
        from finished f where ${told ? `f.targets is not null or ${wanted}` : wanted}),
      unfinished as (
        select run_id from unnest(?::uuid[]) t(run_id)
        where (select count(*) from finished) < cardinality(?::uuid[])
          and not exists (select 1 from finished where finished.run_id = t.run_id)),
      ${tally.sql}`,
      values: [
        uuidArray(rows.map((row) => row.runId.bytes)),
        int4Array(rows.map((row) => row.inboxSeq)),
        textArray(rows.map((row) => row.status)),
        timeArray(rows.map((row) => row.completedAt)),
        textArray(rows.map((row) => row.progress)),
        ...(told ? [textArray(rows.map((row) => row.targets))] : []),
        ...(sampled ? [textArray(rows.map(samplesText))] : []),
        uuidArray(rows.map((row) => row.runId.bytes)),
        uuidArray(rows.map((row) => row.runId.bytes)),
        ...tally.values,
      ],
    },
    ...(sampled ? [samplesPart()] : []),
  ];
}

export function releasesPart(rows: readonly Extract<RunUpdate, { kind: 'release' }>[]): Part {
  return {
    name: 'releases',
    sql: `released as (
      update run_live r set engine = null, wake_at = t.wake_at, progress = t.progress,
        status = t.status::run_status,
        version = r.version + (r.status <> t.status::run_status)::int,
        claim_key = (extract(epoch from t.wake_at) * 1000)::bigint
          + (r.priority - 1) * ${PRIORITY_STEP_MS}
      from gate, unnest(?::uuid[], ?::int4[], ?::timestamptz[], ?::text[], ?::text[])
        t(run_id, inbox_seq, wake_at, progress, status)
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
      textArray(rows.map((row) => row.status)),
      uuidArray(rows.map((row) => row.runId.bytes)),
    ],
  };
}

export function progressPart(rows: readonly Extract<RunUpdate, { kind: 'progress' }>[]): Part {
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

export function auditsPart({ audits }: Batch, keyed: boolean): Part {
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
