import type { Failpoint } from '@tenuto/engine';
import type { Violation } from './oracles/history.ts';
import { PLANTED, type PlantedName } from './planted/planted.ts';
import { type Report, simulate } from './simulation.ts';
import type { TwinPlace } from './twin/database.ts';

/** What a worker is asked to do: look at some seeds, or look for a bug that was put in. */
export type Task =
  | {
      readonly kind: 'seeds';
      readonly from: number;
      readonly count: number;
      readonly twin?: TwinPlace | undefined;
    }
  | { readonly kind: 'planted'; readonly bug: PlantedName; readonly most: number };

export type Outcome =
  | { readonly kind: 'seeds'; readonly sum: Sum }
  | { readonly kind: 'planted'; readonly bug: PlantedName; readonly found: Found | undefined };

/** What some simulations come to. */
export interface Sum {
  readonly seeds: number;
  readonly virtualMs: number;
  readonly steps: number;
  readonly runs: number;
  readonly attempts: number;
  readonly faults: number;
  /** How often each failpoint was reached, and how often a process failed there. */
  readonly reachedAt: ReadonlyMap<Failpoint, number>;
  readonly failedAt: ReadonlyMap<Failpoint, number>;
  readonly violations: readonly (Violation & { readonly seed: number })[];
}

export interface Found {
  readonly seed: number;
  readonly rule: string;
}

export const NOTHING: Sum = {
  ...{ seeds: 0, virtualMs: 0, steps: 0, runs: 0, attempts: 0, faults: 0 },
  ...{ reachedAt: new Map(), failedAt: new Map(), violations: [] },
};

/** One seed in so many is simulated twice: the second time must be like the first. */
const TWICE_EVERY = 100;

export async function perform(task: Task): Promise<Outcome> {
  if (task.kind === 'planted') {
    return { kind: 'planted', bug: task.bug, found: await findPlanted(task.bug, task.most) };
  }
  let sum = NOTHING;
  for (let seed = task.from; seed < task.from + task.count; seed += 1) {
    sum = add(sum, sumOf(await look(seed, task.twin)));
  }
  return { kind: 'seeds', sum };
}

export function add(a: Sum, b: Sum): Sum {
  return {
    seeds: a.seeds + b.seeds,
    virtualMs: a.virtualMs + b.virtualMs,
    steps: a.steps + b.steps,
    runs: a.runs + b.runs,
    attempts: a.attempts + b.attempts,
    faults: a.faults + b.faults,
    reachedAt: counted([...a.reachedAt, ...b.reachedAt]),
    failedAt: counted([...a.failedAt, ...b.failedAt]),
    violations: [...a.violations, ...b.violations],
  };
}

function counted(counts: readonly (readonly [Failpoint, number])[]): Map<Failpoint, number> {
  const sums = new Map<Failpoint, number>();
  for (const [point, times] of counts) sums.set(point, (sums.get(point) ?? 0) + times);
  return sums;
}

async function look(seed: number, twin: TwinPlace | undefined): Promise<Report> {
  const report = await simulate(seed, { twin });
  if (seed % TWICE_EVERY !== 0 || report.violation !== undefined) return report;
  const again = await simulate(seed, { twin });
  if (again.hash === report.hash) return report;
  const detail = `${report.hash}, then ${again.hash}`;
  return { ...report, violation: { rule: 'a seed is one course', detail, at: report.virtualMs } };
}

function sumOf(report: Report): Sum {
  const { seed, virtualMs, steps, runs, attempts, faults, violation } = report;
  const { reachedAt, failedAt } = report;
  const violations = violation === undefined ? [] : [{ ...violation, seed }];
  return {
    ...{ seeds: 1, virtualMs, steps, runs, attempts, faults },
    ...{ reachedAt, failedAt, violations },
  };
}

/** The first seed that notices a bug, and finds nothing when it is not there. */
async function findPlanted(bug: PlantedName, most: number): Promise<Found | undefined> {
  for (let seed = 1; seed <= most; seed += 1) {
    const { violation } = await simulate(seed, PLANTED[bug]);
    if (violation === undefined) continue;
    const sound = await simulate(seed);
    if (sound.violation === undefined) return { seed, rule: violation.rule };
  }
  return undefined;
}
