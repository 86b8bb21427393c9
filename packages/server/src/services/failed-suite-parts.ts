import type { NodeView, Plan } from '@tenuto/engine';
import { patternOf, type Viewed } from './node-find.ts';

const MERGE = 'test.merge';

/** Whether suites were spread over nodes, or are run case by case. */
export function hasSuiteOfParts({ specs }: Plan): boolean {
  return specs.some(({ uses }) => uses === MERGE);
}

/**
 * The parts that have made a suite fail. Each is allowed to fail, so that the others go on and the
 * node that puts their reports together decides: a retry of that node alone would read what it has
 * read before.
 */
export function failedSuiteParts(viewed: Viewed): NodeView[] {
  const { plan, nodes } = viewed;
  const failed = new Map<number, NodeView>();
  for (let position = 0; position < nodes.nodeCount(); position += 1) {
    const node = nodes.node(position);
    if (node.status === 'failed' || node.status === 'timeout') failed.set(node.index, node);
  }
  return [...failed.values()].flatMap((node) => {
    const pattern = patternOf(plan, node);
    if (plan.specs[pattern]?.uses !== MERGE) return [];
    // An instance of a `for_each` stands as far from its pattern as those beside it do.
    const ahead = node.index - pattern;
    return partsOf(viewed, pattern).flatMap((part) => failed.get(part + ahead) ?? []);
  });
}

/** What stands in the groups whose reports a node puts together. */
function partsOf({ plan }: Viewed, merge: number): number[] {
  const { predecessorOffsets: offsets, predecessors, subtreeEnd } = plan;
  const groups = predecessors.subarray(offsets[merge], offsets[merge + 1]);
  return [...groups].flatMap((group) =>
    Array.from({ length: (subtreeEnd[group] ?? group) - group - 1 }, (_, i) => group + 1 + i),
  );
}
