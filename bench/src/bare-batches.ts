import { randomBytes } from 'node:crypto';
import { LIMITS } from '@tenuto/contract';
import { type Batch, type Plan, type RunId, runIdOf } from '@tenuto/engine';
import { nodesOf, type Shape, SUBMISSION } from './shape.ts';

const START_BYTES = 22;
const UUID_BYTES = 16;

interface BareRun {
  readonly id: RunId;
  level: number;
  /** Nodes of the level whose ends have not been written. */
  left: number;
}

type BareRecord =
  | { readonly kind: 'submit' | 'finish'; readonly run: BareRun }
  | { readonly kind: 'start' | 'attempt'; readonly run: BareRun; readonly node: number };

export interface BareOptions {
  readonly shape: Shape;
  readonly plan: Plan;
  /** Runs whose rows are in the store already; without them, submits are part of the batches. */
  readonly submitted?: readonly RunId[];
  /** Number of the first batch. */
  readonly firstSeq?: number;
  /** Wall time of the rows, in milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The batches of an engine that takes no time: the rows that the shape's runs need, in an order
 * that keeps to what a journal guarantees (a node starts after its parents' ends are committed),
 * each batch as full as the limits and the runs under way allow.
 */
export function bareBatches(options: BareOptions): Batch[] {
  const { shape, submitted } = options;
  const given = submitted?.values();
  const batches: Batch[] = [];
  let queue: BareRecord[] = [];
  let runs = 0;
  const begin = () => {
    if (runs >= shape.runs) return;
    runs += 1;
    const id = given?.next().value ?? newRunId(options.now + batches.length);
    const run = { id, level: 0, left: 0 };
    if (given === undefined) queue.push({ kind: 'submit', run });
    startLevel(shape, run, queue);
  };
  for (let i = 0; i < shape.outstanding; i += 1) begin();
  while (queue.length > 0) {
    const taken = queue.slice(0, LIMITS.flushRows);
    queue = queue.slice(LIMITS.flushRows);
    batches.push(batchOf(taken, options, batches.length));
    for (const record of taken) {
      if (record.kind === 'start') nodeEnded(shape, record, queue);
      else if (record.kind === 'finish') begin();
    }
  }
  return batches;
}

/** A batch of runs that are only submitted. */
export function submitBatch(
  ids: readonly RunId[],
  row: { readonly plan: Plan; readonly owned: boolean; readonly now: number; readonly seq: number },
): Batch {
  const submits = ids.map((id) => submitRow(id, row));
  return { ...emptyBatch(row.seq), submits };
}

/** An id by UUIDv7 of that millisecond. */
export function newRunId(ms: number): RunId {
  const bytes = randomBytes(UUID_BYTES);
  bytes.writeUIntBE(Math.floor(ms), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return runIdOf(hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
}

function startLevel({ levels }: Shape, run: BareRun, queue: BareRecord[]): void {
  const before = levels.slice(0, run.level).reduce((sum, size) => sum + size, 0);
  const size = levels[run.level] ?? 0;
  run.level += 1;
  run.left = size;
  for (let i = 0; i < size; i += 1) queue.push({ kind: 'start', run, node: before + i });
}

function nodeEnded(
  shape: Shape,
  { run, node }: Extract<BareRecord, { node: number }>,
  queue: BareRecord[],
): void {
  queue.push({ kind: 'attempt', run, node });
  run.left -= 1;
  if (run.left > 0) return;
  if (run.level === shape.levels.length) queue.push({ kind: 'finish', run });
  else startLevel(shape, run, queue);
}

function batchOf(
  records: readonly BareRecord[],
  { plan, shape, now, firstSeq = 1 }: BareOptions,
  index: number,
): Batch {
  const at = now + index;
  const progress = finishProgress(nodesOf({ ...shape, runs: 1 }));
  const submits: Batch['submits'][number][] = [];
  const attempts: Batch['attempts'][number][] = [];
  const updates: Batch['updates'][number][] = [];
  const starts: Uint8Array[] = [];
  for (const record of records) {
    const { id } = record.run;
    if (record.kind === 'submit') submits.push(submitRow(id, { plan, owned: true, now: at }));
    else if (record.kind === 'start') starts.push(startBytes(id, record.node));
    else if (record.kind === 'attempt') attempts.push(attemptRow(id, record.node, at));
    else updates.push({ ...FINISH, runId: id, completedAt: at, progress });
  }
  return {
    ...emptyBatch(firstSeq + index),
    starts: Buffer.concat(starts),
    submits,
    attempts,
    updates,
  };
}

const FINISH = { kind: 'finish', inboxSeq: 0, status: 'completed' } as const;

function emptyBatch(seq: number): Batch {
  return {
    seq,
    floorSeq: seq,
    starts: new Uint8Array(),
    submits: [],
    attempts: [],
    events: [],
    started: [],
    updates: [],
    consumed: [],
    audits: [],
    asides: [],
  };
}

function submitRow(
  runId: RunId,
  { plan, owned, now }: { readonly plan: Plan; readonly owned: boolean; readonly now: number },
): Batch['submits'][number] {
  const status = owned ? 'running' : 'queued';
  return { runId, submission: { ...SUBMISSION, plan }, createdAt: now, status, owned };
}

function attemptRow(runId: RunId, node: number, at: number): Batch['attempts'][number] {
  const times = { startedAt: at, endedAt: at };
  const about = { runId, seq: node + 1, node, attempt: 1, generation: 0, kind: 'work' } as const;
  return { ...about, status: 'completed', ...times, promoted: false };
}

function startBytes({ bytes }: RunId, node: number): Uint8Array {
  const packed = Buffer.alloc(START_BYTES);
  packed.set(bytes);
  packed.writeUInt32BE(node, UUID_BYTES);
  packed.writeUInt16BE(1, UUID_BYTES + 4);
  return packed;
}

/** As the engine writes it at the end of a run. */
function finishProgress(completed: number): string {
  return JSON.stringify({
    counts: { pending: 0, running: 0, completed, failed: 0, skipped: 0 },
  });
}
