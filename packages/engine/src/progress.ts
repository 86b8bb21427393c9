import { idleUntilNow } from './idle.ts';
import type { Owned } from './owned.ts';
import { countsOf, currentNodes, idOf, retriesOf } from './run/index.ts';

/** What is written about a live run now and then, as JSON. */
export function progressText(owned: Owned): string {
  return JSON.stringify({
    counts: countsOf(owned.run),
    current: currentNodes(owned.run),
    retries: retriesOf(owned.run),
    idle_ms: Math.round(idleUntilNow(owned)),
  });
}

/** What is written about a run that is over: counts, and what went wrong first. */
export function finishProgress(owned: Owned): string {
  const { run } = owned;
  const error = run.errors.get(run.firstFailure);
  return JSON.stringify({
    counts: countsOf(run),
    retries: retriesOf(run),
    ...(error !== undefined && {
      error: { node_id: idOf(run, run.firstFailure), type: error.type, message: error.message },
    }),
  });
}
