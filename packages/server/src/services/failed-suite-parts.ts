import type { Access, InboxBody, NodeView, Plan, RunRecord } from '@tenuto/engine';
import { patternOf, type Viewed, viewOf } from './node-find.ts';
import type { JobParts } from './services.ts';

const MERGE = 'test.merge';

/**
 * The parts that have made the suites of a run fail. Each is allowed to fail, so that the others go
 * on and the node that puts their reports together decides: a retry of that node alone would read
 * what it has read before.
 */
export async function failedSuiteParts(
  parts: JobParts,
  access: Access,
  run: RunRecord,
): Promise<NodeView[]> {
  const { specs } = await parts.plans(access, run);
  if (!specs.some(({ uses }) => uses === MERGE)) return [];
  return failedPartsOf(await viewOf(parts, access, run));
}

/** A retry from nodes takes up what else has failed, too. */
export function fromNodes(
  [first, ...also]: readonly NodeView[],
  from: InboxBody['retry']['from'],
): Pick<InboxBody['retry'], 'from' | 'node' | 'also'> {
  if (first === undefined) return { from };
  return {
    ...{ from: 'node', node: first.index },
    ...(also.length > 0 && { also: also.map(({ index }) => index) }),
  };
}

function failedPartsOf({ plan, nodes }: Viewed): NodeView[] {
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
    return partsBefore(plan, pattern).flatMap((part) => failed.get(part + ahead) ?? []);
  });
}

/** What stands in the groups whose reports a node puts together. */
function partsBefore(plan: Plan, merge: number): number[] {
  const { predecessorOffsets: offsets, predecessors, subtreeEnd } = plan;
  const groups = predecessors.subarray(offsets[merge], offsets[merge + 1]);
  return [...groups].flatMap((group) =>
    Array.from({ length: (subtreeEnd[group] ?? group) - group - 1 }, (_, i) => group + 1 + i),
  );
}
