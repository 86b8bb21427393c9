import type { JsonObject, Resolution, RunStatus } from '@tenuto/contract';
import type {
  AttemptRow,
  AuditRow,
  CircuitRow,
  EventRow,
  InboxItem,
  OwnedRun,
  PolicySample,
} from '@tenuto/engine';

/** A run's row in `run_live`; times in milliseconds since the epoch. */
export interface LiveRow {
  readonly runId: string;
  readonly planHash: string;
  readonly submission: OwnedRun['submission'];
  readonly createdAt: number;
  readonly scheduledAt: number | undefined;
  startedAt: number | undefined;
  status: RunStatus;
  progress: string | undefined;
  engine: string | undefined;
  claimKey: number;
  wakeAt: number;
  inboxSeq: number;
  version: number;
}

/** A run's row in `runs`: it is over. */
export interface DoneRow {
  readonly runId: string;
  readonly planHash: string;
  readonly submission: OwnedRun['submission'];
  readonly createdAt: number;
  readonly scheduledAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly progress: string | undefined;
  readonly completedAt: number;
  readonly status: RunStatus;
  readonly version: number;
}

export interface Fence {
  epoch: number;
  alive: boolean;
}

export interface StartKey {
  readonly runId: string;
  readonly node: number;
  readonly attempt: number;
}
export interface StartedRow extends StartKey {
  readonly startedAt: number;
}

export interface BatchRow {
  readonly engine: string;
  readonly epoch: number;
  readonly lane: number;
  readonly seq: number;
  readonly floorSeq: number;
  readonly starts: readonly StartKey[];
  readonly at: number;
}

/** What happened to one run, each kind of row by its primary key. */
export interface RunRows {
  readonly attempts: Map<string, AttemptRow>;
  readonly events: Map<number, EventRow>;
  readonly started: Map<string, StartedRow>;
  readonly inbox: Map<number, InboxItem>;
}

/** What waits for a person; the deadline in milliseconds since the epoch. */
export interface InterventionRow {
  readonly id: string;
  readonly runId: string;
  readonly deadlineAt: number | undefined;
  readonly defaultResolution: Resolution;
  state: 'open' | 'assigned' | 'resolved' | 'expired' | 'cancelled';
  resolution: Resolution | undefined;
  resolvedBy: string | undefined;
  version: number;
}

/** The database's tables, as far as an engine knows them. */
export interface Tables {
  /** Fences by engine, then lane. */
  readonly fences: Map<string, Map<number, Fence>>;
  readonly beats: Map<string, number>;
  readonly leases: Map<string, number>;
  readonly stopped: Set<string>;
  readonly batches: Map<string, BatchRow>;
  readonly plans: Map<string, string>;
  readonly live: Map<string, LiveRow>;
  readonly done: Map<string, DoneRow>;
  readonly rows: Map<string, RunRows>;
  /** Runs by owner and idempotency key. */
  readonly keys: Map<string, string>;
  readonly audits: AuditRow[];
  readonly blobs: Map<string, string>;
  /** Recovery sessions by id, and their audit rows, under the names of their columns. */
  readonly recoveries: Map<string, JsonObject>;
  readonly recoveryAudits: JsonObject[];
  readonly interventions: Map<string, InterventionRow>;
  /** The ledger, by run, node and attempt. */
  readonly effects: Map<string, JsonObject>;
  /** What the unique indexes of these tables hold. */
  readonly recoveryKeys: Set<string>;
  readonly circuits: Map<string, ModelCircuit>;
  /** What came of stored retry policies. */
  readonly policySamples: PolicySample[];
}

export interface ModelCircuit extends CircuitRow {
  /** Database time until which the slot of its probe is taken. */
  readonly probeUntil: number | undefined;
}

export function createTables(): Tables {
  return {
    fences: new Map(),
    beats: new Map(),
    leases: new Map(),
    stopped: new Set(),
    batches: new Map(),
    plans: new Map(),
    live: new Map(),
    done: new Map(),
    rows: new Map(),
    keys: new Map(),
    audits: [],
    blobs: new Map(),
    recoveries: new Map(),
    recoveryAudits: [],
    interventions: new Map(),
    effects: new Map(),
    recoveryKeys: new Set(),
    circuits: new Map(),
    policySamples: [],
  };
}

export function rowsOf(tables: Tables, runId: string): RunRows {
  const known = tables.rows.get(runId);
  if (known !== undefined) return known;
  const rows = { attempts: new Map(), events: new Map(), started: new Map(), inbox: new Map() };
  tables.rows.set(runId, rows);
  return rows;
}

export const attemptKey = (node: number, attempt: number) => `${node}/${attempt}`;
export const ownerKey = (owner: string, key: string) => `${owner}\0${key}`;
export const batchKey = (of: Pick<BatchRow, 'engine' | 'epoch' | 'lane'>, seq: number) =>
  `${of.engine}/${of.epoch}/${of.lane}/${seq}`;

const START_BYTES = 22;

/** Reads the starts that a batch carries: run id, node, attempt. */
export function unpackStarts(bytes: Uint8Array): StartKey[] {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts: StartKey[] = [];
  for (let at = 0; at + START_BYTES <= packed.length; at += START_BYTES) {
    const hex = packed.toString('hex', at, at + 16);
    starts.push({
      runId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      node: packed.readUInt32BE(at + 16),
      attempt: packed.readUInt16BE(at + 20),
    });
  }
  return starts;
}
