import type { JobNode, NodeStatus } from '@tenuto/contract';
import { shownStatus } from './status.ts';

/** The state of a node as the graph shows it. */
export type CardStatus = NodeStatus | 'not_reached';

/** What the graph needs of a node. */
export type GraphNode = Pick<
  JobNode,
  'node_id' | 'name' | 'type' | 'uses' | 'status' | 'error' | 'attempts' | 'parent_nodes'
>;

/** One card: a node, or many alike that stand for one another. */
export interface Card {
  readonly id: string;
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly status: CardStatus;
  /** How many of its nodes are in each status, for a stack. */
  readonly counts: Readonly<Partial<Record<CardStatus, number>>>;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Not taken: what it leads to was skipped while what it comes from was not. */
  readonly skipped: boolean;
}

export interface Graph {
  readonly cards: readonly Card[];
  readonly edges: readonly Edge[];
}

/** From so many on, nodes that are alike are one card. */
const STACK_FROM = 13;

/** The worst first: what a stack is said to be. */
const RANK: readonly CardStatus[] = [
  'failed',
  'timeout',
  'running',
  'waiting',
  'ready',
  'pending',
  'cancelled',
  'completed',
  'not_reached',
  'skipped',
];

/**
 * Makes the cards of a graph.
 * @param unfolded ids of stacks whose nodes are shown one by one
 */
export function graphOf(nodes: readonly GraphNode[], unfolded: ReadonlySet<string>): Graph {
  const groups = stacksOf(nodes);
  const cardOf = new Map<string, string>();
  const cards: Card[] = [];
  for (const [key, group] of groups) {
    const id = `stack:${key}`;
    if (group.length < STACK_FROM || unfolded.has(id)) {
      for (const node of group) {
        cardOf.set(node.node_id, node.node_id);
        cards.push(single(node));
      }
    } else {
      for (const node of group) cardOf.set(node.node_id, id);
      cards.push(stack(id, group));
    }
  }
  return { cards, edges: edgesOf(nodes, cardOf) };
}

/** Nodes by what makes them alike: the same work, between the same neighbours. */
function stacksOf(nodes: readonly GraphNode[]): Map<string, GraphNode[]> {
  const children = new Map<string, string[]>();
  for (const node of nodes) {
    for (const parent of node.parent_nodes) {
      const known = children.get(parent);
      if (known) known.push(node.node_id);
      else children.set(parent, [node.node_id]);
    }
  }
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const key = JSON.stringify([
      baseName(node.node_id),
      node.type,
      node.uses,
      node.parent_nodes,
      children.get(node.node_id) ?? [],
    ]);
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return groups;
}

/** `shard[3]`, `shard-3` and `shard_3` are shards. */
function baseName(id: string): string {
  return id.replace(/\[\d+\]/g, '[]').replace(/[-_.]?\d+$/, '');
}

function single(node: GraphNode): Card {
  const label = node.name ?? node.node_id;
  return { id: node.node_id, label, nodes: [node], status: shownStatus(node), counts: {} };
}

function stack(id: string, nodes: readonly GraphNode[]): Card {
  const counts: Partial<Record<CardStatus, number>> = {};
  for (const node of nodes) {
    const one = shownStatus(node);
    counts[one] = (counts[one] ?? 0) + 1;
  }
  const status = RANK.find((one) => counts[one] !== undefined) ?? 'pending';
  return { id, label: baseName(nodes[0]?.node_id ?? '') || 'nodes', nodes, status, counts };
}

function edgesOf(nodes: readonly GraphNode[], cardOf: ReadonlyMap<string, string>): Edge[] {
  const statuses = new Map(nodes.map((node) => [node.node_id, node.status]));
  const edges = new Map<string, Edge>();
  for (const node of nodes) {
    const to = cardOf.get(node.node_id) ?? node.node_id;
    for (const parent of node.parent_nodes) {
      const from = cardOf.get(parent);
      if (from === undefined || from === to) continue;
      const skipped = node.status === 'skipped' && statuses.get(parent) !== 'skipped';
      const key = JSON.stringify([from, to]);
      const known = edges.get(key);
      edges.set(key, { from, to, skipped: skipped && (known?.skipped ?? true) });
    }
  }
  return [...edges.values()];
}
