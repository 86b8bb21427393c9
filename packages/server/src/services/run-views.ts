import {
  type Access,
  type Clock,
  type JobStore,
  type LiveRun,
  type Plan,
  type RunRecord,
  viewRun,
} from '@tenuto/engine';

/** Nodes of replayed runs kept in memory; a larger run is then alone there. */
const NODES_KEPT = 500_000;
/** A run that goes on elsewhere is looked at anew after this long. */
const LIVE_MS = 1_000;

interface ViewParts {
  readonly jobs: Pick<JobStore, 'journal'>;
  readonly clock: Pick<Clock, 'mono'>;
  readonly nodesKept?: number;
}

interface Kept {
  readonly view: LiveRun;
  readonly version: number;
  readonly nodes: number;
  /** On the monotonic clock: a run that is over stays as it is. */
  readonly until: number;
}

/**
 * Makes the function that shows a run of which this engine has nothing in memory, by replay of its
 * journal. Runs looked at last stay in memory: those that are over for as long as there is room,
 * others for a second.
 */
export function createRunViews({ jobs, clock, nodesKept = NODES_KEPT }: ViewParts) {
  const kept = new Map<string, Kept>();
  /** By id and version: many who ask at once wait for one replay. */
  const underway = new Map<string, Promise<LiveRun>>();
  let nodes = 0;

  function forget(runId: string): void {
    nodes -= kept.get(runId)?.nodes ?? 0;
    kept.delete(runId);
  }

  function keep(runId: string, entry: Kept): void {
    forget(runId);
    kept.set(runId, entry);
    nodes += entry.nodes;
    for (const oldest of kept.keys()) {
      if (nodes <= nodesKept || oldest === runId) break;
      forget(oldest);
    }
  }

  async function replay(access: Access, run: RunRecord, plan: Plan): Promise<LiveRun> {
    const journal = await jobs.journal(access, run.runId);
    if (journal === undefined) throw new Error(`the run ${run.runId} is gone`);
    const view = viewRun(plan, journal);
    const until = run.over ? Number.POSITIVE_INFINITY : clock.mono() + LIVE_MS;
    keep(run.runId, { view, version: run.version, nodes: view.nodeCount(), until });
    return view;
  }

  /**
   * @param run as the caller may see it: it has been read under the same access
   * @param fresh nothing that was kept does: what is committed by now is to be seen
   */
  return async function viewOf(
    access: Access,
    run: RunRecord,
    plan: Plan,
    fresh = false,
  ): Promise<LiveRun> {
    if (fresh && !run.over) return replay(access, run, plan);
    const known = kept.get(run.runId);
    if (known !== undefined && isGood(known, run, clock.mono())) {
      kept.delete(run.runId);
      kept.set(run.runId, known);
      return known.view;
    }
    const key = `${run.runId} ${run.over ? run.version : 'live'}`;
    const started = underway.get(key);
    if (started !== undefined) return started;
    const replaying = replay(access, run, plan).finally(() => underway.delete(key));
    underway.set(key, replaying);
    return replaying;
  };
}

export type RunViews = ReturnType<typeof createRunViews>;

function isGood({ until, version }: Kept, run: RunRecord, now: number): boolean {
  const wasOver = until === Number.POSITIVE_INFINITY;
  // One that was over and goes on is another run to look at.
  return run.over ? wasOver && version === run.version : !wasOver && until > now;
}
