import { LIMITS, type NodeInput, type NodeType } from '@tenuto/contract';
import type { Problems } from './problems.ts';

/** The nodes of a graph in preorder, each with where it was written and what it stands in. */
export interface FlatNodes {
  readonly inputs: readonly NodeInput[];
  readonly paths: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly groups: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** The innermost `for_each` group around each node, or -1. */
  readonly patternOf: Int32Array;
}

/** No controls, line breaks or halves of a character. */
const PRINTABLE_ID = new RegExp(`^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]{1,${LIMITS.nodeIdChars}}$`, 'u');
const INSTANCE_SUFFIX = /\[\d+\]$/;

export function typeOf(node: NodeInput): NodeType {
  return node.type ?? 'action';
}

export function isGroup(node: NodeInput): boolean {
  return node.type === 'parallel_group' || node.type === 'sequential_group';
}

/** Lays the nodes out in preorder; duplicate ids and misplaced children become problems. */
export function flatten(
  nodes: readonly NodeInput[],
  maxNodes: number,
  problems: Problems,
): FlatNodes {
  const inputs: NodeInput[] = [];
  const paths: string[] = [];
  const groups: number[] = [];
  const subtreeEnd: number[] = [];
  const patternOf: number[] = [];
  const indexOf = new Map<string, number>();

  function visit(node: NodeInput, path: string, group: number, depth: number): void {
    const index = inputs.length;
    if (index >= maxNodes) refuseSize(maxNodes, problems);
    checkId({ node, path, indexOf, problems });
    indexOf.set(node.id, index);
    inputs.push(node);
    paths.push(path);
    groups.push(group);
    patternOf.push(patternAround(group));
    checkPlace({ node, path, isTop: group < 0, problems });
    if (depth > LIMITS.groupDepth) {
      problems.add(
        path,
        `"${node.id}" stands in more than ${LIMITS.groupDepth} groups inside each other; flatten the graph.`,
      );
    } else {
      for (const [i, child] of (node.children ?? []).entries()) {
        visit(child, `${path}/children/${i}`, index, depth + 1);
      }
    }
    subtreeEnd[index] = inputs.length;
  }

  function patternAround(group: number): number {
    if (group < 0) return -1;
    return inputs[group]?.for_each === undefined ? (patternOf[group] ?? -1) : group;
  }

  nodes.forEach((node, i) => {
    visit(node, `/nodes/${i}`, -1, 0);
  });
  const flat = {
    inputs,
    paths,
    indexOf,
    groups: Int32Array.from(groups),
    subtreeEnd: Int32Array.from(subtreeEnd),
    patternOf: Int32Array.from(patternOf),
  };
  checkInstanceIds(flat, problems);
  return flat;
}

interface Place {
  readonly node: NodeInput;
  readonly path: string;
  readonly problems: Problems;
}

function checkId({
  node: { id },
  path,
  indexOf,
  problems,
}: Place & { readonly indexOf: ReadonlyMap<string, number> }): void {
  if (indexOf.has(id)) {
    problems.add(
      `${path}/id`,
      `The id "${id}" is used twice; ids are unique in a graph, groups included.`,
      id,
    );
  }
  if (!PRINTABLE_ID.test(id)) {
    problems.add(
      `${path}/id`,
      `The id ${JSON.stringify(id)} is not 1 to ${LIMITS.nodeIdChars} printable characters.`,
      id,
    );
  }
}

function checkPlace({ node, path, isTop, problems }: Place & { readonly isTop: boolean }): void {
  if (isGroup(node) && (node.children ?? []).length === 0) {
    problems.add(
      path,
      `The group "${node.id}" has no children; give it some or make it an action.`,
    );
  }
  if (
    !isGroup(node) &&
    (node.children ?? node.for_each ?? node.max_parallel_instances) !== undefined
  ) {
    problems.add(
      path,
      `"${node.id}" is no group: children, for_each and max_parallel_instances go with parallel_group or sequential_group.`,
    );
  }
  if (node.type === 'cleanup' && !isTop) {
    problems.add(path, `The cleanup node "${node.id}" stands in a group; put it at the top level.`);
  }
}

/** What else is wrong with a graph this large would only be a consequence. */
function refuseSize(maxNodes: number, problems: Problems): void {
  problems.add(
    '/nodes',
    `The graph has more than ${maxNodes} nodes; split it into sub-runs or raise the limit.`,
  );
  problems.raise();
}

/** `child[3]` is the id of an instance, so no node may have it that stands in the plan. */
function checkInstanceIds(flat: FlatNodes, problems: Problems): void {
  for (const [id, index] of flat.indexOf) {
    for (let stem = id; INSTANCE_SUFFIX.test(stem); ) {
      stem = stem.replace(INSTANCE_SUFFIX, '');
      const pattern = flat.indexOf.get(stem);
      if (pattern === undefined || (flat.patternOf[pattern] ?? -1) < 0) continue;
      problems.add(
        `${flat.paths[index]}/id`,
        `The id "${id}" is that of an item of "${stem}", which for_each repeats; choose another.`,
        id,
      );
      break;
    }
  }
}
