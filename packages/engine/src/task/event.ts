/** Tasks that events fire: at once, or together with other events. */
import type { TaskDefinition } from '@tenuto/contract';
import type {
  EventFiring,
  Firing,
  Gathered,
  ScheduledTask,
  TaskTurn,
} from '../ports/task-store.ts';
import { type Occasion, skipped } from './firing.ts';
import { decideFiring, standingOf } from './turn.ts';

const SECOND_MS = 1_000;

function occasionOf(event: EventFiring, dueAt: number): Occasion {
  return {
    ...{ key: `event:${event.eventId}`, at: event.at, tick: event.at, dueAt },
    ...{ origin: 'event', triggeredBy: `event ${event.eventId}` },
    ...{ eventId: event.eventId, event: event.event },
  };
}

/**
 * What an event does to a task that it matches: fires it, or waits to be gathered with others.
 * @param waiting how many events have been gathered, this one included
 */
export function decideEvent(
  task: ScheduledTask,
  event: EventFiring,
  { now, waiting }: { readonly now: number; readonly waiting: number },
): { readonly turn: TaskTurn; readonly gather: boolean } {
  const { taskId, turn, definition } = task;
  if (definition.schedule_kind === 'condition') {
    const standing = { ...standingOf(task), conditionHolds: event.holds ?? true };
    const turned = standing.conditionHolds === true && task.conditionHolds !== true;
    if (!turned) return { turn: { taskId, turn, standing, firings: [] }, gather: false };
    return decideEvent(
      { ...task, conditionHolds: true, definition: { ...definition, schedule_kind: 'event' } },
      event,
      { now, waiting },
    );
  }
  if (task.status === 'paused') {
    const firings = [skipped(occasionOf(event, event.at), 'paused')];
    return { turn: { taskId, turn, standing: standingOf(task), firings }, gather: false };
  }
  const wait = waitOf(definition, waiting);
  if (wait !== undefined) {
    const at = now + wait.ms;
    const dueAt = wait.renews ? at : Math.min(task.dueAt ?? at, at);
    const standing = { ...standingOf(task), tickAt: dueAt, dueAt };
    return { turn: { taskId, turn, standing, firings: [] }, gather: true };
  }
  const firing = decideFiring(task, occasionOf(event, event.at));
  return { turn: turnWith(task, [firing], now), gather: false };
}

/** How long an event waits for others; undefined when it does not. */
function waitOf({ debounce_seconds: debounce, batch }: TaskDefinition, waiting: number) {
  if (batch !== undefined) {
    const ms = waiting >= batch.max_events ? 0 : batch.max_wait_seconds * SECOND_MS;
    return { ms, renews: false };
  }
  return debounce === undefined ? undefined : { ms: debounce * SECOND_MS, renews: true };
}

/**
 * One firing for all that was gathered: the newest stands for the others. A batch is given to the
 * run as `event.events`, oldest first; of debounced events the run sees the newest.
 */
export function decideGathered({ task, events }: Gathered, now: number): TaskTurn {
  const newest = events.at(-1);
  const reason = task.definition.batch === undefined ? 'debounce' : 'batch';
  const idle = { ...task, tickAt: null, dueAt: null };
  if (newest === undefined) return turnWith(idle, [], now);
  const event =
    reason === 'batch' ? `{"events":[${events.map((one) => one.event).join(',')}]}` : newest.event;
  const firing = decideFiring(idle, occasionOf({ ...newest, event }, task.dueAt ?? now));
  const others = events.slice(0, -1).map((one): Firing => {
    const { event: _event, params: _params, ...occasion } = occasionOf(one, one.at);
    const run = firing.run === undefined ? {} : { run: firing.run };
    return { ...occasion, outcome: 'coalesced', reason, extra: '', ...run };
  });
  const turn = turnWith(idle, [...others, firing], now);
  return { ...turn, events: events.map(({ eventId }) => eventId) };
}

function turnWith(task: ScheduledTask, firings: readonly Firing[], now: number): TaskTurn {
  const { taskId, turn, definition } = task;
  const made = firings.filter(({ outcome }) => outcome === 'fired' || outcome === 'queued').length;
  const fired = task.fired + made;
  const over = definition.dedupe_key === undefined && fired >= (definition.max_runs ?? Infinity);
  const standing: TaskTurn['standing'] = {
    ...standingOf(task),
    ...(made > 0 && { lastFiredAt: now }),
    ...(over && { status: 'completed', tickAt: null, dueAt: null }),
  };
  const cancelPrevious =
    made > 0 && definition.overlap_policy === 'cancel_previous' && task.live > 0;
  return { taskId, turn, standing, firings, ...(cancelPrevious && { cancelPrevious }) };
}
