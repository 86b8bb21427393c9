/** Rows and batches of tests, each with nothing in it but what the test says. */
import { randomBytes } from 'node:crypto';
import {
  type AttemptRow,
  type Batch,
  compilePlan,
  type RunId,
  runIdOf,
  type Submission,
  type SubmitRow,
} from '@tenuto/engine';

export const PLAN = compilePlan({ nodes: [{ id: 'only', uses: 'noop' }] });
const START_BYTES = 22;

/** A new run's id (UUIDv7); the time in it decides on the partition. */
export function newRunId(at = Date.now()): RunId {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.floor(at), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return runIdOf([...parts, hex.slice(20)].join('-'));
}

export function submission(over: Partial<Submission> = {}): Submission {
  return {
    plan: PLAN,
    input: { params: {}, maxConcurrentNodes: 10, failFast: false, timeoutMs: 3_600_000 },
    owner: 'ann',
    triggeredBy: 'ann',
    name: 'a run',
    jobType: 'dag',
    kind: 'job',
    priority: 5,
    ...over,
  };
}

export function submitRow(
  over: Partial<Omit<SubmitRow, 'submission'>> & { submission?: Partial<Submission> } = {},
): SubmitRow {
  const { submission: given, ...row } = over;
  const owned = row.owned ?? true;
  return {
    runId: newRunId(),
    createdAt: Date.now(),
    status: owned ? 'running' : 'queued',
    ...row,
    owned,
    submission: submission(given),
  };
}

export function attemptRow(runId: RunId, over: Partial<AttemptRow> = {}): AttemptRow {
  return {
    runId,
    seq: 1,
    node: 0,
    attempt: 1,
    generation: 0,
    kind: 'work',
    status: 'completed',
    output: 'null',
    startedAt: Date.now() - 5,
    endedAt: Date.now(),
    promoted: false,
    ...over,
  };
}

export function batch(seq: number, parts: Partial<Batch> = {}): Batch {
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
    ...parts,
  };
}

/** Starts as they travel in a batch. */
export function packedStarts(
  ...starts: readonly { runId: RunId; node: number; attempt: number }[]
): Uint8Array {
  const packed = Buffer.alloc(starts.length * START_BYTES);
  for (const [i, { runId, node, attempt }] of starts.entries()) {
    packed.set(runId.bytes, i * START_BYTES);
    packed.writeUInt32BE(node, i * START_BYTES + 16);
    packed.writeUInt16BE(attempt, i * START_BYTES + 20);
  }
  return packed;
}

export function auditRow(subject: string) {
  return {
    id: newRunId().bytes,
    at: Date.now(),
    entry: { actor: 'ann', action: 'job.created', subject, details: {} },
  };
}
