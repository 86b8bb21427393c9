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
    if (indexOf.has(node.id))
      problems.add(
        `${path}/id`,
        `The id "${node.id}" is used twice; ids are unique in a graph, groups included.`,
        node.id,
      );
    indexOf.set(node.id, index);
    inputs.push(node);
    paths.push(path);
    groups.push(group);
    patternOf.push(patternAround(group));
    checkPlace(node, path, group);
    if (depth > LIMITS.groupDepth) {
      problems.add(path, `Groups are nested deeper than ${LIMITS.groupDepth}; flatten the graph.`);
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

  function checkPlace(node: NodeInput, path: string, group: number): void {
    if (isGroup(node) && node.children === undefined) {
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
    if (node.type === 'cleanup' && group >= 0) {
      problems.add(
        path,
        `The cleanup node "${node.id}" stands in a group; put it at the top level.`,
      );
    }
  }

  for (let i = 0; i < nodes.length; i += 1) {
    const node = nodes[i];
    if (node !== undefined) visit(node, `/nodes/${i}`, -1, 0);
    if (inputs.length > maxNodes) {
      problems.add(
        '/nodes',
        `The graph has more than ${maxNodes} nodes; split it into sub-runs or raise the limit.`,
      );
      break;
    }
  }
  return {
    inputs,
    paths,
    indexOf,
    groups: Int32Array.from(groups),
    subtreeEnd: Int32Array.from(subtreeEnd),
    patternOf: Int32Array.from(patternOf),
  };
}
