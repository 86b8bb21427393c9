import { compilePlan, type Plan } from '@tenuto/engine';
import type { Dice } from '../dice.ts';
import type { Parts } from './shape.ts';

type Dag = Parameters<typeof compilePlan>[0];
type Node = Dag['nodes'][number];
type Edge = NonNullable<Dag['edges']>[number];

/** What the sub-run action submits: a graph without sub-runs of its own. */
export interface Graphs {
  readonly top: readonly Plan[];
  readonly sub: Plan;
}

export function drawGraphs(dice: Dice, count: number, nodes: number, parts: Parts): Graphs {
  const top = Array.from({ length: count }, (_, i) => drawGraph(dice.fork(`${i}`), nodes, parts));
  const sub = drawGraph(dice.fork('sub'), Math.min(nodes, 3), { ...parts, subRuns: 0, awaits: 0 });
  return { top, sub };
}

/** Draws an acyclic graph: each node depends on some that come before it on its level. */
function drawGraph(dice: Dice, most: number, parts: Parts): Plan {
  const edges: Edge[] = [];
  let count = 0;
  const nodes = Array.from({ length: dice.int(1, most) }, () => 0).reduce<Node[]>((level) => {
    const id = `n${count++}`;
    const parents = level.filter(() => dice.chance(0.4)).map((node) => node.id);
    level.push(drawNode(dice, { id, parts, parents, edges, level, name: () => `n${count++}` }));
    return level;
  }, []);
  if (dice.chance(parts.cleanups)) nodes.push({ ...action(dice, 'c0', parts), type: 'cleanup' });
  return compilePlan({ nodes, edges });
}

interface Place {
  readonly id: string;
  readonly parts: Parts;
  readonly parents: readonly string[];
  readonly level: readonly Node[];
  readonly edges: Edge[];
  name(): string;
}

function drawNode(dice: Dice, place: Place): Node {
  const { id, parts, edges, level } = place;
  const needs = place.parents.filter((parent) => {
    const condition = level.find((node) => node.id === parent)?.type === 'condition';
    if (!condition || dice.chance(0.2)) return true;
    edges.push({ from: parent, to: id, when: dice.chance(0.5) });
    return false;
  });
  const common = {
    ...(needs.length > 0 && { needs }),
    ...(dice.chance(parts.guards) && { if: dice.pick(['params.n > 2', 'params.n > 7']) }),
    ...(dice.chance(parts.anyOf) && {
      dependency_condition: dice.pick(['any', 'all_done'] as const),
    }),
    ...(dice.chance(parts.allowFailure) && { allow_failure: true }),
    ...(dice.chance(0.1) && { skip_on_failure: true }),
  };
  if (dice.chance(parts.groups)) return { ...group(dice, place), ...common };
  if (dice.chance(parts.conditions)) {
    return { id, type: 'condition', condition_expression: 'params.n > 4', ...common };
  }
  if (dice.chance(parts.checkpoints)) return { id, type: 'checkpoint', ...common };
  return { ...action(dice, id, parts), ...common };
}

function group(dice: Dice, { id, parts, name }: Place): Node {
  const children = Array.from({ length: dice.int(1, 3) }, () => action(dice, name(), parts));
  return {
    id,
    type: dice.pick(['parallel_group', 'sequential_group'] as const),
    children,
    ...(dice.chance(parts.forEach) && { for_each: dice.pick(['[1, 2, 3]', 'params.items']) }),
    ...(dice.chance(0.3) && { max_parallel_instances: dice.int(1, 2) }),
  };
}

function action(dice: Dice, id: string, parts: Parts): Node {
  const target = dice.chance(parts.guarded) ? dice.pick(TARGETS) : undefined;
  return {
    id,
    uses: workOf(dice, parts),
    with: { ...OF_RUN, ...(target !== undefined && { target }) },
    ...sideActions(dice, parts),
    retry: {
      max_attempts: dice.int(1, 4),
      strategy: dice.pick(['immediate', 'exponential_backoff', 'linear_backoff'] as const),
      failure_threshold: 2,
      success_threshold: 2,
      circuit_timeout_ms: dice.pick([100, 1_000]),
      base_delay_ms: dice.pick([0, 50, 1_000]),
      jitter: dice.pick(['none', 'full', 'proportional'] as const),
    },
    grace_seconds: dice.pick([0, 0.2, 2]),
    ...(dice.chance(parts.nodeTimeouts) && { timeout_seconds: dice.pick([0.05, 0.5, 3]) }),
    ...(dice.chance(0.2) && { priority: dice.int(1, 10) }),
    ...(dice.chance(parts.heartbeats) && { heartbeat_seconds: dice.pick([0.1, 1]) }),
    ...(target !== undefined && { circuit_key: target }),
  };
}

const OF_RUN = { run: '${run.name}' };
const TARGETS = ['north', 'south'];

function workOf(dice: Dice, parts: Parts): string {
  if (dice.chance(parts.subRuns)) return 'sim.sub';
  return dice.chance(parts.awaits) ? 'sim.await' : 'sim.act';
}

/** What a node does besides its work: instead of it, against it, and to find out about it. */
function sideActions(
  dice: Dice,
  parts: Parts,
): Pick<Node, 'fallback' | 'rollback' | 'on_ambiguous'> {
  const ambiguous = dice.pick(['fail', 'ask', 'probe'] as const);
  return {
    ...(dice.chance(parts.fallbacks) && { fallback: { uses: 'sim.instead', with: OF_RUN } }),
    ...(dice.chance(parts.undoable) && { rollback: { uses: 'sim.undo', with: OF_RUN } }),
    ...(dice.chance(parts.ambiguous) && {
      on_ambiguous:
        ambiguous === 'probe' ? { probe: { uses: 'sim.probe', with: OF_RUN } } : ambiguous,
    }),
  };
}
