/** New runs on their way into the database. */
import { OrchestrationError } from '@tenuto/contract';
import type { Journal } from './journal.ts';
import type { Lanes } from './lanes.ts';
import { createOwned, type Owned } from './owned.ts';
import type { PlanCache } from './plan-cache.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { Submission, SubmitResult } from './ports/engine-api.ts';
import type { RunId, StoreFault, SubmitRow } from './ports/store.ts';
import type { Journaled } from './record.ts';
import { createRun } from './run/index.ts';
import { createRunIds } from './run-id.ts';

/** With more than this many records waiting, the journal cannot keep up: say so early. */
const BACKLOG_MOST = 50_000;
/** After this long without a commit the caller is told that the database is away. */
const ANSWER_WITHIN_MS = 15_000;

export interface SubmissionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly plans: PlanCache;
  mayOwn(): boolean;
  lanes(): Lanes | undefined;
  /** Lets a run go that this engine owns from the start. */
  begin(owned: Owned): void;
  drop(owned: Owned): void;
  /** The run's row is in the database. */
  stored(owned: Owned): void;
  /** The run's row is in the database for any engine to claim. */
  queued(): void;
}

interface Pending {
  readonly row: SubmitRow;
  readonly owned: Owned | undefined;
  /** Monotonic time of its arrival. */
  readonly at: number;
  resolve(result: SubmitResult): void;
  reject(error: Error): void;
}

export interface Submissions {
  submit(submission: Submission): Promise<SubmitResult>;
  /** What the last look at the queue found. */
  queueSeen(empty: boolean): void;
  readonly queueEmpty: boolean;
  committed(run: Journaled, duplicate: boolean): void;
  /** True when what the database refuses was a submit: its caller is told. */
  poisoned(run: Journaled, fault: StoreFault): boolean;
  /** Answers those that have waited for too long: their runs may or may not come to be stored. */
  answerLate(): void;
  rejectAll(): void;
}

/** What is under way, and whether a new run may start here at once. */
interface State {
  readonly ports: SubmissionPorts;
  readonly newRunId: () => RunId;
  readonly newAuditId: () => RunId;
  /** In the order of their arrival. */
  readonly pending: Map<Journaled, Pending>;
  queueEmpty: boolean;
}

export function createSubmissions(ports: SubmissionPorts): Submissions {
  const { clock, random } = ports;
  const state: State = {
    ports,
    newRunId: createRunIds(clock, random),
    newAuditId: createRunIds(clock, random),
    pending: new Map(),
    queueEmpty: false,
  };
  return {
    submit: (submission) => submit(state, submission),
    queueSeen(empty) {
      state.queueEmpty = empty;
    },
    get queueEmpty() {
      return state.queueEmpty;
    },
    committed: (run, duplicate) => committed(state, run, duplicate),
    poisoned: (run, fault) => poisoned(state, run, fault),
    answerLate() {
      const since = clock.mono() - ANSWER_WITHIN_MS;
      for (const submitted of state.pending.values()) {
        if (submitted.at > since) break;
        submitted.reject(away());
      }
    },
    rejectAll() {
      for (const submitted of state.pending.values()) submitted.reject(away());
      state.pending.clear();
    },
  };
}

function submit(state: State, submission: Submission): Promise<SubmitResult> {
  const { plans } = state.ports;
  if (plans.has(submission.plan.hash)) return store(state, submission);
  return plans.keep(submission.plan).then(
    () => store(state, submission),
    (cause: unknown) => Promise.reject(away(cause)),
  );
}

function store(state: State, submission: Submission): Promise<SubmitResult> {
  const { ports, pending } = state;
  const lanes = ports.lanes();
  if (lanes === undefined) return Promise.reject(away());
  if (lanes.backlog() > BACKLOG_MOST) return Promise.reject(overloaded());
  const row = submitRow(state, submission);
  // Whoever comes next must not overtake this one.
  if (row.status === 'queued') state.queueEmpty = false;
  const journal = lanes.pick();
  const owned = row.owned ? ownedOf(row, journal) : undefined;
  const run: Journaled = owned ?? { id: row.runId, queue: [] };
  return new Promise((resolve, reject) => {
    pending.set(run, { row, owned, at: ports.clock.mono(), resolve, reject });
    journal.append({ kind: 'submit', run, row });
    if (submission.audit !== undefined) {
      const entry = { ...submission.audit, subject: row.runId.text };
      const audit = { id: state.newAuditId().bytes, at: row.createdAt, entry };
      journal.append({ kind: 'audit', run, row: audit });
    }
    if (owned !== undefined) ports.begin(owned);
  });
}

/** A run starts here at once when nobody waits before it and there is room. */
function submitRow({ ports, newRunId, queueEmpty }: State, submission: Submission): SubmitRow {
  const createdAt = ports.clock.wall();
  const later = (submission.scheduledAt ?? 0) > createdAt;
  const owned = queueEmpty && !later && ports.mayOwn();
  const status = owned ? 'running' : later ? 'scheduled' : 'queued';
  return { runId: newRunId(), submission, createdAt, status, owned };
}

function ownedOf({ runId, submission, createdAt }: SubmitRow, journal: Journal): Owned {
  const run = createRun({
    id: runId.text,
    plan: submission.plan,
    input: submission.input,
    facts: { name: submission.name, owner: submission.owner, createdAt },
  });
  return createOwned({ id: runId, run, journal, startedAt: createdAt });
}

function committed({ ports, pending }: State, run: Journaled, duplicate: boolean): void {
  const submitted = pending.get(run);
  if (submitted === undefined) return;
  pending.delete(run);
  const { row, owned } = submitted;
  if (duplicate) {
    if (owned !== undefined) ports.drop(owned);
    submitted.resolve({ duplicate: true });
    return;
  }
  if (owned !== undefined) {
    owned.stored = true;
    ports.stored(owned);
  } else if (row.status === 'queued') {
    ports.queued();
  }
  submitted.resolve({ duplicate: false, runId: row.runId.text, status: row.status });
}

function poisoned({ ports, pending }: State, run: Journaled, fault: StoreFault): boolean {
  const submitted = pending.get(run);
  if (submitted === undefined) return false;
  pending.delete(run);
  if (submitted.owned !== undefined) ports.drop(submitted.owned);
  const detail = `The database refused the run: ${fault.message}`;
  submitted.reject(new OrchestrationError('unprocessable', detail));
  return true;
}

function away(cause?: unknown): OrchestrationError {
  const detail =
    'The run was not confirmed as stored. Send it again with the same Idempotency-Key shortly.';
  return new OrchestrationError('store_unavailable', detail, { retryAfterSeconds: 2, cause });
}

function overloaded(): OrchestrationError {
  const detail = 'More is coming in than the database can store; send the run again shortly.';
  return new OrchestrationError('overloaded', detail, { retryAfterSeconds: 1 });
}
