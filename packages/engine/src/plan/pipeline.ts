import type { DagInput, NodeInput, StepInput } from '@tenuto/contract';

/** Goes on behind steps that were skipped by their `if`, and not behind one that failed. */
const PASSED = `parents.all(p, p.status == 'completed' || p.status == 'skipped')`;

/**
 * The chain of nodes that a pipeline is: each step runs when the one before it has completed. Behind
 * steps that may be skipped a step looks back to the last one that may not: whatever it sees failed
 * or undone stops it too.
 */
export function pipelineGraph(steps: readonly StepInput[]): DagInput {
  return { nodes: steps.map((step, i) => nodeOf(step, before(steps, i))) };
}

/** The steps that one depends on, nearest first. */
function before(steps: readonly StepInput[], at: number): readonly StepInput[] {
  const found: StepInput[] = [];
  for (let i = at - 1; i >= 0; i -= 1) {
    const step = steps[i];
    if (step === undefined) break;
    found.push(step);
    if (step.if === undefined || step.if === true) break;
  }
  return found;
}

function nodeOf(step: StepInput, parents: readonly StepInput[]): NodeInput {
  const mayBeSkipped = parents.some((parent) => parent.if !== undefined && parent.if !== true);
  return {
    ...step,
    ...(parents.length > 0 && { parent_nodes: parents.map(({ id }) => id) }),
    ...(mayBeSkipped && {
      dependency_condition: 'conditional' as const,
      condition_expression: PASSED,
    }),
  };
}
