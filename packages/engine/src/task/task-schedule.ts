/** The schedule of a task, as its definition says it. */
import { parseTime, type TaskDefinition } from '@tenuto/contract';
import {
  readSchedule,
  type Schedule,
  type ScheduleSpec,
  scheduleDescription,
} from '../schedule/index.ts';

/** Schedules read at once: reading a rule anew for each firing would cost more than the firing. */
const KEPT = 20_000;
const SECOND_MS = 1_000;
/** FNV-1a, 32 bits. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Whether the firings of a task are known ahead. */
export function hasSchedule({ schedule_kind: kind }: TaskDefinition): boolean {
  return kind === 'cron' || kind === 'rrule' || kind === 'once';
}

/**
 * Reads the schedule of a cron, rrule or once task.
 * @param createdAt milliseconds since the epoch; where a bare rule begins
 * @throws ScheduleError with the path of what is wrong
 */
export function scheduleOf(definition: TaskDefinition, createdAt: number): Schedule {
  return readSchedule(specOf(definition, createdAt));
}

/**
 * What a cron, rrule or once task says in English, without a look at when it fires.
 * @throws ScheduleError with the path of what is wrong
 */
export function scheduleWords(definition: TaskDefinition, createdAt: number): string {
  return scheduleDescription(specOf(definition, createdAt));
}

function specOf(definition: TaskDefinition, createdAt: number): ScheduleSpec {
  const { schedule_kind: kind, schedule_expr: expression, timezone = 'UTC' } = definition;
  if (kind === 'event' || kind === 'condition') throw new Error(`a ${kind} has no schedule`);
  const { dst_policy: dstPolicy } = definition;
  const startAt = timeOf(definition.start_at);
  const endAt = timeOf(definition.end_at);
  return {
    ...{ kind, expression, timezone, anchor: startAt ?? createdAt },
    ...(dstPolicy !== undefined && { dstPolicy }),
    ...(startAt !== undefined && { startAt }),
    ...(endAt !== undefined && { endAt }),
  };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTime(text);
}

/** Reads schedules, and remembers those that were asked for last. */
export function createSchedules(): (definition: TaskDefinition, createdAt: number) => Schedule {
  const kept = new Map<string, Schedule>();
  return (definition, createdAt) => {
    const key = keyOf(definition, createdAt);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const schedule = scheduleOf(definition, createdAt);
    kept.set(key, schedule);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return schedule;
  };
}

function keyOf(definition: TaskDefinition, createdAt: number): string {
  const { schedule_kind, schedule_expr, timezone, dst_policy, start_at, end_at } = definition;
  const anchor = schedule_kind === 'rrule' ? createdAt : 0;
  return JSON.stringify([
    schedule_kind,
    schedule_expr,
    timezone,
    dst_policy,
    start_at,
    end_at,
    anchor,
  ]);
}

/**
 * How much later a firing is made than its tick, in milliseconds: the same whoever asks, and spread
 * evenly over `jitter_seconds`.
 */
export function jitterOf(taskId: string, tick: number, definition: TaskDefinition): number {
  const most = (definition.jitter_seconds ?? 0) * SECOND_MS;
  if (most === 0) return 0;
  let hash = FNV_OFFSET;
  for (const char of `${taskId} ${tick}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), FNV_PRIME) >>> 0;
  }
  // The low bits of such a hash are the poor ones.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
  return Math.floor((hash / 2 ** 32) * (most + 1));
}
