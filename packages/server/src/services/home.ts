import { type FailingTask, formatTime, type Home, type NextFiring } from '@tenuto/contract';
import type { Access, FailingTaskRecord, HomeStore, ScheduledTask } from '@tenuto/engine';
import { accessOf, type Caller } from '../auth/principal.ts';
import { type BudgetParts, listBudgets } from './budgets.ts';
import { type CircuitParts, listCircuits } from './circuits.ts';
import { type HealthParts, healthOf } from './health.ts';
import { may } from './needs.ts';
import { type StatsParts, statsSummary } from './run-stats.ts';
import { listRuns } from './runs.ts';
import { scheduleText } from './task-view.ts';

export type HomeParts = StatsParts &
  CircuitParts &
  Pick<BudgetParts, 'budgets'> &
  HealthParts & { readonly home: HomeStore };

const RUNNING = ['running', 'recovering', 'retrying', 'paused'] as const;
const BAD = ['failed', 'timeout', 'aborted'] as const;
const SPAN = { days: 30, hours: 48 } as const;
const RUNS_SHOWN = 8;
const TROUBLES_SHOWN = 5;
const DAY_MS = 86_400_000;
const NONE = { has_runs: null, stats: null, running: null, failures: null, failing_tasks: null };

/** How everything is: those parts that the caller may read, each as its own route would say it. */
export async function readHome(parts: HomeParts, caller: Caller): Promise<Home> {
  const { principal } = caller;
  const access = accessOf(principal);
  const readsRuns = may(principal, 'runs:read');
  const [health, runs, circuits, budgets, next] = await Promise.all([
    healthOf(parts, undefined),
    readsRuns ? runsPart(parts, caller, access) : NONE,
    may(principal, 'jobs:read')
      ? some(listCircuits(parts, caller, { state: 'open', limit: TROUBLES_SHOWN }))
      : null,
    readsRuns ? some(listBudgets(parts, caller, { spent: true, limit: TROUBLES_SHOWN })) : null,
    may(principal, 'tasks:read') ? parts.home.nextTasks(access, RUNS_SHOWN) : null,
  ]);
  return { health, ...runs, circuits, budgets, next: next?.flatMap(nextView) ?? null };
}

async function runsPart(parts: HomeParts, caller: Caller, access: Access) {
  const since = parts.clock.wall() - DAY_MS;
  const shown = { limit: RUNS_SHOWN, include_errors: true };
  const late = { created_after: formatTime(since), status: BAD };
  const [hasRuns, stats, running, failures, failing] = await Promise.all([
    parts.home.hasRuns(access),
    statsSummary(parts, caller, SPAN),
    some(listRuns(parts, caller, { ...shown, status: RUNNING })),
    some(listRuns(parts, caller, { ...shown, ...late })),
    parts.home.failingTasks(access, { since, limit: TROUBLES_SHOWN }),
  ]);
  const tasks = { items: failing.items.map(failingView), total: failing.total };
  return { has_runs: hasRuns, stats, running, failures, failing_tasks: tasks };
}

async function some<Item>(
  list: Promise<{ readonly items: Item[]; readonly total: number }>,
): Promise<{ items: Item[]; total: number }> {
  const { items, total } = await list;
  return { items, total };
}

function failingView(task: FailingTaskRecord): FailingTask {
  const { taskId, title, failures, lastFailedAt } = task;
  return { task_id: taskId, title, failures, last_failed_at: formatTime(lastFailedAt) };
}

function nextView(task: ScheduledTask): NextFiring[] {
  const { taskId, definition, dueAt } = task;
  if (dueAt === null) return [];
  return [
    {
      ...{ task_id: taskId, title: definition.title },
      schedule_description: scheduleText(task),
      next_fire_at: formatTime(dueAt),
    },
  ];
}
