import {
  type JsonObject,
  OrchestrationError,
  PlanError,
  parseTime,
  type SubmitJob,
  type ValidationError,
} from '@tenuto/contract';
import { type CompileOptions, compilePlan, type Plan, type StoredInput } from '@tenuto/engine';
import { refuseDegradeToNothing } from './budgets.ts';
import type { JobGraph } from './job-graph.ts';
import { type JobRetry, jobRetry } from './job-retry.ts';
import type { JobRules } from './job-rules.ts';
import { recoveryRulesOf } from './recovery-policy.ts';
import { cappedGraph } from './retry-cap.ts';
import type { JobPolicies } from './retry-policy-use.ts';

/** A request that has been understood. */
export interface JobInput {
  readonly name: string;
  readonly description: string | undefined;
  readonly plan: Plan;
  readonly run: StoredInput;
  readonly scheduledAt: number | undefined;
}

/** What a job takes from elsewhere: from the catalogue of tests, and from stored policies. */
export interface JobSources {
  readonly graph: JobGraph;
  readonly policies: JobPolicies;
  /** Where its runs come in, when it is not as a job. */
  readonly door?: NonNullable<CompileOptions['door']>;
  /** What the compiler asks about actions. */
  readonly checks: Pick<CompileOptions, 'checkAction' | 'checkSecrets'>;
}

/**
 * Checks what a schema cannot, and compiles the graph.
 * @throws OrchestrationError 400 for names given twice and times that are none, 422 for a graph
 *   that cannot run, for a retry policy that is not there, a deadline that has passed and a recovery
 *   that cannot be
 */
export function readJobInput(
  body: SubmitJob,
  { graph, policies, checks, door }: JobSources,
  rules: JobRules,
): JobInput {
  const name = either(body, 'job_name', 'name');
  if (name === undefined) throw invalid([{ path: '/job_name', message: 'is required' }]);
  const description = either(body, 'job_description', 'description');
  const scheduledAt = timeOf(body.scheduled_at, '/scheduled_at');
  const deadlineAt = timeOf(body.deadline_at, '/deadline_at');
  refusePastDeadline({ deadlineAt, scheduledAt, now: rules.clock.wall() });
  const { defaults } = rules;
  const retry = jobRetry(body, policies, defaults);
  const knows = door === undefined ? checks : { ...checks, door };
  const plan = compile(graph, retry, { ...knows, defaults });
  const recovery = recoveryRulesOf(body.recovery_policy, plan);
  if (body.budget !== undefined) refuseDegradeToNothing(body.budget, '/budget');
  return {
    name,
    description,
    plan,
    scheduledAt,
    run: {
      params: paramsOf(body.execution_context),
      maxConcurrentNodes: body.max_concurrent_nodes ?? defaults.maxConcurrentNodes,
      failFast: body.fail_fast ?? false,
      timeoutMs: body.timeout_ms ?? defaults.timeoutMs,
      maxRetries: retry.maxRetries,
      ...(policies.used.length > 0 && { retryPolicies: policies.used }),
      ...(deadlineAt !== undefined && { deadlineAt }),
      ...(recovery !== undefined && { recovery }),
      ...(body.budget !== undefined && { budgets: { run: body.budget } }),
      ...notifyOf(body),
    },
  };
}

/** Nothing for the many jobs that tell nobody. */
function notifyOf({ on_success: success = [], on_failure: failure = [] }: SubmitJob) {
  return success.length + failure.length === 0 ? {} : { notify: { success, failure } };
}

function either(
  body: SubmitJob,
  field: 'job_name' | 'job_description',
  alias: 'name' | 'description',
): string | undefined {
  if (body[field] !== undefined && body[alias] !== undefined) {
    throw invalid([
      { path: `/${alias}`, message: `is another name of ${field}; give one of them` },
    ]);
  }
  return body[field] ?? body[alias];
}

function timeOf(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined;
  const at = parseTime(text);
  if (at === undefined) throw invalid([{ path, message: 'is not an RFC 3339 time', value: text }]);
  return at;
}

function refusePastDeadline(times: {
  readonly deadlineAt: number | undefined;
  readonly scheduledAt: number | undefined;
  readonly now: number;
}): void {
  const { deadlineAt, scheduledAt, now } = times;
  if (deadlineAt === undefined || deadlineAt > Math.max(now, scheduledAt ?? now)) return;
  const message = deadlineAt <= now ? 'has passed' : 'is not after scheduled_at';
  throw new OrchestrationError('unprocessable', `/deadline_at ${message}.`, {
    validationErrors: [{ path: '/deadline_at', message }],
  });
}

function compile(
  { dag, placeOf }: JobGraph,
  retry: JobRetry,
  {
    defaults,
    ...knows
  }: Pick<CompileOptions, 'checkAction' | 'checkSecrets' | 'door'> & Pick<JobRules, 'defaults'>,
): Plan {
  try {
    const capped = cappedGraph(dag, defaults.maxRetryDelayMs);
    return compilePlan(capped, { ...retry.options, ...knows });
  } catch (error) {
    if (!(error instanceof OrchestrationError)) throw error;
    const validationErrors = error.validationErrors.map((problem) => ({
      ...problem,
      path: placeOf(problem.path),
    }));
    if (error instanceof PlanError) throw new PlanError(error.message, validationErrors);
    throw new OrchestrationError(error.code, error.message, { validationErrors });
  }
}

/** The body came through the JSON reader, so what it holds is JSON. */
function paramsOf(context: SubmitJob['execution_context']): JsonObject {
  return (context ?? {}) as JsonObject;
}

function invalid(errors: readonly ValidationError[]): OrchestrationError {
  const [first] = errors;
  return new OrchestrationError('validation_failed', `${first?.path} ${first?.message}`, {
    validationErrors: errors,
  });
}
