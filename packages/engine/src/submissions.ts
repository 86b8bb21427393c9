/** New runs on their way into the database. */
import { OrchestrationError } from '@tenuto/contract';
import type { Journal } from './journal.ts';
import type { Lanes } from './lanes.ts';
import { createOwned, type Owned } from './owned.ts';
import type { PlanCache } from './plan-cache.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { Submission, SubmitResult } from './ports/engine-api.ts';
import type { StoreFault, SubmitRow } from './ports/store.ts';
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
  readonly cancelTimer: () => void;
  resolve(result: SubmitResult): void;
  reject(error: Error): void;
}

export interface Submissions {
  submit(submission: Submission): Promise<SubmitResult>;
  queueSeen(empty: boolean): void;
  committed(run: Journaled, duplicate: boolean): void;
  /** True when what the database refuses was a submit: its caller is told. */
  poisoned(run: Journaled, fault: StoreFault): boolean;
  rejectAll(): void;
}

export function createSubmissions(ports: SubmissionPorts): Submissions {
  const { clock } = ports;
  const newId = createRunIds(clock, ports.random);
  const auditIds = createRunIds(clock, ports.random);
  const pending = new Map<Journaled, Pending>();
  let queueEmpty = false;

  function submit(submission: Submission): Promise<SubmitResult> {
    if (ports.plans.has(submission.plan.hash)) return store(submission);
    return ports.plans.keep(submission.plan).then(
      () => store(submission),
      (cause: unknown) => Promise.reject(away(cause)),
    );
  }

  function store(submission: Submission): Promise<SubmitResult> {
    const lanes = ports.lanes();
    if (lanes === undefined) return Promise.reject(away());
    if (lanes.backlog() > BACKLOG_MOST) return Promise.reject(overloaded());
    const createdAt = clock.wall();
    const later = (submission.scheduledAt ?? 0) > createdAt;
    const owns = queueEmpty && !later && ports.mayOwn();
    const status = owns ? 'running' : later ? 'scheduled' : 'queued';
    // Whoever comes next must not overtake this one.
    if (status === 'queued') queueEmpty = false;
    const row: SubmitRow = { runId: newId(), submission, createdAt, status, owned: owns };
    const journal = lanes.pick();
    const owned = owns ? ownedOf(row, journal) : undefined;
    const run: Journaled = owned ?? { id: row.runId, queue: [] };
    return new Promise((resolve, reject) => {
      const cancelTimer = clock.after(ANSWER_WITHIN_MS, () => reject(away()));
      pending.set(run, { row, owned, cancelTimer, resolve, reject });
      journal.append({ kind: 'submit', run, row });
      if (submission.audit !== undefined) {
        const entry = { ...submission.audit, subject: row.runId.text };
        const audit = { id: auditIds().bytes, at: createdAt, entry };
        journal.append({ kind: 'audit', run, row: audit });
      }
      if (owned !== undefined) ports.begin(owned);
    });
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

  function settle(run: Journaled): Pending | undefined {
    const submitted = pending.get(run);
    pending.delete(run);
    submitted?.cancelTimer();
    return submitted;
  }

  return {
    submit,
    queueSeen(empty) {
      queueEmpty = empty;
    },
    committed(run, duplicate) {
      const submitted = settle(run);
      if (submitted === undefined) return;
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
    },
    poisoned(run, fault) {
      const submitted = settle(run);
      if (submitted === undefined) return false;
      if (submitted.owned !== undefined) ports.drop(submitted.owned);
      submitted.reject(
        new OrchestrationError('unprocessable', `The database refused the run: ${fault.message}`),
      );
      return true;
    },
    rejectAll() {
      for (const submitted of pending.values()) {
        submitted.cancelTimer();
        submitted.reject(away());
      }
      pending.clear();
    },
  };
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
