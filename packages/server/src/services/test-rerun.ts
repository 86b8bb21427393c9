import { type Job, LIMITS, OrchestrationError, type SubmitJob } from '@tenuto/contract';
import type { Access, FailedTest, Plan, RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { wrongState } from './job-state.ts';
import { submitOnce } from './job-submit.ts';
import type { JobParts } from './services.ts';
import { someCasesNode } from './test-nodes.ts';

/** Where more failed, it is the suites that are to be run again. */
const MOST = 5_000;
const SUFFIX = ' (failed tests)';

interface Rerun {
  readonly jobId: string;
  readonly key: string | undefined;
}

/**
 * Makes a job of the tests that failed in another one, with what the catalogue says of their
 * suites, the parameters of that job and its metadata. Tests in quarantine are left out.
 * @throws OrchestrationError 404, 409 while the job is not over, 422 when no test failed, or one
 *   cannot be run alone
 */
export async function rerunFailedTests(
  parts: JobParts,
  caller: Caller,
  { jobId, key }: Rerun,
): Promise<Job> {
  const access = authorize(caller.principal, 'jobs:write', 'jobs');
  const run = await findJob(parts, access, jobId);
  return submitOnce(parts, caller, {
    request: { rerun_failed_tests: run.runId },
    key,
    // A job stays its owner's, whoever asks for the rerun.
    owner: run.owner,
    make() {
      if (!run.over) throw wrongState(run, 'searched for failed tests before it is over');
      return bodyOf(parts, access, run);
    },
  });
}

async function bodyOf(parts: JobParts, access: Access, run: RunRecord): Promise<SubmitJob> {
  const failed = await parts.tests.failed(access, { runId: run.runId, limit: MOST + 1 });
  if (failed.length === 0) {
    throw impossible('No test of this job failed, those in quarantine left out.');
  }
  if (failed.length > MOST) {
    throw impossible(`More than ${MOST} tests failed: run their suites again.`);
  }
  const plan = await parts.plans(access, run);
  const { input } = run;
  return {
    job_name: `${run.name.slice(0, LIMITS.jobNameChars - SUFFIX.length)}${SUFFIX}`,
    job_type: run.jobType,
    priority: run.priority,
    tags: [...run.tags],
    metadata: { ...run.metadata, rerun_of: run.runId },
    execution_context: { ...input.params },
    max_concurrent_nodes: input.maxConcurrentNodes,
    timeout_ms: input.timeoutMs,
    ...(input.maxRetries !== undefined && { max_retries: input.maxRetries }),
    dag_definition: { nodes: await nodesOf(parts, run.owner, { failed, plan }) },
  };
}

/** A node for each registered case that failed, and one for the failed cases of each suite. */
async function nodesOf(
  { tests }: JobParts,
  owner: string,
  { failed, plan }: { readonly failed: readonly FailedTest[]; readonly plan: Plan },
) {
  const caseOf = casesOfNodes(plan);
  const cases = new Set(failed.flatMap(({ nodeId }) => caseOf(nodeId) ?? []));
  const others = failed.filter(({ nodeId }) => caseOf(nodeId) === undefined);
  const bySuite = Map.groupBy(others, ({ suite }) => suite);
  const entries = await tests.catalogue.entries(owner, [...bySuite.keys()]);
  const known = new Map(entries.map(({ id, body }) => [id, body]));
  const suites = [...bySuite].map(([id, some]) => {
    const body = known.get(id);
    if (body?.kind !== 'suite' || body.command === undefined) throw unregistered(id);
    if (body.select === undefined) throw unselectable(id);
    return someCasesNode({ id, body }, some);
  });
  const registered = [...cases].map((id) => {
    return { id, type: 'test_case', test_case_id: id } as const;
  });
  return [...suites, ...registered];
}

/** The case of the catalogue that a node ran, by the node's id or that of an instance. */
function casesOfNodes(plan: Plan): (nodeId: string) => string | undefined {
  const cases = new Map<string, string>();
  plan.ids.forEach((id, index) => {
    const caseId = plan.specs[index]?.testCase?.name;
    if (caseId !== undefined) cases.set(id, caseId);
  });
  return (nodeId) => cases.get(nodeId) ?? cases.get(nodeId.replace(/(\[\d+\])+$/, ''));
}

function impossible(detail: string): OrchestrationError {
  return new OrchestrationError('unprocessable', detail);
}

function unregistered(suite: string): OrchestrationError {
  const name = suite === '' ? 'without a name' : `"${suite}"`;
  return impossible(
    `Tests of the suite ${name} failed, which is no suite of the catalogue: register it with PUT ` +
      '/api/v1/tests/catalogue/{id}, and name it in the node by test_suite_id, or by suite in with.',
  );
}

function unselectable(suite: string): OrchestrationError {
  return impossible(
    `The suite "${suite}" cannot select cases: give it select in the catalogue, whose case_args ` +
      'say how the runner is told which cases to run.',
  );
}
