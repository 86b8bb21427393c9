import {
  type Batch,
  type FlushResult,
  type RunUpdate,
  StoreFault,
  type SubmitRow,
} from '@tenuto/engine';
import { checkAsides, writeAsides } from './asides.ts';
import { PRIORITY_STEP_MS } from './claim-key.ts';
import type { Rules } from './rules.ts';
import { attemptKey, batchKey, ownerKey, rowsOf, type Tables, unpackStarts } from './tables.ts';

export interface LaneKey {
  readonly engineId: string;
  readonly lane: number;
  readonly epoch: number;
}

export interface FlushOptions {
  /** Database time in milliseconds since the epoch. */
  readonly now: number;
  readonly rules: Rules;
}

/** `copy`: the batch was committed before, and what it did then is for `resolveCopy` to find out. */
export type FlushAnswer = FlushResult & { readonly copy?: true };

/**
 * What the flush statement does, all or nothing.
 * @throws StoreFault `rejected` when a row breaks a constraint
 */
export function applyFlush(
  tables: Tables,
  key: LaneKey,
  batch: Batch,
  { now, rules }: FlushOptions,
): FlushAnswer {
  const fence = tables.fences.get(key.engineId)?.get(key.lane);
  const isOld = fence !== undefined && fence.epoch > key.epoch && !rules.epochsAreExact;
  const stands = fence?.alive === true && (fence.epoch === key.epoch || isOld);
  if (!stands && rules.flushTakesFence) return settled('fenced');
  const place = { engine: key.engineId, epoch: key.epoch, lane: key.lane };
  if (batch.seq > 1 && !tables.batches.has(batchKey(place, batch.seq - 1))) return settled('gap');
  if (tables.batches.has(batchKey(place, batch.seq)) && rules.gateRefusesCopies) {
    return { ...settled('committed'), copy: true };
  }
  const duplicates = duplicatesIn(tables, batch.submits, rules);
  check(tables, batch);
  checkAsides(tables, batch.asides);
  const starts = rules.batchKeepsStarts ? unpackStarts(batch.starts) : [];
  const { seq, floorSeq } = batch;
  tables.batches.set(batchKey(place, seq), { ...place, seq, floorSeq, starts, at: now });
  const refused = batch.updates.flatMap((row) => update(tables, key.engineId, row, rules));
  writeSubmits(tables, key.engineId, batch.submits, duplicates);
  writeJournal(tables, batch);
  writeAsides(tables, batch.asides);
  if (rules.auditIsAtomic) writeAudits(tables, batch, duplicates);
  return { outcome: 'committed', duplicates, refused };
}

/** What a batch that was committed by an earlier copy of itself did. */
export function resolveCopy(
  tables: Tables,
  batch: Batch,
  { engineId, rules }: { readonly engineId: string; readonly rules: Rules },
): FlushResult {
  const duplicates = batch.submits.filter(({ runId, submission: { owner, idempotency } }) => {
    return idempotency && tables.keys.get(ownerKey(owner, idempotency.key)) !== runId.text;
  });
  const refused = batch.updates.filter(
    ({ kind, runId }) => kind !== 'progress' && tables.live.get(runId.text)?.engine === engineId,
  );
  const ids = (rows: readonly (SubmitRow | RunUpdate)[]) => rows.map((row) => row.runId.text);
  return {
    outcome: 'committed',
    duplicates: rules.copyTellsDuplicates ? ids(duplicates) : [],
    refused: rules.copyTellsRefused ? ids(refused) : [],
  };
}

function settled(outcome: FlushResult['outcome']): FlushResult {
  return { outcome, duplicates: [], refused: [] };
}

function duplicatesIn(tables: Tables, submits: readonly SubmitRow[], rules: Rules): string[] {
  const taken = new Set<string>();
  const duplicates: string[] = [];
  for (const { runId, submission } of submits) {
    if (submission.idempotency === undefined || !rules.keysAreUnique) continue;
    const key = ownerKey(submission.owner, submission.idempotency.key);
    if (tables.keys.has(key) || taken.has(key)) duplicates.push(runId.text);
    taken.add(key);
  }
  return duplicates;
}

/** The primary keys: they are checked before anything is written. */
function check(tables: Tables, { attempts, events, submits }: Batch): void {
  const refuse = (table: string, key: unknown) => {
    throw new StoreFault('rejected', `duplicate key in ${table}: ${JSON.stringify(key)}`);
  };
  const ended = new Set<string>();
  for (const { runId, node, attempt } of attempts) {
    const key = `${runId.text}/${attemptKey(node, attempt)}`;
    const known = tables.rows.get(runId.text)?.attempts.has(attemptKey(node, attempt));
    if (known === true || ended.has(key)) refuse('attempts', key);
    ended.add(key);
  }
  for (const { runId, seq } of events) {
    if (tables.rows.get(runId.text)?.events.has(seq)) refuse('run_events', [runId.text, seq]);
  }
  for (const { runId } of submits) {
    if (tables.live.has(runId.text)) refuse('run_live', runId.text);
  }
}

/** Changes a run's row, if the row is as the owner believes it to be; else names it refused. */
function update(tables: Tables, engineId: string, change: RunUpdate, rules: Rules): string[] {
  const runId = change.runId.text;
  const row = tables.live.get(runId);
  const mine = row?.engine === engineId;
  if (change.kind === 'progress') {
    if (row === undefined || !mine) return [];
    row.progress = change.progress;
    if (row.status !== change.status) row.version += 1;
    row.status = change.status;
    return [];
  }
  const asks = change.kind === 'finish' ? rules.finishAsksInbox : rules.releaseAsksInbox;
  if (row === undefined || !mine || (asks && row.inboxSeq !== change.inboxSeq)) return [runId];
  if (change.kind === 'release') {
    row.engine = undefined;
    if (row.status !== change.status) row.version += 1;
    row.status = change.status;
    row.wakeAt = change.wakeAt;
    row.progress = change.progress;
    row.claimKey = Math.floor(change.wakeAt) + (row.submission.priority - 1) * PRIORITY_STEP_MS;
    return [];
  }
  const { planHash, submission, createdAt, scheduledAt, startedAt, version } = row;
  const { status, completedAt, progress } = change;
  const run = { runId, planHash, submission, createdAt, scheduledAt, startedAt };
  const done = { ...run, progress, completedAt, status };
  tables.policySamples.push(...(change.samples ?? []));
  tables.live.delete(runId);
  tables.done.set(runId, { ...done, version: version + 1 });
  return [];
}

function writeSubmits(
  tables: Tables,
  engineId: string,
  submits: readonly SubmitRow[],
  duplicates: readonly string[],
): void {
  for (const { runId, submission, createdAt, status, owned } of submits) {
    if (duplicates.includes(runId.text)) continue;
    const { plan, idempotency, audit: _a, scheduledAt, ...rest } = submission;
    const due = Math.max(createdAt, scheduledAt ?? 0);
    tables.live.set(runId.text, {
      runId: runId.text,
      planHash: plan.hash,
      submission: rest,
      createdAt,
      scheduledAt,
      startedAt: owned ? createdAt : undefined,
      status,
      progress: undefined,
      engine: owned ? engineId : undefined,
      claimKey: Math.round(due + (submission.priority - 1) * PRIORITY_STEP_MS),
      wakeAt: scheduledAt ?? createdAt,
      inboxSeq: 0,
      version: 1,
    });
    if (idempotency) tables.keys.set(ownerKey(submission.owner, idempotency.key), runId.text);
  }
}

function writeJournal(tables: Tables, batch: Batch): void {
  for (const row of batch.attempts) {
    const rows = rowsOf(tables, row.runId.text);
    const key = attemptKey(row.node, row.attempt);
    rows.attempts.set(key, row);
    if (row.promoted) rows.started.delete(key);
  }
  for (const row of batch.events) rowsOf(tables, row.runId.text).events.set(row.seq, row);
  for (const { runId, node, attempt, startedAt } of batch.started) {
    const { started } = rowsOf(tables, runId.text);
    const key = attemptKey(node, attempt);
    if (!started.has(key)) started.set(key, { runId: runId.text, node, attempt, startedAt });
  }
  for (const { runId, seq } of batch.consumed) rowsOf(tables, runId.text).inbox.delete(seq);
}

export function writeAudits(tables: Tables, batch: Batch, duplicates: readonly string[]): void {
  for (const row of batch.audits) {
    if (!duplicates.includes(row.entry.subject)) tables.audits.push(row);
  }
}
