/** What a run of a profile is made of: profile, intake and params checked, the graph compiled. */
import {
  type Budget,
  type CreateRun,
  type Json,
  type JsonObject,
  OrchestrationError,
  PlanError,
  type Profile,
  type SubmitJob,
  type ValidationError,
} from '@tenuto/contract';
import {
  type Access,
  compileJsonSchema,
  isLimited,
  type PhasedInput,
  type Plan,
  type ProfileGraph,
  profileGraph,
  RUN_PARAMS,
  runBudgetsOf,
  type StoredInput,
} from '@tenuto/engine';
import { profileFaults } from '../profiles/profile-form.ts';
import type { JobInput, JobSources } from './job-input.ts';
import { checkJob, type GraphParts } from './job-submit.ts';
import { refuseForbidden } from './model-policy.ts';
import { modelsNamed, refuseUnpriced } from './model-prices.ts';
import { type FoundProfile, noProfile, type ProfileUse } from './profile-use.ts';

/** A run of a profile that has been understood. */
export interface PhasedRun {
  readonly found: FoundProfile;
  readonly job: JobInput;
  readonly input: StoredInput & { readonly phased: PhasedInput };
}

type Asked = Pick<
  CreateRun,
  'profile' | 'profile_version' | 'intake' | 'project_name' | 'auto_advance' | 'budget' | 'params'
>;

interface Reading {
  readonly access: Access;
  readonly asked: Asked;
  readonly door?: JobSources['door'];
  /** What a task says about retries. */
  readonly retry?: Pick<SubmitJob, 'max_retries' | 'retry_policy'>;
}

/**
 * Checks all of a run that can be known before it runs.
 * @throws OrchestrationError 422 for a profile that is not there or cannot be run, with paths below
 *   `/profile`, and for what does not fit: `/intake/...`, `/params/...`, `/budget/...`
 */
export async function readRun(
  parts: GraphParts,
  { access, asked, door, retry }: Reading,
): Promise<PhasedRun> {
  const profiles = profilesOf(parts);
  const found = await profiles.find(access, asked.profile, asked.profile_version);
  if (found === undefined) throw noProfile(asked.profile, asked.profile_version);
  const { profile } = found;
  const intake = fittedIntake(profile, asked.intake);
  refuseParams(asked.params);
  const budget = asked.budget ?? profile.budget;
  refuseBudget(asked.budget);
  const graph = await atProfile(() => graphOf(profiles, profile, asked.auto_advance));
  const params: JsonObject = { ...jsonOf(profile.params), ...jsonOf(asked.params), intake };
  const body = { ...jobOf(profile, graph, params), ...retry };
  const job = await atGraph(graph, () => checkJob(parts, access, body, door));
  await atGraph(graph, async () => refuseForbiddenModels(parts, profile, { graph, budget }));
  const phased = phasedInput(found, { asked, graph, budget });
  const budgets = runBudgetsOf(phased);
  if (isLimited(budgets)) await atGraph(graph, () => refuseUnpricedGraph(parts, graph, budget));
  return { found, job, input: { ...job.run, phased, budgets } };
}

/** What a policy does not allow is refused before anything is paid for. */
function refuseForbiddenModels(
  { rules: { models } }: GraphParts,
  { policy }: Profile,
  of: { readonly graph: ProfileGraph; readonly budget: Budget | undefined },
): void {
  const used = modelsNamed(of.graph.dag, of.budget, models?.defaultModel());
  refuseForbidden(used, { deployment: models?.policy, profile: policy });
}

/** A budget can only be kept for models whose price is known. */
async function refuseUnpricedGraph(
  { rules }: GraphParts,
  { dag }: ProfileGraph,
  budget: Budget | undefined,
): Promise<void> {
  const { prices } = rules;
  if (prices !== undefined) await refuseUnpriced(prices, modelsNamed(dag, budget));
}

/** Checks a profile as far as that can be done without a run of it. */
export async function checkProfile(
  parts: GraphParts,
  access: Access,
  profile: Profile,
): Promise<{ readonly graph: ProfileGraph; readonly plan: Plan }> {
  const graph = await graphOf(profilesOf(parts), profile, undefined);
  const params = { ...jsonOf(profile.params), intake: {} };
  const job = await placed(graph.placeOf, () =>
    checkJob(parts, access, jobOf(profile, graph, params)),
  );
  return { graph, plan: job.plan };
}

function profilesOf({ rules }: GraphParts): ProfileUse {
  if (rules.profiles === undefined) throw new Error('there are no profiles');
  return rules.profiles;
}

async function graphOf(
  profiles: ProfileUse,
  written: Profile,
  autoAdvance: boolean | undefined,
): Promise<ProfileGraph> {
  const { profile, problems } = await profiles.withPrompts(written);
  const all = [...profileFaults(written), ...problems];
  const [first] = all;
  if (first === undefined) return profileGraph(profile, autoAdvance);
  throw new PlanError(`${first.path} ${first.message}.`, all);
}

function jobOf(profile: Profile, { dag }: ProfileGraph, params: JsonObject): SubmitJob {
  const { name, timeout_ms: timeoutMs, max_concurrent_nodes: most } = profile;
  return {
    ...{ job_name: name, job_type: name, dag_definition: dag, execution_context: params },
    ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }),
    ...(most !== undefined && { max_concurrent_nodes: most }),
  };
}

function phasedInput(
  { profile, version, source }: FoundProfile,
  of: {
    readonly asked: Asked;
    readonly graph: ProfileGraph;
    readonly budget: Budget | undefined;
  },
): PhasedInput {
  const { asked, graph, budget } = of;
  return {
    ...{ profile: profile.name, profileVersion: version, source },
    projectName: asked.project_name ?? null,
    autoAdvance: asked.auto_advance ?? null,
    phases: graph.phases,
    ...(budget !== undefined && { budget }),
  };
}

/** Completed by the defaults of the profile's schema. */
function fittedIntake({ intake_schema: schema }: Profile, given: Asked['intake']): JsonObject {
  const intake = jsonOf(given);
  if (schema === undefined) return intake;
  const compiled = compileJsonSchema(jsonOf(schema));
  // What is wrong with the schema is told with the profile.
  if ('faults' in compiled) return intake;
  const completed = compiled.completed(intake);
  const problems = compiled.problems(completed);
  if (problems.length === 0 && isObject(completed)) return completed;
  const validationErrors = problems.map((one) => ({ ...one, path: `/intake${one.path}` }));
  const [first] = validationErrors;
  const detail = `${first?.path ?? '/intake'} ${first?.message ?? 'does not fit'}.`;
  throw new OrchestrationError('unprocessable', detail, { validationErrors });
}

function refuseParams(params: Asked['params'] = {}): void {
  const taken = RUN_PARAMS.filter((name) => Object.hasOwn(params, name));
  refuse(taken.map((name) => ({ path: `/params/${name}`, message: 'is set by the run itself' })));
}

/** @throws OrchestrationError 422 for a cheaper model that is missing, or that nothing asks for */
export function refuseBudget(budget: Budget | undefined, path = '/budget'): void {
  if (budget === undefined) return;
  const degrades = budget.on_crossing === 'degrade';
  if (degrades === (budget.degrade_to !== undefined)) return;
  const message = degrades
    ? 'is required with `on_crossing: degrade`'
    : 'goes with `on_crossing: degrade` only';
  refuse([{ path: `${path}/degrade_to`, message }]);
}

function refuse(validationErrors: readonly ValidationError[]): void {
  const [first] = validationErrors;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}.`;
  throw new OrchestrationError('unprocessable', detail, { validationErrors });
}

/** It came through the JSON reader, or out of a profile, so what it holds is JSON. */
function jsonOf(value: Readonly<Record<string, unknown>> | undefined): JsonObject {
  return (value ?? {}) as JsonObject;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const atProfile = <T>(work: () => Promise<T>) => placed((path) => `/profile${path}`, work);

const atGraph = <T>(graph: ProfileGraph, work: () => Promise<T>) =>
  placed((path) => `/profile${graph.placeOf(path)}`, work);

/** Errors of the compiler, told at the places of the profile. */
async function placed<T>(placeOf: (path: string) => string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OrchestrationError) || error.validationErrors.length === 0) throw error;
    const validationErrors = error.validationErrors.map((one) => ({
      ...one,
      path: placeOf(one.path.replace(/^\/dag_definition/, '')),
    }));
    throw new OrchestrationError(error.code, error.message, { validationErrors });
  }
}
