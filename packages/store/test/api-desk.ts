/** A desk with the store as the API sees it, and runs in the states that tests start from. */
import type { RunStatus } from '@tenuto/contract';
import type {
  AuditEntry,
  Batch,
  FlushResult,
  JobStore,
  RecoveryStore,
  RunId,
} from '@tenuto/engine';
import pg from 'pg';
import { createJobStore } from '../src/job-store.ts';
import { createRecoveryStore } from '../src/recovery-store.ts';
import { type Desk, openDesk } from './desk.ts';
import { batch, newRunId, submitRow } from './rows.ts';

export interface ApiDesk extends Desk {
  readonly jobs: JobStore;
  readonly recoveries: RecoveryStore;
  /** The engine that owns the runs of this desk. */
  readonly owner: { readonly engineId: string; readonly epoch: number };
  /** Commits as that engine. */
  flush(parts: Partial<Batch>): Promise<FlushResult>;
  /** A run that this engine owns. */
  running(over?: Parameters<typeof submitRow>[0]): Promise<OwnedRun>;
  /** A run that waits for being claimed. */
  queued(over?: Parameters<typeof submitRow>[0]): Promise<string>;
  /** A run in the history. */
  ended(status: RunStatus, over?: Parameters<typeof submitRow>[0]): Promise<string>;
  /** The first row that a question gives. */
  one<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<Row>;
  /** How a run that is over has ended. */
  outcome(runId: string): Promise<RunStatus | undefined>;
  audits(subject: string): Promise<{ action: string; actor: string; details: string }[]>;
  events(runId: string): Promise<{ seq: number; type: string; body: Record<string, unknown> }[]>;
  inbox(runId: string): Promise<{ seq: number; type: string; body: Record<string, unknown> }[]>;
}

export interface OwnedRun {
  readonly runId: string;
  readonly id: RunId;
  /** Ends the run as its owner, who has seen so many messages; false when there are more. */
  finish(status: RunStatus, inboxSeq?: number): Promise<boolean>;
}

export const ADMIN = { owner: 'admin', all: true };
export const ANN = { owner: 'ann', all: false };
export const EVE = { owner: 'eve', all: false };

export function auditOf(action: string, subject: string, actor = 'ann'): AuditEntry {
  return { actor, action, subject, details: {}, requestId: 'r-1' };
}

export async function openApiDesk(): Promise<ApiDesk> {
  const desk = await openDesk();
  const pool = new pg.Pool({ ...desk.connection, max: 8 });
  pool.on('error', () => undefined);
  const lines = async (table: string, runId: string) => {
    const rows = await desk.ask<{ seq: number; type: string; body: string }>(
      `select seq, type, body from ${table} where run_id = $1 order by seq`,
      [runId],
    );
    return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as Record<string, unknown> }));
  };
  const { lane, engineId, epoch } = await desk.engine();
  let seq = 0;
  const flush = (parts: Partial<Batch>) => {
    seq += 1;
    return lane.flush(batch(seq, parts));
  };
  async function running(over: Parameters<typeof submitRow>[0] = {}): Promise<OwnedRun> {
    const row = submitRow(over);
    await flush({ submits: [row] });
    return {
      ...{ runId: row.runId.text, id: row.runId },
      async finish(status, inboxSeq = 0) {
        const end = { kind: 'finish', inboxSeq, status, completedAt: Date.now() } as const;
        const progress = JSON.stringify({ counts: { failed: 1 }, error: { type: 'test' } });
        const { refused } = await flush({ updates: [{ ...end, runId: row.runId, progress }] });
        return refused.length === 0;
      },
    };
  }
  return {
    ...desk,
    jobs: createJobStore(pool),
    recoveries: createRecoveryStore(pool),
    owner: { engineId, epoch },
    flush,
    running,
    async queued(over = {}) {
      const row = submitRow({ owned: false, ...over });
      await flush({ submits: [row] });
      return row.runId.text;
    },
    async ended(status, over = {}) {
      const run = await running(over);
      await run.finish(status);
      return run.runId;
    },
    async one<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]) {
      const [row] = await desk.ask<Row>(sql, values);
      if (row === undefined) throw new Error('no row');
      return row;
    },
    outcome: async (runId) => (await desk.store.outcomes([runId]))[0]?.status,
    audits: (subject) =>
      desk.ask('select action, actor, details from audit where subject = $1 order by audit_id', [
        subject,
      ]),
    events: (runId) => lines('run_events', runId),
    inbox: (runId) => lines('run_inbox', runId),
    async close() {
      await pool.end();
      await desk.close();
    },
  };
}

/** Puts an intervention into the database, as the owner of its run would. */
export async function addIntervention(
  { ask }: Desk,
  over: {
    readonly runId: string;
    readonly owner?: string;
    readonly state?: string;
    readonly assignee?: string;
    /** Milliseconds from now; already past when negative. */
    readonly deadlineMs?: number;
    readonly byDefault?: string;
  },
): Promise<string> {
  const id = newRunId().text;
  const { runId, owner = 'ann', state = 'open', assignee = null, byDefault = 'abort' } = over;
  await ask(
    `insert into interventions (intervention_id, run_id, owner, session_id, node, node_id, message,
       state, assignee, opened_at, deadline_at, default_resolution)
     values ($1, $2, $3, $4, 0, 'only', 'what now?', $5, $6, clock_timestamp(),
       clock_timestamp() + make_interval(secs => $7::float8 / 1000), $8)`,
    [id, runId, owner, newRunId().text, state, assignee, over.deadlineMs ?? null, byDefault],
  );
  return id;
}
