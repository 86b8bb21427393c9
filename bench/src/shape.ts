import { compilePlan, type Plan, type RunInput } from '@tenuto/engine';

/** A workload: how many runs of which graph, and how many of them are under way at once. */
export interface Shape {
  readonly name: string;
  readonly runs: number;
  readonly outstanding: number;
  /** Nodes of each level; a node needs all nodes of the level before. */
  readonly levels: readonly number[];
  /** How often all of it is done for one sample, so that a sample takes long enough. */
  readonly passes: number;
}

export const SHAPES = {
  single: { name: 'single', runs: 20_000, outstanding: 2_000, levels: [1], passes: 1 },
  chain: {
    name: 'chain',
    runs: 200,
    outstanding: 200,
    levels: Array<number>(50).fill(1),
    passes: 5,
  },
  fan: { name: 'fan', runs: 200, outstanding: 200, levels: [1, 48, 1], passes: 8 },
  wide: { name: 'wide', runs: 1, outstanding: 1, levels: [1, 50_000], passes: 2 },
} as const satisfies Record<string, Shape>;

/** The name of the action that the shapes' nodes use. */
export const NOOP = 'noop';

export const RUN_INPUT: RunInput = {
  params: {},
  maxConcurrentNodes: 100_000,
  failFast: false,
  timeoutMs: 3_600_000,
};

/** What a submission says besides its plan. */
export const SUBMISSION = {
  input: RUN_INPUT,
  owner: 'bench',
  triggeredBy: 'bench',
  name: 'bench',
  jobType: 'dag',
  kind: 'job',
  priority: 5,
} as const;

/** Nodes of all runs of one pass. */
export function nodesOf({ runs, levels }: Pick<Shape, 'runs' | 'levels'>): number {
  return runs * levels.reduce((sum, size) => sum + size, 0);
}

/** One pass of the same shape with fewer runs, or fewer nodes where there is but one run. */
export function scaled(shape: Shape, part: number): Shape {
  if (part === 1) return shape;
  const fewer = (count: number) => Math.max(1, Math.round(count * part));
  if (shape.runs > 1) return { ...shape, passes: 1, runs: fewer(shape.runs) };
  return { ...shape, passes: 1, levels: shape.levels.map(fewer) };
}

/** The graph of the shape's runs, compiled. */
export function planOf(levels: readonly number[]): Plan {
  const nodes: { id: string; uses: string; needs?: string[] }[] = [];
  let before: string[] = [];
  levels.forEach((size, level) => {
    const ids = Array.from({ length: size }, (_, i) => `n${level}-${i}`);
    const needs = before.length === 0 ? {} : { needs: before };
    for (const id of ids) nodes.push({ id, uses: NOOP, ...needs });
    before = ids;
  });
  return compilePlan({ nodes });
}
