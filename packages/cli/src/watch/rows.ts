import type { JobNode, NodeStatus } from '@tenuto/contract';
import { baseOf, type TreeNode } from './outline.ts';
import { hasEnded } from './snapshot.ts';

/** One line of the tree: a node, or several that are shown as one. */
export interface Row {
  readonly depth: number;
  readonly status: NodeStatus;
  readonly label: string;
  /** The node of the row; absent when it stands for several. */
  readonly node?: JobNode;
  /** What the nodes of the row are doing, when it stands for several. */
  readonly members?: readonly JobNode[];
}

/** A fan-out of more alike than this is one row with counts. */
const STACKED = 12;
/** Most telling first; a row for several nodes has the first status that one of them has. */
const BY_NEWS: readonly NodeStatus[] = [
  'running',
  'failed',
  'timeout',
  'waiting',
  'ready',
  'pending',
  'cancelled',
  'completed',
  'skipped',
];
/** Nodes that the eye looks for; they are the last to be left out. */
const LOUD: ReadonlySet<NodeStatus> = new Set(['running', 'failed', 'timeout', 'waiting']);

/**
 * The rows of a tree that fit a height: everything where there is room; else finished groups
 * are folded, then neighbours in the same quiet status, then what is quiet is counted in one line.
 */
export function fitRows(tree: readonly TreeNode[], height: number): readonly Row[] {
  for (const folding of ['none', 'groups', 'neighbours'] as const) {
    const rows = rowsOf(tree, 0, folding);
    if (rows.length <= height) return rows;
    if (folding === 'neighbours') return cutRows(rows, height);
  }
  return [];
}

type Folding = 'none' | 'groups' | 'neighbours';

function rowsOf(items: readonly TreeNode[], depth: number, folding: Folding): readonly Row[] {
  const rows = stacksOf(items).flatMap((stack): readonly Row[] => {
    const [first] = stack;
    if (first === undefined) return [];
    if (stack.length > STACKED) return stackRows(stack, first, depth);
    return stack.flatMap((item) => nodeRows(item, depth, folding));
  });
  return folding === 'neighbours' ? foldNeighbours(rows) : rows;
}

function nodeRows({ node, children }: TreeNode, depth: number, folding: Folding): readonly Row[] {
  const row: Row = { depth, status: node.status, label: node.node_id, node };
  if (
    children.length === 0 ||
    (folding !== 'none' && hasEnded(node) && LOUD.has(node.status) === false)
  ) {
    return [row];
  }
  return [row, ...rowsOf(children, depth + 1, folding)];
}

/** Consecutive instances of one fan-out together, every other node by itself. */
function stacksOf(items: readonly TreeNode[]): readonly (readonly TreeNode[])[] {
  const stacks = new Map<string, TreeNode[]>();
  for (const item of items) {
    const id = item.node.node_id;
    const base = baseOf(id);
    const key = base === id ? `=${id}` : base;
    const stack = stacks.get(key);
    if (stack) stack.push(item);
    else stacks.set(key, [item]);
  }
  return [...stacks.values()];
}

function stackRows(stack: readonly TreeNode[], first: TreeNode, depth: number): readonly Row[] {
  const members = stack.map(({ node }) => node);
  const label = `${baseOf(first.node.node_id)} ×${stack.length}`;
  const loud = members.filter(({ status }) => status === 'failed' || status === 'timeout');
  return [
    { depth, status: commonStatus(members), label, members },
    ...loud.slice(0, 5).map((node) => ({
      depth: depth + 1,
      status: node.status,
      label: node.node_id,
      node,
    })),
  ];
}

function foldNeighbours(rows: readonly Row[]): readonly Row[] {
  const folded: Row[] = [];
  for (const row of rows) {
    const last = folded.at(-1);
    const joins = last?.status === row.status && last.depth === row.depth && !LOUD.has(row.status);
    if (!joins || !last) {
      folded.push(row);
      continue;
    }
    const members = [...nodesOf(last), ...nodesOf(row)];
    folded[folded.length - 1] = {
      depth: row.depth,
      status: row.status,
      label: `${members[0]?.node_id} … ${members.at(-1)?.node_id}`,
      members,
    };
  }
  return folded;
}

/** Keeps what is loud in its order, as far as there is room, and counts the rest in a last row. */
function cutRows(rows: readonly Row[], height: number): readonly Row[] {
  if (height < 1) return [];
  const byNews = [...rows.keys()].sort((a, b) => newsOf(rows[a]) - newsOf(rows[b]) || a - b);
  const kept = new Set(byNews.slice(0, height - 1));
  const left = rows.filter((_, i) => !kept.has(i)).flatMap(nodesOf);
  return [
    ...rows.filter((_, i) => kept.has(i)),
    { depth: 0, status: commonStatus(left), label: `… ${left.length} more`, members: left },
  ];
}

function newsOf(row: Row | undefined): number {
  return row === undefined ? BY_NEWS.length : BY_NEWS.indexOf(row.status);
}

function nodesOf(row: Row): readonly JobNode[] {
  return row.members ?? (row.node ? [row.node] : []);
}

function commonStatus(nodes: readonly JobNode[]): NodeStatus {
  return BY_NEWS.find((status) => nodes.some((node) => node.status === status)) ?? 'pending';
}

/** `3 running, 40 completed`, most telling first. */
export function countsText(nodes: readonly JobNode[]): string {
  return BY_NEWS.flatMap((status) => {
    const count = nodes.filter((node) => node.status === status).length;
    return count > 0 ? [`${count} ${status}`] : [];
  }).join(', ');
}
