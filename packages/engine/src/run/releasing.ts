import type { Effect } from './event.ts';
import { type RunState, setStatus, specOf } from './state.ts';

/** The node's next attempt starts as soon as there is a slot. */
export function makeReady(run: RunState, node: number): void {
  run.waits.delete(node);
  setStatus(run, node, 'ready');
  run.ready.push(node, specOf(run, node).priority);
}

/** The node's next attempt starts at a time (milliseconds since the epoch). */
export function waitForRetry(run: RunState, node: number, until: number, effects: Effect[]): void {
  setStatus(run, node, 'waiting');
  run.waits.set(node, { kind: 'retry', until, since: run.now });
  effects.push({ type: 'timer', node, at: until });
}
