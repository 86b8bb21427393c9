import { now } from '../../data/clock.ts';
import { useSomeRuns } from '../../data/runs.ts';

const BAD = ['failed', 'timeout', 'aborted'];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const READ = 200;

/** In steps of an hour, so that the question stays the same. */
const yesterday = () => new Date(Math.floor((now() - DAY_MS) / HOUR_MS) * HOUR_MS).toISOString();

/** Runs of the last day that failed, the newest first. */
export function useLateFailures(limit: number) {
  return useSomeRuns({ status: BAD, created_after: yesterday(), limit });
}

/** The same of runs that tasks have made, as many as one page has. */
export function useFailuresOfTasks() {
  return useSomeRuns({ kind: 'task', status: BAD, created_after: yesterday(), limit: READ });
}
