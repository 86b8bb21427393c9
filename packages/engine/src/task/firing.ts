import { createHash } from 'node:crypto';
import {
  ExpressionError,
  formatTime,
  type JsonObject,
  type TaskDefinition,
} from '@tenuto/contract';
import { compileTemplate } from '../expression/index.ts';
import type { Firing } from '../ports/task-store.ts';

/** What of a task a firing is made from. */
export interface FiredTask {
  readonly taskId: string;
  readonly definition: TaskDefinition;
}

/** A firing before it is decided what comes of it. */
export interface Occasion
  extends Pick<Firing, 'key' | 'at' | 'tick' | 'dueAt' | 'origin' | 'triggeredBy'> {
  readonly eventId?: string;
  /** JSON text. */
  readonly event?: string;
  /** In place of the task's own. */
  readonly params?: JsonObject;
}

/** The key of a tick of the schedule; requests have keys of their own. */
export const TICK_KEY = 'tick';

/** A firing of the schedule. */
export function tickOf({ taskId }: FiredTask, tick: number, dueAt: number): Occasion {
  const triggeredBy = `task ${taskId}`;
  return { key: TICK_KEY, at: tick, tick, dueAt, origin: 'schedule', triggeredBy };
}

/** One that makes a run. */
export function fired(task: FiredTask, occasion: Occasion, run: number): Firing {
  return { ...withRun(task, occasion), outcome: 'fired', reason: null, run };
}

/** One whose run waits for its turn. */
export function queued(
  task: FiredTask,
  occasion: Occasion,
  reason: 'overlap' | 'concurrency',
): Firing {
  return { ...withRun(task, occasion), outcome: 'queued', reason };
}

/** One that makes no run. */
export function skipped(occasion: Occasion, reason: NonNullable<Firing['reason']>): Firing {
  return { ...plain(occasion), outcome: 'skipped', reason, extra: '' };
}

/** One for which the run of another one stands; without `run`, that of a later turn. */
export function coalesced(occasion: Occasion, run: number | undefined): Firing {
  const reason = 'misfire';
  const firing = { ...plain(occasion), outcome: 'coalesced', reason, extra: '' } as const;
  return run === undefined ? firing : { ...firing, run };
}

function plain({ event: _event, params: _params, ...rest }: Occasion) {
  return rest;
}

function withRun(task: FiredTask, occasion: Occasion) {
  const dedupe = dedupeOf(task, occasion);
  return { ...plain(occasion), extra: extraOf(task, occasion), ...(dedupe && { dedupe }) };
}

/** What expressions of the run see as `task`. */
function taskFacts({ taskId, definition }: FiredTask, { tick, dueAt, origin }: Occasion) {
  return {
    id: taskId,
    title: definition.title,
    origin,
    tick: formatTime(tick),
    due_at: formatTime(dueAt),
  };
}

/** Members that go behind those of the task's input; of two with one name the later one counts. */
function extraOf(task: FiredTask, occasion: Occasion): string {
  const members = [`"task":${JSON.stringify(taskFacts(task, occasion))}`];
  if (occasion.event !== undefined) members.push(`"event":${occasion.event}`);
  if (occasion.params !== undefined) members.push(`"params":${JSON.stringify(occasion.params)}`);
  return members.join(',');
}

const DEDUPE_VARIABLES = new Set(['event', 'task']);
export const DEDUPE_SCOPE = {
  steps: new Set<string>(),
  nodes: new Set<string>(),
  variables: DEDUPE_VARIABLES,
} as const;

/**
 * The key under which it is fired once in a window; none where it has none, or where it cannot be
 * told: that must keep neither the task from firing nor others from publishing.
 */
function dedupeOf(task: FiredTask, occasion: Occasion): Firing['dedupe'] {
  const { dedupe_key: written, dedupe_window_seconds: windowSeconds } = task.definition;
  if (written === undefined || windowSeconds === undefined) return undefined;
  const template = compileTemplate(written, DEDUPE_SCOPE);
  const scope = {
    task: taskFacts(task, occasion),
    event: occasion.event === undefined ? null : JSON.parse(occasion.event),
  };
  try {
    const key = template.resolve(scope);
    return { key: storable(typeof key === 'string' ? key : JSON.stringify(key)), windowSeconds };
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

const KEY_CHARS = 500;

/** A key may be made of whatever an event holds: what no index takes is known by its hash. */
function storable(key: string): string {
  if (key.length <= KEY_CHARS && key.isWellFormed() && !key.includes('\0')) return key;
  return `sha256:${createHash('sha256').update(JSON.stringify(key)).digest('hex')}`;
}
