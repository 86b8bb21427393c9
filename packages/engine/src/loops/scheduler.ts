/**
 * The scheduler: makes the firings of tasks, beside the schedulers of all other servers.
 *
 *   poll --tasks due soon--> memory --precise timer--> decide --> take (compare and set on the turn)
 *     |                                                              |
 *     +-- release what waits, look at probes that are over           +--> engines claim the runs
 *
 * Memory is only a list of whom to look at when: whatever it says, a turn that another scheduler, a
 * snooze or an edit has taken meanwhile is not there any more, and what is late is found by the next
 * poll. Time is the database's, carried on by the monotonic clock: setting a machine's clock moves
 * nothing.
 */
import { createDatabaseClock } from '../database-clock.ts';
import type { EngineLog } from '../engine-log.ts';
import type { Clock } from '../ports/clock.ts';
import { StoreFault } from '../ports/store.ts';
import type { ScheduledTask, ScheduleStore, TakenTurn, TaskTurn } from '../ports/task-store.ts';
import {
  createSchedules,
  decideCondition,
  decideProbe,
  decideTurn,
  hasSchedule,
} from '../task/index.ts';
import { createLoop, type Loop } from './loop.ts';

const POLL_EVERY_MS = 500;
/** Known ahead for longer than the time between two polls, even if one of them fails. */
const AHEAD_MS = 2_500;
const TASKS_A_POLL = 2_000;
/** Turns taken by one statement: a few hundred rows, so that it is short. */
const TURNS_AT_ONCE = 250;
const PROBES_AT_ONCE = 100;
const MAKE_ROOM_EVERY_MS = 600_000;
const TIDY_EVERY_MS = 10_000;

export interface SchedulerOptions {
  readonly store: ScheduleStore;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** There are runs to claim. */
  runsWait(): void;
}

export interface Scheduler {
  start(): void;
  /** Tasks have changed: looks at them now. */
  wake(): void;
  stop(): Promise<void>;
}

interface State {
  readonly options: SchedulerOptions;
  /** On database time. */
  readonly clock: ReturnType<typeof createDatabaseClock>;
  readonly scheduleOf: ReturnType<typeof createSchedules>;
  /** Tasks whose firing is due soon, by id. */
  soon: Map<string, ScheduledTask>;
  /** Those whose turn is being taken: what a poll reads of them meanwhile is old already. */
  readonly busy: Set<string>;
  roomAt: number | undefined;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { store, log } = options;
  const state: State = {
    options,
    clock: createDatabaseClock(options.clock, () => store.databaseTime()),
    scheduleOf: createSchedules(),
    soon: new Map(),
    busy: new Set(),
    roomAt: undefined,
  };
  const onError = (name: string, error: unknown) => {
    state.roomAt = undefined;
    log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again');
  };
  const poll: Loop = createLoop({
    ...{ name: 'schedule', clock: options.clock, everyMs: POLL_EVERY_MS, onError },
    runOnce: () => look(state, () => fire.wake()),
  });
  // Woken by the timer of what is due next, and by each poll.
  const fire: Loop = createLoop({
    ...{ name: 'fire', clock: options.clock, everyMs: POLL_EVERY_MS, onError },
    runOnce: async () => {
      if (await fireDue(state)) poll.wake();
      return untilNext(state);
    },
  });
  const tidy: Loop = createLoop({
    ...{ name: 'tidy', clock: options.clock, everyMs: TIDY_EVERY_MS, onError },
    runOnce: async () => {
      await store.tidy();
      return undefined;
    },
  });
  const loops = [poll, fire, tidy];
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    wake: poll.wake,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** One poll. @returns 0 when there is more than it could take */
async function look(state: State, changed: () => void): Promise<number | undefined> {
  const { options, clock } = state;
  const { store } = options;
  await makeRoom(state);
  await clock.sync();
  const { tasks } = await store.due({ withinMs: AHEAD_MS, limit: TASKS_A_POLL });
  const idle = tasks.filter(({ taskId }) => !state.busy.has(taskId));
  state.soon = new Map(idle.map((task) => [task.taskId, task]));
  changed();
  const released = await store.release();
  if (released > 0) options.runsWait();
  await endProbes(state);
  const behind = tasks.length === TASKS_A_POLL && (tasks.at(-1)?.dueAt ?? 0) <= clock.wall();
  return behind ? 0 : undefined;
}

async function makeRoom(state: State): Promise<void> {
  const { clock, store } = state.options;
  if (state.roomAt !== undefined && clock.mono() - state.roomAt < MAKE_ROOM_EVERY_MS) return;
  await store.makeRoom();
  state.roomAt = clock.mono();
}

/** Fires what is due of what memory knows. @returns whether anything was due */
async function fireDue(state: State): Promise<boolean> {
  const now = state.clock.wall();
  const due = [...state.soon.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= now);
  if (due.length === 0) return false;
  // Whatever comes of it, only the next poll knows where they stand then.
  for (const { taskId } of due) {
    state.soon.delete(taskId);
    state.busy.add(taskId);
  }
  try {
    for (const tasks of chunks(await freshened(state, due), TURNS_AT_ONCE)) {
      await take(
        state,
        tasks.flatMap((task) => turnOf(state, task, now) ?? []),
      );
    }
  } finally {
    state.busy.clear();
  }
  return true;
}

function turnOf(state: State, task: ScheduledTask, now: number): TaskTurn | undefined {
  const { definition, createdAt, taskId } = task;
  try {
    if (!hasSchedule(definition)) return decideProbe(task, now);
    return decideTurn(task, { schedule: state.scheduleOf(definition, createdAt), now });
  } catch (error) {
    // It was read when it was stored: one that cannot be must not keep the others from firing.
    state.options.log.error({ task: taskId, error: String(error) }, 'a task cannot be scheduled');
    return undefined;
  }
}

/** Reads those again that depend on what else goes on. */
async function freshened(state: State, tasks: readonly ScheduledTask[]): Promise<ScheduledTask[]> {
  const depends = tasks.filter(({ definition: { overlap_policy: policy = 'allow' } }) => {
    return policy !== 'allow';
  });
  if (depends.length === 0) return [...tasks];
  const fresh = await state.options.store.standing(depends.map(({ taskId }) => taskId));
  const known = new Map(fresh.map((task) => [task.taskId, task]));
  const stale = new Set(depends.map(({ taskId }) => taskId));
  return tasks.flatMap((task) => (stale.has(task.taskId) ? (known.get(task.taskId) ?? []) : task));
}

async function take(state: State, turns: readonly TaskTurn[]): Promise<number> {
  if (turns.length === 0) return 0;
  const { store, runsWait, log } = state.options;
  let taken: readonly TakenTurn[];
  try {
    taken = await store.take(turns);
  } catch (error) {
    if (!(error instanceof StoreFault) || error.kind !== 'rejected') throw error;
    // One that the database refuses must not keep the others from firing.
    if (turns.length === 1) {
      log.error({ task: turns[0]?.taskId, error: error.message }, 'a firing was refused');
      throw error;
    }
    const half = Math.ceil(turns.length / 2);
    const halves = [turns.slice(0, half), turns.slice(half)];
    const [first, second] = await Promise.allSettled(halves.map((part) => take(state, part)));
    if (first?.status === 'rejected' && second?.status === 'rejected') throw error;
    return (
      (first?.status === 'fulfilled' ? first.value : 0) +
      (second?.status === 'fulfilled' ? second.value : 0)
    );
  }
  const runs = taken.reduce((count, { runIds }) => count + runIds.length, 0);
  if (runs > 0) runsWait();
  return runs;
}

/** Fires tasks whose probe has found that their condition has turned true. */
async function endProbes(state: State): Promise<void> {
  const { store } = state.options;
  const probes = await store.probes(PROBES_AT_ONCE);
  if (probes.length === 0) return;
  const tasks = await store.standing(probes.map(({ taskId }) => taskId));
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const turns = probes.flatMap((probe) => {
    const task = byId.get(probe.taskId);
    return task?.probeRun === probe.runId ? decideCondition(task, probe, state.clock.wall()) : [];
  });
  await take(state, turns);
}

/** In how many milliseconds the next firing is due that memory knows of. */
function untilNext({ soon, clock }: State): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const { dueAt } of soon.values()) next = Math.min(next, dueAt ?? next);
  return next === Number.POSITIVE_INFINITY ? undefined : Math.max(0, next - clock.wall());
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
