import type { DagInput, InlineRetryPolicy, NodeInput } from '@tenuto/contract';
import { DEFAULT_RETRY_POLICY } from '@tenuto/engine';

/**
 * The deployment's limit to backoff, written into a job before it is compiled, so that it holds on
 * whichever server the job runs. A Retry-After may still ask for more.
 */

/** The job's own policy, from which its nodes take what they do not say. */
export function cappedPolicy(policy: InlineRetryPolicy, capMs: number): InlineRetryPolicy {
  const delayMs = policy.max_delay_ms ?? DEFAULT_RETRY_POLICY.max_delay_ms;
  return delayMs <= capMs ? policy : { ...policy, max_delay_ms: capMs };
}

export function cappedGraph(dag: DagInput, capMs: number): DagInput {
  const nodes = cappedNodes(dag.nodes, capMs);
  return nodes === dag.nodes ? dag : { ...dag, nodes };
}

/** The nodes themselves when none of them waits for too long. */
function cappedNodes(nodes: readonly NodeInput[], capMs: number): readonly NodeInput[] {
  const capped = nodes.map((node) => cappedNode(node, capMs));
  return capped.some((node, i) => node !== nodes[i]) ? capped : nodes;
}

function cappedNode(node: NodeInput, capMs: number): NodeInput {
  const { retry, children } = node;
  const inside = children && cappedNodes(children, capMs);
  // A policy that is named was capped when it was looked up.
  const own = typeof retry === 'object' && (retry.max_delay_ms ?? 0) > capMs ? retry : undefined;
  if (own === undefined && inside === children) return node;
  return {
    ...node,
    ...(own !== undefined && { retry: { ...own, max_delay_ms: capMs } }),
    ...(inside !== undefined && { children: inside }),
  };
}
