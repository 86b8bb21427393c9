/** What a retry policy asks to know of a node's earlier attempts; kept only where it asks. */
import { isTooLate, nextOpening, type RetryPolicy } from '../retry/index.ts';
import type { AttemptEnded } from './event.ts';
import { roundOf } from './round.ts';
import { type RetryTrace, type RunState, specOf } from './state.ts';

/** Remembers an attempt that will be made again; after a last one there is nothing to remember. */
export function traceRetry(run: RunState, event: AttemptEnded): void {
  const { node, at, startedAt, retryAt } = event;
  if (retryAt === undefined) {
    if (run.traces.size > 0) run.traces.delete(node);
  } else if (asksForTrace(specOf(run, node).retry)) {
    const { base } = roundOf(run, node);
    const { firstStartedAt } = traceOf(run, node) ?? { firstStartedAt: startedAt };
    run.traces.set(node, { base, firstStartedAt, delayMs: Math.max(0, retryAt - at) });
  }
}

/**
 * The past of a node, as a decision on its next attempt takes it.
 * @param startedAt when the attempt started that has just failed
 */
export function retryPast(
  run: RunState,
  node: number,
  startedAt: number,
): { readonly firstStartedAt: number; readonly previousDelayMs?: number } {
  const trace = traceOf(run, node);
  if (trace === undefined) return { firstStartedAt: startedAt };
  return { firstStartedAt: trace.firstStartedAt, previousDelayMs: trace.delayMs };
}

/**
 * What becomes of a retry whose delay is over. What was decided when the attempt failed may not hold
 * any more: nobody may have been there when it was time.
 * @param at wall time in milliseconds since the epoch
 * @returns `now`, `never`, or until when it has to wait
 */
export function retryDue(run: RunState, node: number, at: number): 'now' | 'never' | number {
  const trace = traceOf(run, node);
  if (trace === undefined) return 'now';
  const { retry } = specOf(run, node);
  const { retry_window: window } = retry;
  const startAt = window === undefined ? at : nextOpening(window, at);
  if (isTooLate(retry, trace.firstStartedAt, startAt)) return 'never';
  return startAt === at ? 'now' : startAt;
}

function traceOf(run: RunState, node: number): RetryTrace | undefined {
  const trace = run.traces.get(node);
  return trace?.base === roundOf(run, node).base ? trace : undefined;
}

function asksForTrace(policy: RetryPolicy): boolean {
  const { jitter, total_time_limit_ms: limitMs, retry_window: window } = policy;
  return jitter === 'decorrelated' || limitMs !== undefined || window !== undefined;
}
