/** Counts, rates and durations from tallies of runs. */
import type { RunStatus } from '@tenuto/contract';
import type { RunHour, RunTally } from '../ports/tally-store.ts';

/** Buckets each time a duration doubles: those in one are alike by a ninth. */
const BUCKETS_AN_OCTAVE = 8;

/** The bucket of a duration in milliseconds. */
export function bucketOf(ms: number): number {
  return Math.floor(BUCKETS_AN_OCTAVE * Math.log2(ms + 1));
}

/** A duration in the middle of a bucket, in milliseconds. */
export function durationIn(bucket: number): number {
  return 2 ** ((bucket + 0.5) / BUCKETS_AN_OCTAVE) - 1;
}

export interface RunStats {
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of the runs that were not cancelled; null without any. */
  readonly successRate: number | null;
  readonly failureRate: number | null;
  /** Milliseconds, of runs that started. */
  readonly averageMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Milliseconds since the epoch. */
  readonly lastAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  /** By day, oldest first. */
  readonly days: readonly { day: string; runs: number; completed: number; failed: number }[];
}

const FAILED: ReadonlySet<RunStatus> = new Set(['failed', 'timeout', 'aborted']);

export function statsOf(tallies: readonly RunTally[]): RunStats {
  const counted = (which: (status: RunStatus) => boolean) =>
    tallies.reduce((sum, one) => sum + (which(one.status) ? one.runs : 0), 0);
  const completed = counted((status) => status === 'completed');
  const failed = counted((status) => FAILED.has(status));
  const told = completed + failed;
  const started = tallies.filter(({ bucket }) => bucket >= 0);
  const timed = started.reduce((sum, { runs }) => sum + runs, 0);
  const total = started.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    ...{ runs: counted(() => true), completed, failed },
    cancelled: counted((status) => status === 'cancelled'),
    successRate: told === 0 ? null : completed / told,
    failureRate: told === 0 ? null : failed / told,
    averageMs: timed <= 0 ? null : total / timed,
    p50Ms: quantile(started, 0.5),
    p95Ms: quantile(started, 0.95),
    lastAt: lastOf(tallies, () => true),
    lastSuccessAt: lastOf(tallies, (status) => status === 'completed'),
    lastFailureAt: lastOf(tallies, (status) => FAILED.has(status)),
    days: daysOf(tallies),
  };
}

/** Exact to the width of a bucket. */
function quantile(tallies: readonly RunTally[], share: number): number | null {
  const counts = new Map<number, number>();
  let all = 0;
  for (const { bucket, runs } of tallies) {
    counts.set(bucket, (counts.get(bucket) ?? 0) + runs);
    all += runs;
  }
  if (all <= 0) return null;
  let left = Math.ceil(all * share);
  for (const [bucket, runs] of [...counts].toSorted(([a], [b]) => a - b)) {
    left -= runs;
    if (left <= 0) return durationIn(bucket);
  }
  return null;
}

function lastOf(
  tallies: readonly RunTally[],
  which: (status: RunStatus) => boolean,
): number | null {
  const found = tallies.filter(({ status, runs }) => runs > 0 && which(status));
  return found.length === 0 ? null : Math.max(...found.map(({ lastAt }) => lastAt));
}

function daysOf(tallies: readonly RunTally[]): RunStats['days'] {
  const days = new Map<string, { day: string; runs: number; completed: number; failed: number }>();
  for (const { day, status, runs } of tallies) {
    const known = days.get(day) ?? { day, runs: 0, completed: 0, failed: 0 };
    known.runs += runs;
    if (status === 'completed') known.completed += runs;
    if (FAILED.has(status)) known.failed += runs;
    days.set(day, known);
  }
  return [...days.values()]
    .filter(({ runs }) => runs > 0)
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

/** Hours with what their runs came to, oldest first; hours without runs are left out. */
export function hoursOf(
  found: readonly RunHour[],
): readonly { hour: number; runs: number; completed: number; failed: number }[] {
  const hours = new Map<
    number,
    { hour: number; runs: number; completed: number; failed: number }
  >();
  for (const { hour, status, runs } of found) {
    const sum = hours.get(hour) ?? { hour, runs: 0, completed: 0, failed: 0 };
    sum.runs += runs;
    if (status === 'completed') sum.completed += runs;
    if (FAILED.has(status)) sum.failed += runs;
    hours.set(hour, sum);
  }
  return [...hours.values()].toSorted((a, b) => a.hour - b.hour);
}
