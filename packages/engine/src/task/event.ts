/** Tasks that events fire. */
import { ExpressionError, type JsonObject, type TaskDefinition } from '@tenuto/contract';
import { compileExpression } from '../expression/index.ts';
import type {
  EventFiring,
  Firing,
  FiringEvent,
  ScheduledTask,
  TaskTurn,
} from '../ports/task-store.ts';
import { type Occasion, skipped } from './firing.ts';
import { CONDITION_SCOPE } from './scopes.ts';
import { decideFiring, standingOf } from './turn.ts';

/** What a task wants to hear: the topics, a filter, and how events are gathered for it. */
export interface EventInterest {
  readonly pattern: string;
  /** CEL over `event`; null for every event of the pattern. */
  readonly filter: string | null;
  readonly debounceMs: number | null;
  readonly batch: { readonly events: number; readonly ms: number } | null;
}

const SECOND_MS = 1_000;

/**
 * What events a task is to be fired for; undefined when none. A condition hears all of them: it has
 * to know when it is no longer true, too.
 */
export function eventInterest(definition: TaskDefinition): EventInterest | undefined {
  const { schedule_kind: kind, debounce_seconds: debounce, batch, filter = null } = definition;
  if (kind === 'condition') return { pattern: '#', filter: null, debounceMs: null, batch: null };
  if (kind !== 'event') return undefined;
  return {
    ...{ pattern: definition.schedule_expr, filter },
    debounceMs: debounce === undefined ? null : debounce * SECOND_MS,
    batch:
      batch === undefined
        ? null
        : { events: batch.max_events, ms: batch.max_wait_seconds * SECOND_MS },
  };
}

/**
 * What events do to a task that they are for: one firing, in which the newest stands for the others.
 * A batch is given to the run as `event.events`, oldest first; of debounced events the run sees the
 * newest. A condition is only fired by the event with which it turns true.
 */
export function decideEvents(task: ScheduledTask, { events }: EventFiring, now: number): TaskTurn {
  const { taskId, turn, definition } = task;
  const newest = events.at(-1);
  const standing = standingOf(task);
  if (newest === undefined) return { taskId, turn, standing, firings: [] };
  if (definition.schedule_kind === 'condition') {
    const conditionHolds = holds(task, newest, now);
    const turned = conditionHolds && task.conditionHolds !== true && task.status === 'active';
    const told = { ...standing, conditionHolds };
    if (!turned) return { taskId, turn, standing: told, firings: [] };
    return turnWith({ ...task, conditionHolds }, [decideFiring(task, occasionOf(newest))], now);
  }
  if (task.status === 'paused') {
    const firings = events.map((one) => skipped(occasionOf(one), 'paused'));
    return { taskId, turn, standing, firings };
  }
  const batched = definition.batch !== undefined;
  const event = batched ? `{"events":[${events.map((one) => one.event).join(',')}]}` : newest.event;
  const firing = decideFiring(task, occasionOf({ ...newest, event }));
  const others = events.slice(0, -1).map((one) => merged(one, firing, batched));
  return turnWith(task, [...others, firing], now);
}

function occasionOf(event: FiringEvent): Occasion {
  const { eventId, at } = event;
  return {
    ...{ key: `event:${eventId}`, at, tick: at, dueAt: at, origin: 'event' },
    ...{ triggeredBy: `event ${eventId}`, eventId, event: event.event },
  };
}

/** One for which the run of the newest stands. */
function merged(event: FiringEvent, { run }: Firing, batched: boolean): Firing {
  const { event: _event, params: _params, ...occasion } = occasionOf(event);
  return {
    ...{ ...occasion, outcome: 'coalesced', reason: batched ? 'batch' : 'debounce', extra: '' },
    ...(run !== undefined && { run }),
  };
}

/** What the condition comes to with this event; one that cannot be evaluated does not hold. */
function holds(
  { taskId, definition }: ScheduledTask,
  { event }: FiringEvent,
  now: number,
): boolean {
  try {
    const bindings = {
      event: JSON.parse(event),
      task: { id: taskId, title: definition.title } as JsonObject,
      ...{ params: {}, steps: {}, now: new Date(now) },
    };
    return compileExpression(definition.schedule_expr, CONDITION_SCOPE).evaluate(bindings) === true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

function turnWith(task: ScheduledTask, firings: readonly Firing[], now: number): TaskTurn {
  const { taskId, turn, definition } = task;
  const made = firings.filter(({ outcome }) => outcome === 'fired' || outcome === 'queued').length;
  const most = definition.max_runs ?? Number.POSITIVE_INFINITY;
  const over = definition.dedupe_key === undefined && task.fired + made >= most;
  const cancelPrevious =
    made > 0 && definition.overlap_policy === 'cancel_previous' && task.live > 0;
  return {
    ...{ taskId, turn, firings },
    standing: {
      ...standingOf(task),
      ...(made > 0 && { lastFiredAt: now }),
      ...(over && { status: 'completed' as const, tickAt: null, dueAt: null }),
    },
    ...(cancelPrevious && { cancelPrevious }),
  };
}
