/**
 * The flush statement: everything that one batch commits, in one statement that takes the lane's
 * fence. Every part that writes joins `gate`, which is empty when the lane is fenced off, when the
 * batch was committed before, or when the batch before it is missing.
 *
 * Rows of `run_live` are found by their id: `(engine = $1) is true` keeps the planner from walking
 * the index on the engine once for every row of a batch.
 */
import type { Batch } from '@tenuto/engine';
import { asideParts } from './flush-asides.ts';
import {
  attemptsPart,
  consumedPart,
  demotedPart,
  eventsPart,
  startedPart,
} from './flush-journal.ts';
import type { Part } from './flush-part.ts';
import {
  auditsPart,
  finishParts,
  keysPart,
  progressPart,
  releasesPart,
  submitsPart,
} from './flush-runs.ts';

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
  'told-finishes': 'F',
  samples: 'P',
  releases: 'r',
  progress: 'p',
  consumed: 'c',
  'keyed-audits': 'U',
  audits: 'u',
  recovery: 'R',
  recovery_audit: 'A',
  intervention: 'i',
  intervention_closed: 'I',
  effect: 'x',
  effect_ended: 'X',
  'marked-attempts': 'm',
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
    ...asideParts(batch.asides),
  ];
}

function result(names: readonly string[]): string {
  const has = (name: string) => names.includes(name);
  const refused = [
    ...(has('finishes') || has('told-finishes') ? ['select run_id from unfinished'] : []),
    ...(has('releases') ? ['select run_id from unreleased'] : []),
  ].join(' union all ');
  return `select exists (select 1 from fence) as fence, exists (select 1 from gate) as gate,
  ${PREVIOUS} as previous,
  ${has('keys') ? '(select array_agg(run_id::text) from duplicates)' : 'null'} as duplicates,
  ${refused === '' ? 'null' : `(select array_agg(run_id::text) from (${refused}) r)`} as refused`;
}
