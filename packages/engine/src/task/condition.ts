/** Tasks that fire when a condition turns true, of which a probe finds out on a timer. */
import { timeOfId } from '@tenuto/contract';
import type { EndedProbe, ScheduledTask, TaskTurn } from '../ports/task-store.ts';
import { decideFiring, standingOf } from './turn.ts';

const SECOND_MS = 1_000;
const DEFAULT_INTERVAL_SECONDS = 60;

/** Starts the probe whose time has come; one that is still going on is waited for. */
export function decideProbe(task: ScheduledTask, now: number): TaskTurn | undefined {
  const { taskId, turn, tickAt, dueAt, definition } = task;
  if (tickAt === null || dueAt === null || dueAt > now) return undefined;
  const every = (definition.poll_interval_seconds ?? DEFAULT_INTERVAL_SECONDS) * SECOND_MS;
  const next = tickAt + Math.max(1, Math.ceil((now - tickAt + 1) / every)) * every;
  const { end_at: endAt } = definition;
  const over = task.status === 'active' && endAt !== undefined && next > Date.parse(endAt);
  const standing = {
    ...standingOf(task),
    ...(over
      ? { status: 'completed' as const, tickAt: null, dueAt: null }
      : { tickAt: next, dueAt: next }),
    ...{ snoozed: false, snoozeReason: null },
  };
  const startProbe = task.status === 'active' && task.probeRun === null;
  return { taskId, turn, standing, firings: [], ...(startProbe && { startProbe }) };
}

/** What follows from a probe that is over: the task fires when its condition has turned true. */
export function decideCondition(task: ScheduledTask, probe: EndedProbe, now: number): TaskTurn {
  const { taskId, turn } = task;
  const before = { ...standingOf(task), probeRun: null };
  const { holds } = probe;
  if (holds === null) return { taskId, turn, standing: before, firings: [] };
  const standing = { ...before, conditionHolds: holds };
  if (!holds || task.conditionHolds === true || task.status !== 'active') {
    return { taskId, turn, standing, firings: [] };
  }
  const at = timeOfId(probe.runId);
  const firing = decideFiring(task, {
    ...{ key: `probe:${probe.runId}`, at, tick: at, dueAt: now },
    ...{ origin: 'condition', triggeredBy: `task ${taskId}` },
  });
  const made = firing.outcome === 'fired' || firing.outcome === 'queued' ? 1 : 0;
  const fired = task.fired + made;
  const over = fired >= (task.definition.max_runs ?? Number.POSITIVE_INFINITY);
  return {
    ...{ taskId, turn, firings: [firing] },
    standing: {
      ...standing,
      ...(made > 0 && { lastFiredAt: now }),
      ...(over && { status: 'completed' as const, tickAt: null, dueAt: null }),
    },
    ...(made > 0 &&
      task.definition.overlap_policy === 'cancel_previous' &&
      task.live > 0 && { cancelPrevious: true }),
  };
}
