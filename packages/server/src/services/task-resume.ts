import { LIMITS } from '@tenuto/contract';
import {
  type Access,
  decideFirings,
  decideTurn,
  type Firing,
  hasSchedule,
  type Occasion,
  scheduleOf,
  standingOf,
  type TaskChange,
  type TaskRecord,
} from '@tenuto/engine';
import type { TaskParts } from './task-parts.ts';

const DEFAULT_CATCH_UP = 100;

/**
 * The turn by which a paused task goes on: what came due until now and no scheduler has seen is
 * skipped as paused, and what is to be made up for is fired under keys of its own.
 */
export async function resumption(
  parts: TaskParts,
  access: Access,
  task: TaskRecord,
  catchUp: boolean,
): Promise<Pick<TaskChange, 'standing' | 'firings' | 'cancelPrevious'>> {
  const now = await parts.tasks.now();
  const { definition, createdAt } = task;
  const resumed = { status: 'active', pausedAt: null } as const;
  if (!hasSchedule(definition)) {
    return { standing: { ...standingOf(task), ...resumed }, firings: [] };
  }
  const turn = decideTurn(task, { schedule: scheduleOf(definition, createdAt), now });
  const standing = turn?.standing ?? standingOf(task);
  const settled = turn?.firings ?? [];
  const made = catchUp ? await makeUp(parts, access, task, { settled, now }) : [];
  const status = standing.tickAt === null ? ('completed' as const) : resumed.status;
  const lastFiredAt = made.length > 0 ? now : standing.lastFiredAt;
  const cancels = made.length > 0 && definition.overlap_policy === 'cancel_previous';
  return {
    standing: { ...standing, ...resumed, status, lastFiredAt },
    firings: [...settled, ...made],
    ...(cancels && { cancelPrevious: true }),
  };
}

/** Fires for what the pause has swallowed, as many as the misfire policy says. */
async function makeUp(
  parts: TaskParts,
  access: Access,
  task: TaskRecord,
  { settled, now }: { readonly settled: readonly Firing[]; readonly now: number },
): Promise<Firing[]> {
  const { definition, taskId, pausedAt } = task;
  const { misfire_policy: policy = 'fire_once', max_catch_up: most = DEFAULT_CATCH_UP } =
    definition;
  if (policy === 'skip') return [];
  const since = pausedAt ?? now;
  const known = await parts.tasks.missed(access, { taskId, since, most: LIMITS.taskCatchUp });
  const missed = [...known, ...settled.map(({ tick }) => tick)];
  const wanted = missed.slice(policy === 'fire_once' ? -1 : -most);
  const occasions = wanted.map(
    (tick): Occasion => ({
      ...{ key: `catch_up:${tick}`, at: now, tick, dueAt: now, origin: 'catch_up' },
      triggeredBy: `task ${taskId}`,
    }),
  );
  return decideFirings(task, occasions);
}
