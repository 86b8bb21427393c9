import {
  formatTime,
  type HistoryEntry,
  type Json,
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

/**
 * The ordinary way is told by the run's own times; what left it has events. Both as one list.
 */
export async function historyOf(
  { jobs, engine }: Pick<JobParts, 'jobs' | 'engine'>,
  access: Access,
  run: RunRecord,
): Promise<HistoryEntry[]> {
  const events = await jobs.events(access, run.runId, ['stop', 'transition']);
  const first: RunStatus = run.scheduledAt === null ? 'queued' : 'scheduled';
  const entries: Change[] = [
    { at: run.createdAt, from: null, to: 'pending' },
    { at: run.createdAt, from: 'pending', to: first },
  ];
  if (run.startedAt !== null) entries.push({ at: run.startedAt, from: first, to: 'running' });
  for (const event of events) {
    const change = changeOf(event, entries.at(-1)?.to ?? first);
    if (change !== undefined) entries.push(change);
  }
  const status = shownStatus(run, engine.live(run.runId));
  const last = entries.at(-1)?.to ?? first;
  if (run.completedAt !== null && last !== status) {
    entries.push({ at: run.completedAt, from: last, to: status });
  }
  return entries.map(({ at, from, to, reason, actor }) => ({
    at: formatTime(at),
    from,
    to,
    reason: reason ?? null,
    actor: actor ?? null,
  }));
}

interface Change {
  readonly at: number;
  readonly from: RunStatus | null;
  readonly to: RunStatus;
  readonly reason?: string | null;
  readonly actor?: string | null;
}

function changeOf({ at, body }: EventRecord, from: RunStatus): Change | undefined {
  const to = statusOf(body.to ?? body.status);
  if (to === undefined || to === from) return undefined;
  return {
    at,
    from: statusOf(body.from) ?? from,
    to,
    reason: textOf(body.reason),
    actor: textOf(body.actor),
  };
}

function statusOf(value: Json | undefined): RunStatus | undefined {
  return RUN_STATUSES.find((status) => status === value);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
