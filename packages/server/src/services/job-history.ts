import {
  formatTime,
  type HistoryEntry,
  type Json,
  type JsonObject,
  type List,
  RUN_STATUSES,
  type RunStatus,
} from '@tenuto/contract';
import type { Access, EventRecord, RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { shownStatus } from './job-view.ts';
import { listOf, type Paging, pageRequest, positionKey } from './paging.ts';
import type { JobParts } from './services.ts';

/** The changes of a job's status, oldest first. */
export async function listHistory(
  parts: JobParts,
  caller: Caller,
  { jobId, ...paging }: Paging & { readonly jobId: string },
): Promise<List<HistoryEntry>> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const request = pageRequest(paging, positionKey);
  const run = await findJob(parts, access, jobId);
  const entries = await historyOf(parts, access, run);
  const from = request.after === undefined ? request.offset : request.after + 1;
  const items = entries
    .slice(from, from + request.limit)
    .map((entry, i) => [from + i, entry] as const);
  const page = {
    items,
    total: entries.length,
    totalIsEstimate: false,
    hasMore: from + items.length < entries.length,
  };
  return listOf(page, request, {
    codec: positionKey,
    key: ([position]) => position,
    item: ([, entry]) => entry,
  });
}

/** Lines of a run's journal that can tell of a change of its status. */
const TELLING = ['stop', 'transition', 'pause', 'resume', 'recover'];

/**
 * The ordinary way is told by the run's own times; what left it has events. Both as one list.
 */
export async function historyOf(
  { jobs, engine }: Pick<JobParts, 'jobs' | 'engine'>,
  access: Access,
  run: RunRecord,
): Promise<HistoryEntry[]> {
  const events = await jobs.events(access, run.runId, TELLING);
  const first = firstOf(run, events[0]);
  const entries: Change[] = [
    { at: run.createdAt, from: null, to: 'pending', reason: originOf(run) },
    { at: run.createdAt, from: 'pending', to: first },
  ];
  const start = { at: run.startedAt ?? Number.POSITIVE_INFINITY, to: 'running' } as const;
  let started = false;
  for (const event of events) {
    // What happens before the start happens to a run that is held back, say.
    if (!started && event.at >= start.at) {
      entries.push({ ...start, from: entries.at(-1)?.to ?? first });
      started = true;
    }
    const last = entries.at(-1)?.to ?? first;
    const change = changeOf(event, last);
    if (change === undefined) continue;
    entries.push(...endBetween(run, last, { event, change }), change);
  }
  if (!started && run.startedAt !== null) {
    entries.push({ ...start, from: entries.at(-1)?.to ?? first });
  }
  const status = shownStatus(run, engine.live(run.runId));
  const last = entries.at(-1)?.to ?? first;
  if (run.completedAt !== null && last !== status) {
    const why = status === 'failed' || status === 'timeout' ? run.progress?.error : undefined;
    const reason = textOf(objectOf(why)?.message);
    entries.push({ at: run.completedAt, from: last, to: status, reason });
  }
  return entries.map(({ at, from, to, reason, actor }) => ({
    at: formatTime(at),
    from,
    to,
    reason: reason ?? null,
    actor: actor ?? null,
  }));
}

/** What a run began with that others do not. */
function originOf({ input: { forkedFrom } }: RunRecord): string | null {
  if (forkedFrom === undefined) return null;
  const { runId, node, taken } = forkedFrom;
  if (node === null) return `A fork of run ${runId}, from its beginning.`;
  const attempts = taken === 1 ? '1 attempt' : `${taken} attempts`;
  return `A fork of run ${runId} from node ${node}; ${attempts} taken over.`;
}

/** What a run was submitted as; whoever has changed its time has written down what it was before. */
function firstOf({ scheduledAt }: RunRecord, event: EventRecord | undefined): RunStatus {
  const from = event?.type === 'transition' ? statusOf(event.body.from) : undefined;
  if (from === 'queued' || from === 'scheduled') return from;
  return scheduledAt === null ? 'queued' : 'scheduled';
}

interface Change {
  readonly at: number;
  readonly from: RunStatus | null;
  readonly to: RunStatus;
  readonly reason?: string | null;
  readonly actor?: string | null;
}

function changeOf({ at, type, body }: EventRecord, last: RunStatus): Change | undefined {
  const to = statusOf(body.to ?? body.status);
  // Only a transition says where it comes from; elsewhere `from` is another word.
  const from = type === 'transition' ? statusOf(body.from) : undefined;
  // One from elsewhere goes the same way again, after an end that the run's own row told of.
  if (to === undefined || (to === last && (from ?? to) === to)) return undefined;
  const step = objectOf(body.step);
  return {
    at,
    from: from ?? last,
    to,
    reason: textOf(body.reason) ?? textOf(step?.reason),
    actor: textOf(body.actor) ?? textOf(step?.actor),
  };
}

/** An end that the run's own row told of until somebody led the run away from it. */
function endBetween(
  run: RunRecord,
  last: RunStatus,
  { event, change }: { readonly event: EventRecord; readonly change: Change },
): Change[] {
  if (change.from === last || change.from === null) return [];
  const { ended_at: endedAt, error } = event.body;
  const at = typeof endedAt === 'number' ? endedAt : (run.completedAt ?? event.at);
  return [{ at, from: last, to: change.from, reason: textOf(objectOf(error)?.message) }];
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function statusOf(value: Json | undefined): RunStatus | undefined {
  return RUN_STATUSES.find((status) => status === value);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
