/** How a reason to wait is put into words. */
import {
  type Cause,
  type Explanation,
  formatTime,
  type Json,
  type ReasonToWait,
} from '@tenuto/contract';

interface Told {
  readonly detail: string;
  readonly frees?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since?: number | null | undefined;
  readonly until?: number | null | undefined;
  /** Ids and numbers that the sentence speaks of. */
  readonly of?: Readonly<Record<string, Json>>;
}

export function reason(cause: Cause, { detail, frees, since, until, of }: Told): ReasonToWait {
  return {
    cause,
    detail,
    frees: frees ?? null,
    since: since == null ? null : formatTime(since),
    until: until == null ? null : formatTime(until),
    ...(of !== undefined && { of: { ...of } }),
  };
}

/** `3 runs`, `1 run`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first few of some names, and how many more there are. */
export function named(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** What a node waits for, behind "1 node waits" or "3 nodes wait". */
const PHRASES: Partial<Record<Cause, string>> = {
  run_not_started: 'for the run to start',
  parents: 'for parents',
  group: 'for a group to start',
  group_full: 'for a place in a group',
  cleanup: 'for the rest to end',
  max_concurrent_nodes: 'for max_concurrent_nodes',
  engine_slots: 'for a slot of the engine',
  other_engine: 'in another server',
  paused: 'for the run to be resumed',
  recovering: 'for the recovery',
  retry: 'for a retry',
  sleep: 'for a time',
  sub_run: 'for another run',
  signal: 'for a signal',
  phase: 'for somebody to say next',
  event: 'for an event',
  intervention: 'for a decision',
  approval: 'for an approval',
  circuit: 'for a circuit to close',
};

/** These wait for other nodes of the run. */
const FOLLOWS: ReadonlySet<Cause> = new Set(['parents', 'group', 'cleanup']);

/** What the nodes of a run do, in one sentence; empty when there is nothing to say. */
export function summaryOf(causes: ReadonlyMap<Cause, number>): string {
  const parts: string[] = [];
  const running = causes.get('running') ?? 0;
  if (running > 0) parts.push(`${counted(running, 'node')} ${running === 1 ? 'runs' : 'run'}`);
  for (const [cause, count] of causes) {
    const phrase = PHRASES[cause];
    if (phrase === undefined) continue;
    parts.push(`${counted(count, 'node')} ${count === 1 ? 'waits' : 'wait'} ${phrase}`);
  }
  return parts.length === 0 ? '' : `${parts.join(', ')}.`;
}

/**
 * What a run waits for in the words of its node, where one alone holds up all others; undefined where
 * none does, or several.
 */
export function heldUpBy(nodes: Explanation['nodes']): string | undefined {
  const [one, ...more] = nodes.filter(({ reasons: [why] }) => why && !FOLLOWS.has(why.cause));
  const [why] = one?.reasons ?? [];
  if (one === undefined || why === undefined || more.length > 0) return undefined;
  return PHRASES[why.cause] && `The run waits at "${one.node_id}". ${why.detail}`;
}
