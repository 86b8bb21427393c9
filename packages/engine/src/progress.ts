import { idleUntilNow } from './idle.ts';
import type { Owned } from './owned.ts';
import { nextOf } from './plan/index.ts';
import { countsOf, currentNodes, idOf, type RunState, retriesOf } from './run/index.ts';

const NEXT = nextOf('');

/** What is written about a live run now and then, as JSON. */
export function progressText(owned: Owned): string {
  return JSON.stringify({
    counts: countsOf(owned.run),
    current: currentNodes(owned.run),
    retries: retriesOf(owned.run),
    ...nextsOf(owned.run),
    idle_ms: Math.round(idleUntilNow(owned)),
  });
}

const NEXTS_NAMED = 20;

/** Phases that wait to be told to go on, by the nodes that wait for it; only runs of profiles have such. */
function nextsOf(run: RunState): { readonly next?: readonly string[] } {
  const next: string[] = [];
  for (const [node, { kind }] of run.waits) {
    if (kind !== 'signal') continue;
    const id = idOf(run, node);
    if (id.endsWith(NEXT)) next.push(id.slice(0, -NEXT.length));
    if (next.length === NEXTS_NAMED) break;
  }
  return next.length === 0 ? {} : { next };
}

/** What is written about a run that is over: counts, and what went wrong first. */
export function finishProgress(owned: Owned): string {
  const { run } = owned;
  const error = failureOf(run) ?? outOfTimeOf(run);
  return JSON.stringify({
    counts: countsOf(run),
    retries: retriesOf(run),
    ...(error !== undefined && { error }),
  });
}

interface RunError {
  readonly node_id?: string;
  readonly type: string;
  readonly message: string;
}

function failureOf(run: RunState): RunError | undefined {
  const error = run.errors.get(run.firstFailure);
  if (error === undefined) return undefined;
  return { node_id: idOf(run, run.firstFailure), type: error.type, message: error.message };
}

/** Of a run whose time was over while no attempt was going on, no node says what went wrong. */
function outOfTimeOf({ status, input, now }: RunState): RunError | undefined {
  if (status !== 'timeout') return undefined;
  const { timeoutMs, deadlineAt = Number.POSITIVE_INFINITY } = input;
  return now >= deadlineAt
    ? { type: 'deadline', message: 'The deadline passed before the run had ended.' }
    : { type: 'timeout', message: `The run did not end within ${timeoutMs} ms of running.` };
}
