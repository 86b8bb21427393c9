import type { NodeInput } from '@tenuto/contract';
import {
  hasOwnReport,
  plainText,
  registeredCase,
  type SuiteOf,
  selectOf,
  suiteParameters,
} from './test-nodes.ts';

/** What a suite becomes: nodes that take its place, the last of which has its id. */
export interface SuiteNodes {
  readonly nodes: readonly NodeInput[];
  /** The node that waits for what the suite waited for. */
  readonly entry: string;
}

/**
 * A suite as a plan, its shards and their report:
 *
 *   unit/plan -> unit/shards (unit/shard-1, unit/shard-2, ...) -> unit
 *
 * The plan is made when it is its turn, in the folder as it is then.
 *
 * @param cases the only ones to run; what the suite has when undefined
 */
export function shardNodes(
  node: NodeInput,
  suite: SuiteOf,
  { shards, cases }: { readonly shards: number; readonly cases?: readonly SuiteOf[] | undefined },
): SuiteNodes {
  const plan = `${node.id}/plan`;
  const { folder, pattern, timeout_seconds: seconds } = suite.body;
  const ofPlan = `steps[${JSON.stringify(plan)}].shards`;
  const planNode: NodeInput = {
    ...attemptsOf(node),
    ...conditionsOf(node),
    ...{ id: plan, uses: 'test.plan' },
    ...(node.allow_failure !== undefined && { allow_failure: node.allow_failure }),
    with: {
      suite: suite.id,
      shards,
      select: selectOf(suite.body),
      ...(folder !== undefined && { cwd: folder }),
      ...(pattern !== undefined && cases === undefined && { pattern }),
      ...(cases && { cases: cases.map(({ id, body }) => registeredCase(id, body)) }),
    },
  };
  const children = Array.from({ length: shards }, (_, i): NodeInput => {
    const spread = {
      cases: `\${${ofPlan}[${i}].cases}`,
      skip: `\${${ofPlan}[${i}].skip}`,
      list_share: 1 / shards,
    };
    return {
      ...(seconds !== undefined && { timeout_seconds: seconds }),
      ...attemptsOf(node),
      ...timesOf(node),
      ...{ id: `${node.id}/shard-${i + 1}`, type: 'test_suite', test_suite_id: suite.id },
      ...{ uses: 'test.run', with: suiteParameters(suite, spread), allow_failure: true },
    };
  });
  const group: NodeInput = {
    ...{ id: `${node.id}/shards`, type: 'parallel_group', parent_nodes: [plan], children },
  };
  return { nodes: [planNode, group, mergeNode(node, group)], entry: plan };
}

/**
 * A suite as its cases, each a node, and their report. One after the other, unless each writes a
 * report of its own name.
 */
export function caseNodes(node: NodeInput, children: readonly NodeInput[]): SuiteNodes {
  const sideBySide = children.every((child) => hasOwnReport(child.with ?? {}));
  const group: NodeInput = {
    ...conditionsOf(node),
    ...{ id: `${node.id}/cases`, type: 'parallel_group' },
    ...(!sideBySide && { max_parallel_instances: 1 }),
    // What a case came to is in the report: that decides.
    children: children.map((child) => ({ ...child, allow_failure: true })),
  };
  return { nodes: [group, mergeNode(node, group)], entry: group.id };
}

/** A node for a case of a suite that is run case by case. */
export function childOf(node: NodeInput, caseId: string): NodeInput {
  return {
    ...attemptsOf(node),
    ...timesOf(node),
    ...{ id: `${node.id}/${caseId}`, type: 'test_case', test_case_id: caseId },
  };
}

/** The node that others know the suite by: it waits for the parts and puts their reports together. */
function mergeNode(node: NodeInput, group: NodeInput): NodeInput {
  const {
    parent_nodes: _p,
    needs: _n,
    dependency_condition: _d,
    condition_expression: _c,
    if: _i,
    retry: _r,
    timeout_seconds: _t,
    heartbeat_seconds: _h,
    circuit_key: _k,
    on_ambiguous: _o,
    shards: _s,
    test_case_ids: _ids,
    action_type: _a,
    ...own
  } = node;
  const nodes = (group.children ?? []).map(({ id }) => plainText(id));
  const outputs = `\${steps[${JSON.stringify(group.id)}]}`;
  const merge = { uses: 'test.merge', with: { nodes, outputs } };
  return { ...own, ...merge, parent_nodes: [group.id], max_retries: 0 };
}

type Fields<Name extends keyof NodeInput> = Partial<Pick<NodeInput, Name>>;

/** When the node runs. */
function conditionsOf({
  parent_nodes,
  needs,
  dependency_condition,
  condition_expression,
  if: guard,
  skip_on_failure,
}: NodeInput): Fields<
  | 'parent_nodes'
  | 'needs'
  | 'dependency_condition'
  | 'condition_expression'
  | 'if'
  | 'skip_on_failure'
> {
  return {
    ...(parent_nodes && { parent_nodes }),
    ...(needs && { needs }),
    ...(dependency_condition && { dependency_condition }),
    ...(condition_expression && { condition_expression }),
    ...(guard !== undefined && { if: guard }),
    ...(skip_on_failure !== undefined && { skip_on_failure }),
  };
}

/** How often it is tried, and before whom. */
function attemptsOf({
  retry,
  max_retries,
  priority,
}: NodeInput): Fields<'retry' | 'max_retries' | 'priority'> {
  return {
    ...(retry && { retry }),
    ...(max_retries !== undefined && { max_retries }),
    ...(priority !== undefined && { priority }),
  };
}

/** What holds for each attempt of its work. */
function timesOf({
  timeout_seconds,
  grace_seconds,
  heartbeat_seconds,
  circuit_key,
  on_ambiguous,
}: NodeInput): Fields<
  'timeout_seconds' | 'grace_seconds' | 'heartbeat_seconds' | 'circuit_key' | 'on_ambiguous'
> {
  return {
    ...(timeout_seconds !== undefined && { timeout_seconds }),
    ...(grace_seconds !== undefined && { grace_seconds }),
    ...(heartbeat_seconds !== undefined && { heartbeat_seconds }),
    ...(circuit_key !== undefined && { circuit_key }),
    ...(on_ambiguous !== undefined && { on_ambiguous }),
  };
}
