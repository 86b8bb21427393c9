/** Random graphs of every shape that a plan may have, for the tests of the run state machine. */
import type { DagInput, EdgeInput, NodeInput, NodeType } from '@tenuto/contract';
import fc from 'fast-check';

/** What the graphs' expressions read. */
export const MODEL_PARAMS = { yes: true, no: false, none: [], two: ['a', null], three: [1, 2, 3] };

/** Lists that groups go over, with how many items they have; -1 for what is no list. */
export const LISTS: ReadonlyMap<string, number> = new Map([
  ['params.none', 0],
  ['params.two', 2],
  ['params.three', 3],
  ['params.yes', -1],
]);

/** What conditions say; undefined for an expression that fails. */
export const VALUES: ReadonlyMap<string, string | undefined> = new Map([
  ['params.yes', 'true'],
  ['params.no', 'false'],
  ["'red'", 'red'],
  ['3 + 4', '7'],
  ['params.missing', undefined],
]);
const LABELS = [true, false, 'red', 7];

export const ALL_COMPLETED = "parents.all(p, p.status == 'completed')";
export const ONE_FAILED = "parents.exists(p, p.status == 'failed')";
const DECISIONS = [ALL_COMPLETED, ONE_FAILED, 'params.no', 'params.two', 'params.missing'];
/** Guards; `peek` reads the status of some node, whatever it is at that moment. */
const GUARDS = [true, false, 'params.no', 'params.two', 'peek', 'peek', 'peek', 'peek'];

interface Shape {
  readonly type: NodeType;
  readonly guard: number;
  readonly dependency: number;
  readonly decision: number;
  readonly value: number;
  readonly flags: number;
  readonly links: readonly { readonly to: number; readonly label: number }[];
  readonly list: number;
  readonly limit: number;
  readonly peek: number;
  readonly children: readonly Shape[];
}

export interface ModelGraph {
  readonly dag: DagInput;
  readonly maxConcurrentNodes: number;
  readonly failFast: boolean;
  /** From which scripts of attempts and the order of events follow. */
  readonly seed: number;
  /** After how many steps the run is stopped. */
  readonly stopAt: number | undefined;
}

const rules = {
  guard: fc.nat(GUARDS.length * 2),
  dependency: fc.nat(9),
  decision: fc.nat(DECISIONS.length - 1),
  value: fc.nat(VALUES.size + 3),
  flags: fc.nat(7),
  links: fc.array(fc.record({ to: fc.nat(50), label: fc.nat(LABELS.length) }), {
    maxLength: 3,
    size: 'max',
  }),
  list: fc.nat(LISTS.size + 2),
  limit: fc.nat(3),
  peek: fc.nat(50),
};
const leafTypes = [
  'action',
  'action',
  'action',
  'condition',
  'checkpoint',
  'notification',
] as const;
const leaf = fc.record({
  ...rules,
  type: fc.constantFrom(...leafTypes),
  children: fc.constant([]),
});
const cleanup = fc.record({
  ...rules,
  type: fc.constant<NodeType>('cleanup'),
  children: fc.constant([]),
});
const shapes = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: leaf as fc.Arbitrary<Shape> },
    {
      weight: 2,
      arbitrary: fc.record({
        ...rules,
        type: fc.constantFrom<NodeType>('parallel_group', 'parallel_group', 'sequential_group'),
        children: fc.array(tie('shape'), { minLength: 1, maxLength: 4, size: 'max' }),
      }),
    },
  ),
}));

export const modelGraph: fc.Arbitrary<ModelGraph> = fc
  .record({
    shapes: fc.array(shapes.shape, { minLength: 1, maxLength: 8, size: 'max' }),
    cleanups: fc.array(cleanup, { maxLength: 2 }),
    backwards: fc.boolean(),
    keepsAll: fc.boolean(),
    maxConcurrentNodes: fc.integer({ min: 1, max: 8 }),
    failFast: fc.boolean(),
    seed: fc.integer(),
    stopAt: fc.option(fc.nat(20), { nil: undefined, freq: 3 }),
  })
  .map(({ shapes: drawn, cleanups, backwards, keepsAll, ...rest }) => {
    const { nodes, edges } = graphOf([...drawn, ...cleanups]);
    if (keepsAll) nodes.push({ id: 'reader', uses: 'x', with: { all: '${steps}' } });
    return { ...rest, dag: { nodes: backwards ? nodes.reverse() : nodes, edges } };
  });

interface Placed {
  readonly id: string;
  readonly type: NodeType;
  readonly ancestors: readonly string[];
  /** The innermost for_each group. */
  readonly pattern: string;
}

/** Edges lead from nodes written earlier to later ones, so that no cycle can be. */
function graphOf(drawn: readonly Shape[]): { nodes: NodeInput[]; edges: EdgeInput[] } {
  const placed: Placed[] = [];
  const edges: EdgeInput[] = [];
  const build = (shape: Shape, ancestors: readonly string[], pattern: string): NodeInput => {
    const id = `n${placed.length}`;
    const isOver = shape.type === 'parallel_group' || shape.type === 'sequential_group';
    const list = isOver ? [...LISTS.keys()][shape.list] : undefined;
    const mayBeParent = placed.filter(
      (other) =>
        !ancestors.includes(other.id) &&
        other.pattern === pattern &&
        (other.type === 'cleanup') === (shape.type === 'cleanup'),
    );
    const needs = linksOf(shape, id, mayBeParent, edges);
    const seen = placed.filter(
      (other) =>
        other.type === 'action' && (other.pattern === '' || ancestors.includes(other.pattern)),
    );
    placed.push({ id, type: shape.type, ancestors, pattern });
    const inner = list === undefined ? pattern : id;
    const children = shape.children.map((child) => build(child, [...ancestors, id], inner));
    return {
      id,
      type: shape.type,
      needs,
      ...rulesOf(shape, seen),
      ...(list !== undefined && { for_each: list }),
      ...(isOver && { children }),
    };
  };
  return { nodes: drawn.map((shape) => build(shape, [], '')), edges };
}

function linksOf(
  shape: Shape,
  to: string,
  mayBeParent: readonly Placed[],
  edges: EdgeInput[],
): string[] {
  const needs: string[] = [];
  if (mayBeParent.length === 0) return needs;
  const met = new Set<string>();
  for (const link of shape.links) {
    const parent = mayBeParent[link.to % mayBeParent.length];
    if (parent === undefined || met.has(parent.id)) continue;
    met.add(parent.id);
    const when = parent.type === 'condition' ? LABELS[link.label] : undefined;
    if (when === undefined) needs.push(parent.id);
    else edges.push({ from: parent.id, to, when });
  }
  return needs;
}

function rulesOf(shape: Shape, seen: readonly Placed[]): Partial<NodeInput> {
  const { type } = shape;
  const dependency = (['conditional', 'any', 'any', 'all_done', 'all_done'] as const)[
    shape.dependency
  ];
  const peeked = seen[shape.peek % Math.max(1, seen.length)];
  const guard = GUARDS[shape.guard];
  const isConditional = dependency === 'conditional' && type !== 'condition';
  const expression =
    type === 'condition'
      ? ([...VALUES.keys()][shape.value] ?? 'params.yes')
      : DECISIONS[shape.decision];
  return {
    ...(type !== 'condition' && type !== 'checkpoint' && !type.endsWith('group') && { uses: 'x' }),
    ...(guard === 'peek'
      ? peeked !== undefined && { if: peekAt(peeked.id, shape.peek % 3) }
      : guard !== undefined && { if: guard }),
    ...((isConditional || dependency !== 'conditional') && {
      dependency_condition: dependency ?? 'all',
    }),
    ...((isConditional || type === 'condition') &&
      expression !== undefined && { condition_expression: expression }),
    ...((shape.flags & 1) !== 0 && { allow_failure: true }),
    ...((shape.flags & 2) !== 0 && { skip_on_failure: true }),
    ...((shape.flags & 4) !== 0 && { priority: 2 }),
    ...(type === 'parallel_group' && shape.limit > 0 && { max_parallel_instances: shape.limit }),
  };
}

function peekAt(id: string, form: number): string {
  const node = `nodes['${id}']`;
  return form === 0 ? `${node}.status != 'running'` : `${node}.attempts == ${form}`;
}
