import {
  type BackfillTask,
  formatTime,
  LIMITS,
  OrchestrationError,
  type TaskOperation,
} from '@tenuto/contract';
import {
  fired,
  hasSchedule,
  type Occasion,
  queued,
  type Schedule,
  scheduleOf,
  standingOf,
  type TaskRecord,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { taskState } from './task-change.ts';
import { madeBefore, onceUnder } from './task-once.ts';
import { answer, changed, fire, type Once } from './task-operations.ts';
import type { TaskParts } from './task-parts.ts';
import { findTask, refuseWhenFull, timeIn } from './tasks.ts';

const RUNS_TOLD = 100;

/**
 * Makes the runs that a task would have made in a past range, under keys of their own; where runs
 * of the task must not overlap, one after the other.
 * @throws OrchestrationError 404, 409 for a task that is cancelled, 422 for a range that is none
 */
export async function backfillTask(
  parts: TaskParts,
  caller: Caller,
  { taskId, body, key }: Once<BackfillTask>,
): Promise<TaskOperation> {
  const range = { from: timeIn(body.from, '/from'), to: timeIn(body.to, '/to') };
  const dryRun = body.dry_run ?? false;
  if (dryRun) {
    const access = authorize(caller.principal, 'tasks:update', 'tasks');
    const task = await findTask(parts, access, taskId);
    const ticks = ticksIn(task, range, await parts.tasks.now());
    return answer(task, `${ticks.length} runs would be made.`, {
      ...{ dry_run: true, firings: ticks.length },
      ticks: ticks.slice(0, LIMITS.previewFirings).map(formatTime),
    });
  }
  refuseWhenFull(parts);
  const backfillId = parts.newId();
  const once = onceUnder(parts, caller, key, ['backfill', taskId, body]);
  const before = await once.used();
  if (before !== undefined) return madeBefore(parts, caller, taskId, before);
  let waits = 0;
  const done = await fire(parts, caller, taskId, async (task) => {
    await once.refuse();
    const now = await parts.tasks.now();
    const occasions = ticksIn(task, range, now).map(
      (tick): Occasion => ({
        ...{ key: `backfill:${backfillId}:${tick}`, at: now, tick, dueAt: now },
        ...{ origin: 'backfill', triggeredBy: caller.principal.actor },
      }),
    );
    const firings = occasions.map((occasion, i) => withoutKey(firingOf(task, occasion, i)));
    waits = firings.filter(({ outcome }) => outcome === 'queued').length;
    const details = { ...body, firings: firings.length };
    return changed(caller, task, 'backfilled', {
      ...{ standing: standingOf(task), firings, details, ...once.remember },
    });
  });
  const skipped = done.firings - done.runIds.length - waits;
  const more = [
    ...(waits > 0 ? [`, ${waits} wait`] : []),
    ...(skipped > 0 ? [`, ${skipped} are skipped because of the quota`] : []),
  ];
  const message = `${done.runIds.length} runs have been made${more.join('')}.`;
  const run_ids = [...done.runIds].slice(0, RUNS_TOLD);
  return answer(done.task, message, { firings: done.firings, run_ids });
}

function firingOf(task: TaskRecord, occasion: Occasion, run: number) {
  const { overlap_policy: overlap = 'allow', concurrency_key: key } = task.definition;
  if (key !== undefined) return queued(task, occasion, 'concurrency');
  return overlap === 'allow' ? fired(task, occasion, run) : queued(task, occasion, 'overlap');
}

/** What is asked for is not a firing too many. */
function withoutKey({ dedupe: _dedupe, ...firing }: ReturnType<typeof fired>) {
  return firing;
}

function ticksIn(
  task: TaskRecord,
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
): number[] {
  const { definition, createdAt, status } = task;
  if (status === 'cancelled') throw taskState(task, 'backfilled');
  if (!hasSchedule(definition)) throw refused('/from', 'has no meaning: the task has no schedule');
  if (to < from) throw refused('/to', 'is before from');
  if (to > now) throw refused('/to', 'is in the future');
  // Before the task was made a bare rule has no beginning of its own: it begins with the range.
  const split = Math.max(from, Math.min(createdAt, to + 1));
  const before = split === from ? [] : between(scheduleOf(definition, from), from, split - 1);
  const after = split > to ? [] : between(scheduleOf(definition, createdAt), split, to);
  const ticks = [...before, ...after];
  if (ticks.length <= LIMITS.backfillFirings) return ticks;
  throw refused('/to', `is too far: more than ${LIMITS.backfillFirings} firings`);
}

/** Both ends included; not many more than may be made. */
function between(schedule: Schedule, from: number, to: number): number[] {
  return schedule.between(from, to, LIMITS.backfillFirings + 1).map(({ at }) => at);
}

function refused(path: string, message: string): OrchestrationError {
  return new OrchestrationError('unprocessable', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}
