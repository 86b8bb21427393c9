import {
  formatTime,
  OrchestrationError,
  type RunDetail,
  type RunStatsView,
} from '@tenuto/contract';
import { hoursOf, type RunStats, statsOf, type TallyStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { getRun } from './runs.ts';
import type { JobParts } from './services.ts';
import type { TaskParts } from './task-parts.ts';
import { findTask } from './tasks.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const DIGITS = 10_000;
const TASK_DAYS = 30;
const SUMMARY_DAYS = 7;

export type StatsParts = JobParts & TaskParts & { readonly tallies: TallyStore };

/**
 * The newest run of a task, going on or over.
 * @throws OrchestrationError 404 for no such task, and for one without runs
 */
export async function latestRun(
  parts: StatsParts,
  caller: Caller,
  taskId: string,
): Promise<RunDetail> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const task = await findTask(parts, access, taskId);
  const filter = { kind: 'any', taskId: task.taskId } as const;
  const { items } = await parts.jobs.list(access, filter, { limit: 1, offset: 0 });
  const [run] = items;
  if (run === undefined) {
    throw new OrchestrationError('not_found', `The task ${task.taskId} has no runs yet.`);
  }
  return getRun(parts, caller, run.runId);
}

/**
 * What the runs of a task have come to.
 * @throws OrchestrationError 404
 */
export async function taskStats(
  parts: StatsParts,
  caller: Caller,
  { taskId, days = TASK_DAYS }: { readonly taskId: string; readonly days?: number },
): Promise<RunStatsView> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const task = await findTask(parts, access, taskId);
  const since = firstDay(await parts.tasks.now(), days);
  const tallies = await parts.tallies.tallies(access, { since, taskId: task.taskId });
  return view(statsOf(tallies), { days, task_id: task.taskId, live: task.live });
}

/** What all runs have come to. */
export async function statsSummary(
  parts: StatsParts,
  caller: Caller,
  { days = SUMMARY_DAYS, hours = 0 }: { readonly days?: number; readonly hours?: number },
): Promise<RunStatsView> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const now = await parts.tasks.now();
  const [tallies, found] = await Promise.all([
    parts.tallies.tallies(access, { since: firstDay(now, days) }),
    hours === 0 ? [] : parts.tallies.hours(access, firstHour(now, hours)),
  ]);
  const all = view(statsOf(tallies), { days, task_id: null, live: 0 });
  const byHour = hoursOf(found).map((one) => ({ ...one, hour: formatTime(one.hour) }));
  return { ...all, runs_per_hour: byHour };
}

/** Today is the last of so many days. */
function firstDay(now: number, days: number): string {
  return formatTime(now - (days - 1) * DAY_MS).slice(0, 10);
}

/** The hour that goes on is the last of so many. */
function firstHour(now: number, hours: number): number {
  return (Math.floor(now / HOUR_MS) - (hours - 1)) * HOUR_MS;
}

function view(
  stats: RunStats,
  about: Pick<RunStatsView, 'days' | 'task_id' | 'live'>,
): RunStatsView {
  return {
    ...about,
    ...{ total: stats.runs, completed: stats.completed, failed: stats.failed },
    cancelled: stats.cancelled,
    success_rate: rounded(stats.successRate),
    failure_rate: rounded(stats.failureRate),
    average_duration_seconds: seconds(stats.averageMs),
    p50_duration_seconds: seconds(stats.p50Ms),
    p95_duration_seconds: seconds(stats.p95Ms),
    last_run_at: time(stats.lastAt),
    last_success_at: time(stats.lastSuccessAt),
    last_failure_at: time(stats.lastFailureAt),
    runs_per_day: stats.days.map((day) => ({ ...day })),
    runs_per_hour: [],
  };
}

function rounded(share: number | null): number | null {
  return share === null ? null : Math.round(share * DIGITS) / DIGITS;
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms) / SECOND_MS;
}

function time(ms: number | null): string | null {
  return ms === null ? null : formatTime(ms);
}
