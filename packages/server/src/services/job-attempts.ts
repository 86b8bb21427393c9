import type { Attempt, List, LogLine } from '@tenuto/contract';
import { formatTime } from '@tenuto/contract';
import type { AttemptRecord, LogFilter } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { errorView, timeView } from './job-view.ts';
import { findNode, idsOf, viewOf } from './node-find.ts';
import { listOf, type Paging, pageRequest, pairKey } from './paging.ts';
import type { JobParts } from './services.ts';

const attemptKey = pairKey('node', 'attempt');
const logKey = pairKey('attempt', 'seq');

/** Attempts that have ended, by node and number; of one node when it is named. */
export async function listAttempts(
  parts: JobParts,
  caller: Caller,
  { jobId, nodeId, ...paging }: Paging & { readonly jobId: string; readonly nodeId?: string },
): Promise<List<Attempt>> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const request = pageRequest(paging, attemptKey);
  const run = await findJob(parts, access, jobId);
  const viewed = await viewOf(parts, access, run);
  const node = nodeId === undefined ? undefined : findNode(viewed, nodeId).index;
  const page = await parts.jobs.attempts(
    access,
    { runId: run.runId, ...(node !== undefined && { node }) },
    request,
  );
  const ids = idsOf(viewed, new Set(page.items.map((attempt) => attempt.node)));
  return listOf(page, request, {
    codec: attemptKey,
    key: (attempt) => attempt,
    item: (attempt) => attemptView(attempt, ids.get(attempt.node) ?? ''),
  });
}

export function attemptView(attempt: AttemptRecord, nodeId: string): Attempt {
  const { startedAt, endedAt } = attempt;
  return {
    node_id: nodeId,
    attempt: attempt.attempt,
    generation: attempt.generation,
    kind: attempt.kind,
    status: attempt.status,
    started_at: timeView(startedAt),
    completed_at: formatTime(endedAt),
    duration_ms: startedAt === null ? null : endedAt - startedAt,
    retry_at: timeView(attempt.retryAt),
    output: attempt.output,
    error: errorView(attempt.error),
  };
}

interface LogQuery extends Paging, LogFilter {
  readonly jobId: string;
  readonly nodeId: string;
}

/** What a node wrote, oldest first unless asked otherwise. */
export async function listLogs(
  parts: JobParts,
  caller: Caller,
  { jobId, nodeId, attempt, from, stream, text, newestFirst, ...paging }: LogQuery,
): Promise<List<LogLine>> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const request = pageRequest(paging, logKey);
  const run = await findJob(parts, access, jobId);
  const node = findNode(await viewOf(parts, access, run), nodeId).index;
  const filter = { attempt, from, stream, text, newestFirst };
  const page = await parts.jobs.logs(access, { runId: run.runId, node, ...filter }, request);
  return listOf(page, request, {
    codec: logKey,
    key: (line) => line,
    item: ({ attempt, seq, at, stream, text }) => ({
      attempt,
      seq,
      at: formatTime(at),
      stream,
      text,
    }),
  });
}
