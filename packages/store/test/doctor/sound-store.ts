/** A store with a few runs in which nothing is wrong, for a test to spoil. */
import { type AttemptStatus, formatTime } from '@tenuto/contract';
import { type AuditRow, compilePlan, type Lane, type Plan, type RunId } from '@tenuto/engine';
import type { Desk } from '../desk.ts';
import { attemptRow, batch, newRunId, packedStarts, submitRow } from '../rows.ts';

/** Two nodes one after the other, each tried twice at most, and something to tidy up. */
const NODES = [
  { id: 'a', uses: 'noop', retry: { max_attempts: 2 } },
  { id: 'b', uses: 'noop', needs: ['a'], retry: { max_attempts: 2 } },
  { id: 'tidy', type: 'cleanup' as const, uses: 'noop' },
];
const LIVE_PLAN = compilePlan({ nodes: NODES });
const OVER_PLAN = compilePlan({ nodes: [...NODES, { id: 'c', uses: 'noop', needs: ['a', 'b'] }] });

export interface SoundStore {
  readonly desk: Desk;
  readonly engineId: string;
  /** Owned by the engine; its second node has been started. */
  readonly live: string;
  readonly queued: string;
  /** Completed, with four lines in its journal. */
  readonly over: string;
  ask: Desk['ask'];
  /** Adds a run of the first plan that is over, with these lines as its journal. */
  ended(run: EndedRun): Promise<string>;
}

/** A line of a journal: an attempt that ended, or a stop. */
export type Line =
  | {
      readonly node: number;
      readonly attempt?: number;
      readonly status?: AttemptStatus;
      readonly again?: true;
    }
  | { readonly stop: 'cancelled' };

export interface EndedRun {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly lines: readonly Line[];
  readonly counts: { readonly completed: number; readonly skipped?: number };
  readonly retries?: number;
}

export async function openSoundStore(desk: Desk): Promise<SoundStore> {
  const { engineId, lane } = await desk.engine();
  for (const plan of [LIVE_PLAN, OVER_PLAN]) {
    await desk.store.putPlan(plan.hash, plan.document, plan.nodeCount);
  }
  const flushes = { next: 1 };
  const over = await addEnded({ lane, flushes, plan: OVER_PLAN }, WELL_ENDED);
  const live = submitRow({ submission: { plan: LIVE_PLAN } });
  const queued = submitRow({ owned: false, submission: { plan: LIVE_PLAN } });
  await lane.flush(
    batch(flushes.next++, {
      floorSeq: 1,
      submits: [live, queued],
      audits: [audited(live.runId), audited(queued.runId)],
      attempts: [attemptRow(live.runId)],
      starts: packedStarts({ runId: live.runId, node: 1, attempt: 1 }),
    }),
  );
  await lane.flush(batch(flushes.next++, { floorSeq: 1 }));
  return {
    ...{ desk, engineId, over, live: live.runId.text, queued: queued.runId.text, ask: desk.ask },
    ended: (run) => addEnded({ lane, flushes, plan: LIVE_PLAN }, run),
  };
}

const WELL_ENDED: EndedRun = {
  status: 'completed',
  lines: [{ node: 0 }, { node: 1 }, { node: 3 }, { node: 2 }],
  counts: { completed: 4 },
};

interface Place {
  readonly lane: Lane;
  readonly flushes: { next: number };
  readonly plan: Plan;
}

async function addEnded({ lane, flushes, plan }: Place, run: EndedRun): Promise<string> {
  const row = submitRow({ submission: { plan } });
  const { runId } = row;
  const at = Date.now();
  const events = run.lines.flatMap((line, i) =>
    'stop' in line
      ? [{ runId, seq: i + 1, at, type: 'stop' as const, body: stopBody(line.stop) }]
      : [],
  );
  const attempts = run.lines.flatMap((line, i) =>
    'stop' in line
      ? []
      : [
          attemptRow(runId, {
            ...{ seq: i + 1, node: line.node, attempt: line.attempt ?? 1 },
            ...(line.status !== undefined && { status: line.status }),
            ...(line.again && { status: 'failed', output: undefined, error: ERROR, retryAt: at }),
          }),
        ],
  );
  await lane.flush(
    batch(flushes.next++, {
      floorSeq: 1,
      ...{ submits: [row], audits: [audited(runId)], attempts, events },
    }),
  );
  const { counts, retries = 0, status } = run;
  const progress = {
    counts: { pending: 0, running: 0, failed: 0, skipped: 0, ...counts },
    retries,
  };
  await lane.flush(
    batch(flushes.next++, {
      floorSeq: 1,
      updates: [
        {
          ...{ kind: 'finish', runId, inboxSeq: 0, status, completedAt: at },
          progress: JSON.stringify(progress),
        },
      ],
    }),
  );
  return runId.text;
}

const ERROR = JSON.stringify({ classification: 'transient', type: 'x', message: 'x' });

function stopBody(status: 'cancelled') {
  return { status, grace: true, running: [], reason: formatTime(0) };
}

function audited(runId: RunId): AuditRow {
  const entry = { actor: 'ann', action: 'job.created', subject: runId.text, details: {} };
  return { id: newRunId().bytes, at: Date.now(), entry };
}
