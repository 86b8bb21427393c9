import { now } from '../../data/clock.ts';
import { useSomeRuns } from '../../data/runs.ts';

const BAD = ['failed', 'timeout', 'aborted'];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const READ = 50;

/** Runs of the last day that failed, the newest first; one question for all cards that show some. */
export function useLateFailures() {
  // In steps of an hour, so that the question stays the same.
  const since = new Date(Math.floor((now() - DAY_MS) / HOUR_MS) * HOUR_MS).toISOString();
  return useSomeRuns({ status: BAD, created_after: since, limit: READ });
}
