/** What a scheduler does about a task whose firing is due: decided from where the task stands. */
import { LIMITS, type OverlapPolicy } from '@tenuto/contract';
import type { Firing, ScheduledTask, TaskStanding, TaskTurn } from '../ports/task-store.ts';
import type { Schedule } from '../schedule/index.ts';
import { coalesced, fired, type Occasion, queued, skipped, tickOf } from './firing.ts';
import { type DueTick, judgeTicks } from './misfire.ts';
import { jitterOf } from './task-schedule.ts';

/** Ticks that one turn settles; a task that is further behind has another turn at once. */
const TICKS_A_TURN = 5_000;
const DEFAULT_CATCH_UP = 100;

export interface TurnOptions {
  readonly schedule: Schedule;
  /** Milliseconds since the epoch by the database's clock. */
  readonly now: number;
}

/** The next turn of a task with a schedule; undefined when nothing of it is due. */
export function decideTurn(task: ScheduledTask, options: TurnOptions): TaskTurn | undefined {
  const { taskId, turn } = task;
  if (task.tickAt === null || task.dueAt === null || task.dueAt > options.now) return undefined;
  const due = dueTicks(task, options);
  const firings =
    task.status === 'paused'
      ? [...due.snoozed, ...due.ticks].map((one) => skipped(occasionOf(task, one), 'paused'))
      : [
          ...due.snoozed.map((one) => skipped(occasionOf(task, one), 'snoozed')),
          ...settle(task, due, options.now),
        ];
  const runs = firings.filter(({ outcome }) => outcome === 'fired').length;
  const waiting = firings.filter(({ outcome }) => outcome === 'queued').length;
  return {
    ...{ taskId, turn, firings },
    standing: standingAfter(task, { next: due.next, made: runs + waiting, now: options.now }),
    ...(runs > 0 && cancels(task) && { cancelPrevious: true }),
  };
}

function cancels({ definition, live }: ScheduledTask): boolean {
  return definition.overlap_policy === 'cancel_previous' && live > 0;
}

const occasionOf = (task: ScheduledTask, { tick, dueAt }: DueTick) => tickOf(task, tick, dueAt);

interface DueTicks {
  /** In their order. */
  readonly ticks: readonly DueTick[];
  /** Those that a snooze of the one before them has swallowed. */
  readonly snoozed: readonly DueTick[];
  /** The first that is not due yet. */
  readonly next: DueTick | undefined;
  /** More are due than a turn settles. */
  readonly more: boolean;
}

function dueTicks(task: ScheduledTask, { schedule, now }: TurnOptions): DueTicks {
  const { taskId, definition } = task;
  const first = { tick: task.tickAt ?? 0, dueAt: task.dueAt ?? 0 };
  const ticks: DueTick[] = [first];
  const snoozed: DueTick[] = [];
  const after = (tick: number): DueTick | undefined => {
    const at = schedule.after(tick)?.at;
    return at === undefined ? at : { tick: at, dueAt: at + jitterOf(taskId, at, definition) };
  };
  let next = after(first.tick);
  while (next !== undefined && ticks.length + snoozed.length < TICKS_A_TURN) {
    if (task.snoozed && next.tick <= first.dueAt) snoozed.push(next);
    else if (next.dueAt <= now) ticks.push(next);
    else return { ticks, snoozed, next, more: false };
    next = after(next.tick);
  }
  if (next === undefined || next.dueAt > now) return { ticks, snoozed, next, more: false };
  return heldBack({ ticks, snoozed, next, more: true });
}

/** The newest may be made up for one by one: only the turn that sees the last can tell. */
function heldBack(due: DueTicks): DueTicks {
  const settled = Math.max(1, due.ticks.length - LIMITS.taskCatchUp);
  return { ...due, ticks: due.ticks.slice(0, settled), next: due.ticks[settled] ?? due.next };
}

/** What comes of the ticks of an active task. */
function settle(task: ScheduledTask, { ticks, more }: DueTicks, now: number): Firing[] {
  const { definition } = task;
  const policy = definition.misfire_policy ?? 'fire_once';
  if (more) {
    return ticks.map((one) => {
      const occasion = occasionOf(task, one);
      return policy === 'fire_once' ? coalesced(occasion, undefined) : skipped(occasion, 'misfire');
    });
  }
  const maxCatchUp = definition.max_catch_up ?? DEFAULT_CATCH_UP;
  const verdicts = judgeTicks(ticks, { now, policy, maxCatchUp });
  const firings: Firing[] = [];
  const waits: Occasion[] = [];
  const lane = createLane(task, verdicts.filter((verdict) => verdict === 'fire').length);
  ticks.forEach((one, i) => {
    if (lane.over()) return;
    const occasion = occasionOf(task, one);
    if (verdicts[i] === 'skip') firings.push(skipped(occasion, 'misfire'));
    else if (verdicts[i] === 'coalesce') waits.push(occasion);
    else {
      const firing = lane.next(occasion);
      firings.push(...waits.splice(0).map((waiting) => coalesced(waiting, firing.run)), firing);
    }
  });
  return firings;
}

/** Fires one after another, each beside what those before it have begun. */
function createLane(task: ScheduledTask, wanted: number) {
  const { definition, live, queued: queue, fired: before } = task;
  const policy: OverlapPolicy = definition.overlap_policy ?? 'allow';
  const left = (definition.max_runs ?? Number.POSITIVE_INFINITY) - before;
  let ahead = live + queue;
  let waiting = queue;
  let runs = 0;
  let made = 0;
  let asked = 0;
  const wait = (occasion: Occasion, reason: 'overlap' | 'concurrency') => {
    if (waiting >= LIMITS.taskQueue) return skipped(occasion, reason);
    waiting += 1;
    ahead += 1;
    made += 1;
    return queued(task, occasion, reason);
  };
  return {
    /** Whether the task has had all the runs that it may have. */
    over: () => made >= left,
    next(occasion: Occasion): Firing {
      asked += 1;
      if (policy === 'skip' && ahead > 0) return skipped(occasion, 'overlap');
      // Of several at once only the last would not be cancelled by the next.
      if (policy === 'cancel_previous' && asked < wanted) return skipped(occasion, 'overlap');
      if (policy === 'queue' && ahead > 0) return wait(occasion, 'overlap');
      if (definition.concurrency_key !== undefined) return wait(occasion, 'concurrency');
      ahead += 1;
      made += 1;
      runs += 1;
      return fired(task, occasion, runs - 1);
    },
  };
}

/** Decides for firings outside of the schedule, one after another. */
export function decideFirings(task: ScheduledTask, occasions: readonly Occasion[]): Firing[] {
  const lane = createLane(task, occasions.length);
  return occasions.map((occasion) => lane.next(occasion));
}

/** Decides for one firing outside of the schedule, of which the task may have one at a time. */
export function decideFiring(task: ScheduledTask, occasion: Occasion): Firing {
  return createLane(task, 1).next(occasion);
}

interface After {
  readonly next: DueTick | undefined;
  /** Runs that were made, or will be. */
  readonly made: number;
  readonly now: number;
}

function standingAfter(
  task: ScheduledTask,
  { next, made, now }: After,
): Omit<TaskStanding, 'fired'> {
  const { dedupe_key: dedupe, max_runs: most = Number.POSITIVE_INFINITY } = task.definition;
  const fired = task.fired + made;
  // A key that was used before may take runs away again: then the next turn knows.
  const sure = dedupe === undefined ? fired : task.fired;
  const over = task.status === 'active' && (next === undefined || sure >= most);
  return {
    ...standingOf(task),
    status: over ? 'completed' : task.status,
    tickAt: over ? null : (next?.tick ?? null),
    dueAt: over ? null : (next?.dueAt ?? null),
    ...{ snoozed: false, snoozeReason: null },
    lastFiredAt: made > 0 ? now : task.lastFiredAt,
  };
}

/** Where a task stands, without the rest of it. */
export function standingOf(task: TaskStanding): Omit<TaskStanding, 'fired'> {
  const { status, tickAt, dueAt, snoozed, snoozeReason, pausedAt, lastFiredAt } = task;
  const { conditionHolds, probeRun } = task;
  return {
    ...{ status, tickAt, dueAt, snoozed, snoozeReason, pausedAt, lastFiredAt },
    ...{ conditionHolds, probeRun },
  };
}

/** The first firing after an instant, with its jitter. */
export function firstTick(
  task: { readonly taskId: string; readonly definition: ScheduledTask['definition'] },
  schedule: Schedule,
  after: number,
): Pick<TaskStanding, 'tickAt' | 'dueAt'> {
  const tickAt = schedule.after(after)?.at ?? null;
  if (tickAt === null) return { tickAt, dueAt: null };
  return { tickAt, dueAt: tickAt + jitterOf(task.taskId, tickAt, task.definition) };
}
