/** Characters of a plan shown inside a job: its nodes, and its edges, each up to half of them. */
const PLAN_CHARS = 1_000_000;

interface PlanView {
  readonly plan: unknown;
  /** What was left out because the plan is too large. */
  readonly plan_omitted?: { readonly nodes: number; readonly edges: number };
}

/**
 * A plan as it was submitted; of a large one, as many of its first nodes and edges as fit. Nodes
 * inside groups go with their group and count with it.
 * @param document the plan's canonical JSON
 */
export function planView(document: string, chars = PLAN_CHARS): PlanView {
  const plan: unknown = JSON.parse(document);
  if (document.length <= chars) return { plan };
  const nodes = listIn(plan, 'nodes');
  const edges = listIn(plan, 'edges');
  const shown = { nodes: firstOf(nodes, chars / 2), edges: firstOf(edges, chars / 2) };
  return {
    plan: { ...Object(plan), ...shown },
    plan_omitted: {
      nodes: nodes.length - shown.nodes.length,
      edges: edges.length - shown.edges.length,
    },
  };
}

/** What a node is given, as it was written; undefined where it is given nothing. */
export function givenIn(document: string, nodeId: string): unknown {
  const open: unknown[] = [JSON.parse(document)];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (Reflect.get(Object(part), 'id') === nodeId) {
      return Reflect.get(Object(part), 'with') ?? Reflect.get(Object(part), 'action_parameters');
    }
    open.push(...listIn(part, 'nodes'), ...listIn(part, 'children'));
  }
  return undefined;
}

function listIn(plan: unknown, field: string): readonly unknown[] {
  const list: unknown = Reflect.get(Object(plan), field);
  return Array.isArray(list) ? list : [];
}

function firstOf(items: readonly unknown[], chars: number): readonly unknown[] {
  let left = chars;
  const end = items.findIndex((item) => {
    left -= JSON.stringify(item).length + 1;
    return left < 0;
  });
  return end < 0 ? items : items.slice(0, end);
}
