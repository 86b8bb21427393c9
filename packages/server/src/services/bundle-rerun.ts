import type { DagInput, InlineRetryPolicy, NodeInput, SubmitJob } from '@tenuto/contract';
import type { Plan, RunRecord } from '@tenuto/engine';
import { BUNDLE_LIMITS } from './bundle-limits.ts';

interface Document extends DagInput {
  readonly retry?: InlineRetryPolicy;
  readonly policies?: Readonly<Record<string, { readonly policy: InlineRetryPolicy }>>;
}

/**
 * The job that makes a run again on another server: its graph and its inputs. Retry policies that it
 * knows by an id stand in it themselves. Null where the graph is too large for a request.
 */
export function rerunOf(run: RunRecord, plan: Plan): SubmitJob | null {
  if (plan.document.length > BUNDLE_LIMITS.planChars) return null;
  const { nodes, edges = [], retry = {}, policies = {} } = JSON.parse(plan.document) as Document;
  const written = (node: NodeInput): NodeInput => {
    const { retry: own, children, ...rest } = node;
    const named = typeof own === 'string' ? (policies[own.toLowerCase()]?.policy ?? {}) : own;
    return {
      ...rest,
      ...(named !== undefined && { retry: named }),
      ...(children !== undefined && { children: children.map(written) }),
    };
  };
  const { input } = run;
  return {
    job_name: run.name,
    job_type: run.jobType,
    priority: run.priority,
    tags: [...run.tags],
    metadata: { ...run.metadata, bundle_of: run.runId },
    execution_context: { ...input.params },
    max_concurrent_nodes: input.maxConcurrentNodes,
    fail_fast: input.failFast,
    timeout_ms: input.timeoutMs,
    ...(Object.keys(retry).length > 0 && { retry_policy: retry }),
    dag_definition: { nodes: nodes.map(written), ...(edges.length > 0 && { edges }) },
  };
}
