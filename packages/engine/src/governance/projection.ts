/** What a phase has come to, or has come to so far. */
export interface PhaseSpending {
  readonly phase: string;
  readonly costNano: number;
  readonly durationMs: number;
}

export interface PresentPhase extends PhaseSpending {
  readonly done: boolean;
}

/** One completed run of the past, by phase. */
export type PastSpending = readonly PhaseSpending[];

export interface Projection {
  readonly costNano: number | null;
  readonly ms: number | null;
  readonly basis: 'history' | 'phases_so_far' | 'none';
}

/**
 * What a run will still cost and take. From runs of the past: of each phase that is not done the
 * median, less what it has come to already. Without any: what its own phases came to on average.
 */
export function project(
  phases: readonly PresentPhase[],
  past: readonly PastSpending[],
): Projection {
  const left = phases.filter(({ done }) => !done);
  if (past.length > 0) {
    const expected = left.map((phase) => ({ phase, ...usual(phase.phase, past) }));
    return {
      costNano: sum(expected.map(({ phase, costNano }) => rest(costNano, phase.costNano))),
      ms: sum(expected.map(({ phase, ms }) => rest(ms, phase.durationMs))),
      basis: 'history',
    };
  }
  const done = phases.filter((phase) => phase.done);
  if (left.length === 0) return { costNano: 0, ms: 0, basis: 'phases_so_far' };
  if (done.length === 0) return { costNano: null, ms: null, basis: 'none' };
  const average = (of: (phase: PhaseSpending) => number) => sum(done.map(of)) / done.length;
  const [cost, ms] = [average((phase) => phase.costNano), average((phase) => phase.durationMs)];
  return {
    costNano: Math.round(sum(left.map((phase) => rest(cost, phase.costNano)))),
    ms: Math.round(sum(left.map((phase) => rest(ms, phase.durationMs)))),
    basis: 'phases_so_far',
  };
}

function usual(phase: string, past: readonly PastSpending[]) {
  const same = past.flatMap((run) => run.filter((one) => one.phase === phase));
  return {
    costNano: median(same.map(({ costNano }) => costNano)),
    ms: median(same.map(({ durationMs }) => durationMs)),
  };
}

/** Of an even number the lower one: it has happened. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function rest(whole: number, part: number): number {
  return Math.max(0, whole - part);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
