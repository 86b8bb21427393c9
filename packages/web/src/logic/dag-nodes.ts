import { NODE_TYPES } from '@tenuto/contract';
import type { GraphNode } from './graph.ts';

/**
 * The nodes of a graph as it is written, for a picture of it. What was typed may be anything: what is
 * no node is left out. What waits for a group is drawn behind the children of the group.
 */
export function nodesOfDag(dag: unknown): readonly GraphNode[] {
  const { nodes, edges } = objectOf(dag);
  const found: Written[] = [];
  collect(nodes, undefined, found);
  const parents = new Map(found.map(({ id, needs }) => [id, new Set(needs)]));
  for (const edge of listOf(edges)) {
    const { from, to } = objectOf(edge);
    if (typeof from === 'string' && typeof to === 'string') parents.get(to)?.add(from);
  }
  const last = lastOfGroups(found);
  return found.map(({ id, group, node }) => ({
    ...{ node_id: id, name: textOf(node.name) ?? null, type: typeOf(node.type) },
    uses: textOf(node.uses) ?? textOf(node.action_type) ?? null,
    ...{ status: 'pending' as const, error: null, attempts: 0 },
    parent_nodes: [...(parents.get(id) ?? [])].flatMap((parent) =>
      parent === group ? [parent] : (last.get(parent) ?? [parent]),
    ),
  }));
}

interface Written {
  readonly id: string;
  readonly group: string | undefined;
  readonly needs: readonly string[];
  readonly node: Readonly<Record<string, unknown>>;
}

function collect(nodes: unknown, group: string | undefined, found: Written[]): void {
  for (const one of listOf(nodes)) {
    const node = objectOf(one);
    const id = textOf(node.id);
    if (id === undefined) continue;
    const needs = [...listOf(node.needs), ...listOf(node.parent_nodes)].filter(isText);
    found.push({ id, group, node, needs: group === undefined ? needs : [group, ...needs] });
    collect(node.children, id, found);
  }
}

/** The children of each group that no other child of it waits for. */
function lastOfGroups(found: readonly Written[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, Written[]>();
  for (const one of found) {
    if (one.group === undefined) continue;
    const known = groups.get(one.group);
    if (known) known.push(one);
    else groups.set(one.group, [one]);
  }
  return new Map(
    [...groups].map(([group, children]) => {
      const waitedFor = new Set(children.flatMap(({ needs }) => needs));
      return [group, children.map(({ id }) => id).filter((id) => !waitedFor.has(id))];
    }),
  );
}

function typeOf(type: unknown): GraphNode['type'] {
  return NODE_TYPES.find((one) => one === type) ?? 'action';
}

const isText = (value: unknown): value is string => typeof value === 'string';
const textOf = (value: unknown) => (isText(value) ? value : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
