import {
  type BulkAction,
  type BulkAnswer,
  type BulkItem,
  type BulkOutcome,
  type BulkRequest,
  LIMITS,
  OrchestrationError,
} from '@tenuto/contract';
import type { Access, RunFilter, RunSummary } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { type BulkVerdict, doToRun, expectationOf } from './bulk-run.ts';
import { runFilterOf } from './job-list.ts';
import { pageRequest, runKey, writeCursor } from './paging.ts';
import type { JobParts } from './services.ts';

/** Runs found in one look. */
const PAGE = 1_000;
/** Runs changed at once: most connections are for other requests. */
const AT_ONCE = 4;
/** After so long the answer says where to go on: a client that waits for longer may have gone. */
const LONGEST_MS = 10_000;
const ITEMS_SHOWN = 100;

/**
 * Does one thing to all runs that a filter matches, or says what it would do. Sent again it does
 * nothing to those that are so already.
 * @throws OrchestrationError 400
 */
export async function changeRuns(
  parts: JobParts,
  caller: Caller,
  request: BulkRequest,
): Promise<BulkAnswer> {
  const { action, dry_run: dryRun = false, priority } = request;
  if ((action === 'reprioritise') !== (priority !== undefined)) {
    throw invalid('/priority', priority === undefined ? 'is required' : 'goes with reprioritise');
  }
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const { runs, more } = await matching(parts, access, request);
  const results = dryRun
    ? runs.map((run) => itemOf(run, expectationOf(action, run)))
    : await changeAll(parts, access, { caller, request, runs });
  const goesOn = more || results.length < runs.length;
  const next = goesOn ? (results.at(-1)?.run_id ?? null) : null;
  return answerOf({ action, dryRun, next }, results);
}

async function matching(parts: JobParts, access: Access, { filter, cursor }: BulkRequest) {
  const wanted = bulkFilterOf(filter);
  const runs: RunSummary[] = [];
  let { after } = pageRequest({ ...(cursor !== undefined && { cursor }) }, runKey);
  for (;;) {
    const limit = Math.min(PAGE, LIMITS.bulkRuns + 1 - runs.length);
    const page = await parts.jobs.matching(access, wanted, { after, limit });
    runs.push(...page);
    after = page.at(-1)?.runId;
    if (page.length < limit || runs.length > LIMITS.bulkRuns) break;
  }
  return { runs: runs.slice(0, LIMITS.bulkRuns), more: runs.length > LIMITS.bulkRuns };
}

/** @throws OrchestrationError 400 */
function bulkFilterOf({ metadata = {}, ...filter }: BulkRequest['filter']): RunFilter {
  const { kind, profile, task_id: taskId, waiting_for: waitingFor, run_ids: runIds } = filter;
  if (profile !== undefined && (kind ?? 'phased') !== 'phased') {
    throw invalid('/profile', 'goes with runs of the kind phased');
  }
  return {
    ...runFilterOf(filter, Object.entries(metadata)),
    ...(kind !== undefined && { kind }),
    // The name of its profile is the job type of a phased run.
    ...(profile !== undefined && ({ kind: 'phased', jobType: profile } as const)),
    ...(taskId !== undefined && { taskId: taskId.toLowerCase() }),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(runIds !== undefined && { runIds }),
  };
}

interface Work {
  readonly caller: Caller;
  readonly request: BulkRequest;
  readonly runs: readonly RunSummary[];
}

/**
 * A few at a time, from the first on; each is a change of its own, with its own audit row. What there
 * was no time for is left for the next request.
 */
async function changeAll(
  parts: JobParts,
  access: Access,
  { caller, request, runs }: Work,
): Promise<BulkItem[]> {
  const results: BulkItem[] = [];
  const until = parts.clock.mono() + LONGEST_MS;
  let next = 0;
  const worker = async () => {
    while (next < runs.length && (next === 0 || parts.clock.mono() < until)) {
      const i = next++;
      const run = runs[i];
      if (run === undefined) return;
      results[i] = itemOf(run, await tried(() => doToRun(parts, access, { caller, request, run })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** One run's trouble is no reason to stop with the others. */
async function tried(change: () => Promise<BulkVerdict>): Promise<BulkVerdict> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof OrchestrationError)) throw error;
    return { outcome: 'failed', detail: error.message };
  }
}

function itemOf(run: RunSummary, { outcome, detail }: BulkVerdict): BulkItem {
  const { runId, name, status } = run;
  return { run_id: runId, name, status, outcome, detail: detail ?? null };
}

function answerOf(
  {
    action,
    dryRun,
    next,
  }: { readonly action: BulkAction; readonly dryRun: boolean; readonly next: string | null },
  results: readonly BulkItem[],
): BulkAnswer {
  const count = (outcome: BulkOutcome) => results.filter((item) => item.outcome === outcome).length;
  return {
    ...{ action, dry_run: dryRun, matched: results.length },
    next_cursor: next === null ? null : writeCursor(runKey, next),
    outcomes: {
      changed: count('changed'),
      asked: count('asked'),
      unchanged: count('unchanged'),
      refused: count('refused'),
      failed: count('failed'),
    },
    items: results.slice(0, ITEMS_SHOWN),
    failures: results
      .filter(({ outcome }) => outcome === 'refused' || outcome === 'failed')
      .slice(0, ITEMS_SHOWN),
  };
}

function invalid(path: string, message: string): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}
