/** Tasks that events fire. */
import { ExpressionError, type JsonObject, type TaskDefinition } from '@tenuto/contract';
import { compileExpression, type Expression } from '../expression/index.ts';
import type {
  EventFired,
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

/** What events do to a task in one turn. */
export interface EventsTurn {
  /** Undefined when nothing of the task changes. */
  readonly turn: TaskTurn | undefined;
  /** What came of the firings, in their order; those beyond need another turn. */
  readonly outcomes: readonly EventFired[];
}

/**
 * What events do to a task that they are for, one firing after another, each beside what those before
 * it have begun. A turn settles all of them, but of a task whose next firing depends on what the store
 * makes of this one: then the first.
 */
export function decideEvents(
  task: ScheduledTask,
  firings: readonly EventFiring[],
  now: number,
): EventsTurn {
  const { taskId, turn } = task;
  const condition = conditionOf(task);
  const outcomes: EventFired[] = [];
  const made: Firing[] = [];
  let seen = task;
  let cancelPrevious = false;
  let runs = 0;
  for (const { events } of oneByOne(task) ? firings.slice(0, 1) : firings) {
    const next = decideOne(seen, { events, condition, now });
    made.push(...next.firings.map((one) => behind(one, runs)));
    outcomes.push(next.firings.at(-1)?.outcome ?? 'inactive');
    runs += countOf(next, 'fired');
    cancelPrevious ||= next.cancelPrevious ?? false;
    seen = after(seen, next);
  }
  const still = seen.status === task.status && seen.conditionHolds === task.conditionHolds;
  if (still && made.length === 0) return { turn: undefined, outcomes };
  const standing = standingOf(seen);
  // Nobody decides by what changes of such a task: people can pause it however often it fires.
  const said = {
    ...(cancelPrevious && { cancelPrevious }),
    ...(!looksBack(task) && { quiet: true }),
  };
  return { turn: { taskId, turn, standing, firings: made, ...said }, outcomes };
}

/** Whether what comes of a firing depends on the runs that there were before it. */
function looksBack({ definition }: ScheduledTask): boolean {
  const { overlap_policy: overlap = 'allow', schedule_kind: kind } = definition;
  const { max_runs: most, concurrency_key: concurrency } = definition;
  return kind !== 'event' || overlap !== 'allow' || most !== undefined || concurrency !== undefined;
}

/** Only the store knows whether a key was used before; and a run cannot be cancelled in its own turn. */
function oneByOne(task: ScheduledTask): boolean {
  const { overlap_policy: overlap, dedupe_key: dedupe } = task.definition;
  return overlap === 'cancel_previous' || (dedupe !== undefined && looksBack(task));
}

const behind = (firing: Firing, runs: number): Firing =>
  firing.run === undefined ? firing : { ...firing, run: firing.run + runs };

const countOf = ({ firings }: TaskTurn, outcome: Firing['outcome']) =>
  firings.filter((one) => one.outcome === outcome).length;

/** The task as the next firing of the same turn finds it. */
function after(task: ScheduledTask, turn: TaskTurn): ScheduledTask {
  const [fired, queued] = [countOf(turn, 'fired'), countOf(turn, 'queued')];
  return {
    ...{ ...task, ...turn.standing, fired: task.fired + fired + queued },
    ...{ live: task.live + fired, queued: task.queued + queued },
  };
}

interface Told {
  readonly events: readonly FiringEvent[];
  /** Of a condition; undefined also when it cannot be read. */
  readonly condition: Expression | undefined;
  readonly now: number;
}

/**
 * One firing, in which the newest event stands for the others. A batch is given to the run as
 * `event.events`, oldest first; of debounced events the run sees the newest. A condition is only fired
 * by the event with which it turns true.
 */
function decideOne(task: ScheduledTask, { events, condition, now }: Told): TaskTurn {
  const { taskId, turn, definition, status } = task;
  const newest = events.at(-1);
  const standing = standingOf(task);
  const nothing = { taskId, turn, standing, firings: [] };
  if (newest === undefined || (status !== 'active' && status !== 'paused')) return nothing;
  if (status === 'active' && task.fired >= mostOf(definition)) {
    return { ...nothing, standing: { ...standing, ...OVER } };
  }
  if (definition.schedule_kind === 'condition') {
    const conditionHolds = holds(task, { condition, event: newest.event, now });
    const turned = conditionHolds && task.conditionHolds !== true && status === 'active';
    if (!turned) return { ...nothing, standing: { ...standing, conditionHolds } };
    return turnWith({ ...task, conditionHolds }, [decideFiring(task, occasionOf(newest))], now);
  }
  if (status === 'paused') {
    return { ...nothing, firings: events.map((one) => skipped(occasionOf(one), 'paused')) };
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

function conditionOf({ definition }: ScheduledTask): Expression | undefined {
  if (definition.schedule_kind !== 'condition') return undefined;
  return unlessItFails(() => compileExpression(definition.schedule_expr, CONDITION_SCOPE));
}

/** Whether the condition holds with this event; one that cannot be evaluated does not. */
function holds(
  { taskId, definition }: ScheduledTask,
  { condition, event, now }: Omit<Told, 'events'> & { readonly event: string },
): boolean {
  const bindings = {
    event: JSON.parse(event),
    task: { id: taskId, title: definition.title } as JsonObject,
    ...{ params: {}, steps: {}, now: new Date(now) },
  };
  return unlessItFails(() => condition?.evaluate(bindings)) === true;
}

function unlessItFails<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

const OVER = { status: 'completed', tickAt: null, dueAt: null } as const;
const mostOf = ({ max_runs: most }: TaskDefinition) => most ?? Number.POSITIVE_INFINITY;

function turnWith(task: ScheduledTask, firings: readonly Firing[], now: number): TaskTurn {
  const { taskId, turn, definition } = task;
  const made = firings.filter(({ outcome }) => outcome === 'fired' || outcome === 'queued').length;
  const over = definition.dedupe_key === undefined && task.fired + made >= mostOf(definition);
  const cancelPrevious =
    made > 0 && definition.overlap_policy === 'cancel_previous' && task.live > 0;
  return {
    ...{ taskId, turn, firings },
    standing: { ...standingOf(task), ...(made > 0 && { lastFiredAt: now }), ...(over && OVER) },
    ...(cancelPrevious && { cancelPrevious }),
  };
}
