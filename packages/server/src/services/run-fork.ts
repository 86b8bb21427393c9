import {
  type ForkChanges,
  type ForkRequest,
  OrchestrationError,
  type RunDetail,
  type RunStatus,
} from '@tenuto/contract';
import {
  type Access,
  canonicalJson,
  type Fork,
  hasNode,
  type Idempotency,
  type Plan,
  type RunJournal,
  type RunRecord,
  readersOf,
  readersOfVariable,
  type StoredInput,
  type Submission,
  type SubmitResult,
  type TakenOver,
  takeOver,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { findJob } from './job-find.ts';
import { refuseWhenFull } from './job-submit.ts';
import { changedPlan } from './run-fork-plan.ts';
import { refuseBudget } from './run-input.ts';
import { detailOf } from './runs.ts';
import type { JobParts } from './services.ts';

const SUFFIX = ' (fork)';
const NAME_CHARS = 255;

export interface ForkWish {
  readonly runId: string;
  readonly body: ForkRequest;
  readonly key: string | undefined;
  /** What is asked for, where it is asked in other words: the same again is the same request. */
  readonly asked?: unknown;
  /** What is kept of its profile, where that is not what the original has. */
  readonly phased?: StoredInput['phased'];
}

/**
 * Makes a run of another one, which stays as it is: with changes, and with the attempts that these
 * leave as they were. The fork is the caller's, and so are the secrets and servers that it names.
 * @throws OrchestrationError 404 for a run, 422 for a node that the run does not have and for
 *   changes that do not compile, 429 when a quota has no room, 503 when the server is full
 */
export async function forkRun(parts: JobParts, caller: Caller, wish: ForkWish): Promise<RunDetail> {
  const made = await forkRecord(parts, caller, wish);
  return detailOf(parts, authorize(caller.principal, 'runs:write', 'runs'), made);
}

/** The same, answered by its row. */
export async function forkRecord(
  parts: JobParts,
  caller: Caller,
  { runId, body, key, asked, phased }: ForkWish,
): Promise<RunRecord> {
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const original = await findJob(parts, access, runId);
  const request = { fork: original.runId, ...body };
  const idempotency = readIdempotency(key, asked ?? request);
  return makeOnce(
    parts,
    { owner: access.owner, idempotency, what: 'run' },
    {
      find: (id) => parts.jobs.find(access, id),
      make: async (keyed) => {
        refuseWhenFull(parts);
        const fork = await planned(parts, caller, { access, original, body, phased });
        const result = await stored(parts, { access, fork, ...keyed });
        if (result.duplicate) return 'duplicate';
        parts.engine.runsWait();
        return findJob(parts, access, result.runId);
      },
    },
  );
}

interface Planning {
  readonly access: Access;
  readonly original: RunRecord;
  readonly body: ForkRequest;
  readonly phased: StoredInput['phased'];
}

async function planned(
  parts: JobParts,
  caller: Caller,
  { access, original, body, phased }: Planning,
): Promise<Fork> {
  const { changes = {}, from_node: fromNode } = body;
  refuseBudget(changes.budget, '/changes/budget');
  const before = await parts.plans(access, original);
  const { plan, changed } = await changedPlan(parts, access.owner, { before, changes });
  const input = {
    ...inputOf(original.input, changes, parts.clock.wall()),
    ...(phased !== undefined && { phased }),
  };
  const name = nameOf(original, changes);
  const { runId, at } = await parts.forks.nextRun();
  const journal = await parts.jobs.journal(access, original.runId);
  if (journal === undefined) throw new Error(`the run ${original.runId} is gone`);
  const facts = { name, owner: access.owner, createdAt: at };
  const again = {
    changed: runsAgain({ before, changed, original, input, renamed: changes.name !== undefined }),
  };
  const taken = takenOver(
    { plan: before, journal },
    { id: runId, plan, input, facts, startedAt: at },
    { ...again, fromNode },
  );
  const forkedFrom = { runId: original.runId, node: fromNode ?? null, taken: taken.length };
  return {
    runId,
    createdAt: at,
    original: original.runId,
    ...(fromNode !== undefined && { fromNode }),
    taken,
    submission: submissionOf(caller, {
      ...{ original, changes, plan, name },
      owner: access.owner,
      input: { ...input, forkedFrom },
    }),
  };
}

/** @throws OrchestrationError 422 for a node that the run has not had */
function takenOver(
  original: { readonly plan: Plan; readonly journal: RunJournal },
  fork: Parameters<typeof takeOver>[1],
  { fromNode, changed }: { readonly fromNode: string | undefined; readonly changed: Set<string> },
): readonly TakenOver[] {
  if (fromNode === undefined) return [];
  if (!hasNode(original, fromNode)) {
    const detail = `The run has no node "${fromNode}": name one that GET .../nodes lists.`;
    throw new OrchestrationError('unprocessable', detail, {
      validationErrors: [{ path: '/from_node', message: 'is no node of the run', value: fromNode }],
    });
  }
  return takeOver(original, fork, { fromNode, changed });
}

/** Nodes of the plan that are not what they were, or read what is not. */
function runsAgain({
  before,
  changed,
  original,
  input,
  renamed,
}: {
  readonly before: Plan;
  readonly changed: ReadonlySet<string>;
  readonly original: RunRecord;
  readonly input: StoredInput;
  readonly renamed: boolean;
}): Set<string> {
  const was = original.input.params;
  const names = new Set([...Object.keys(was), ...Object.keys(input.params)]);
  const others = [...names].filter(
    (key) => canonicalJson(was[key]) !== canonicalJson(input.params[key]),
  );
  const again = changed.union(readersOf(before, new Set(others)));
  return renamed ? again.union(readersOfVariable(before, 'run')) : again;
}

function nameOf({ name }: RunRecord, changes: ForkChanges): string {
  if (changes.name !== undefined) return changes.name;
  return name.endsWith(SUFFIX) ? name : `${name.slice(0, NAME_CHARS - SUFFIX.length)}${SUFFIX}`;
}

/** A deadline that has passed is none of the fork's; whom to tell is the business of the owner. */
function inputOf(was: StoredInput, changes: ForkChanges, now: number): StoredInput {
  const { forkedFrom: _forkedFrom, depth: _depth, deadlineAt, ...rest } = was;
  const { max_concurrent_nodes: most, timeout_ms: timeoutMs, params, budget } = changes;
  return {
    ...rest,
    ...(budget !== undefined && {
      budgets: { ...was.budgets, run: budget },
      ...(was.phased !== undefined && { phased: { ...was.phased, budget } }),
    }),
    params: { ...was.params, ...(params as StoredInput['params'] | undefined) },
    ...(most !== undefined && { maxConcurrentNodes: most }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(deadlineAt !== undefined && deadlineAt > now && { deadlineAt }),
  };
}

function submissionOf(
  { principal, requestId }: Caller,
  {
    original,
    changes,
    plan,
    name,
    owner,
    input,
  }: {
    readonly original: RunRecord;
    readonly changes: ForkChanges;
    readonly plan: Plan;
    readonly name: string;
    readonly owner: string;
    readonly input: StoredInput;
  },
): Submission {
  const description = changes.description ?? original.description ?? undefined;
  const { notify, ...others } = input;
  const { forkedFrom } = input;
  return {
    plan,
    input: { ...others, ...(notify !== undefined && owner === original.owner && { notify }) },
    owner,
    triggeredBy: principal.actor,
    name,
    jobType: original.jobType,
    // A task has runs that it has made; this one somebody has asked for.
    kind: original.kind === 'task' ? 'job' : original.kind,
    priority: changes.priority ?? original.priority,
    ...(description !== undefined && { description }),
    tags: [...new Set(changes.tags ?? original.tags)],
    metadata: { ...original.metadata, ...(changes.metadata as RunRecord['metadata'] | undefined) },
    audit: {
      actor: principal.actor,
      action: 'run.created',
      subject: '',
      details: {
        name,
        plan: plan.hash,
        forked_from: original.runId,
        from_node: forkedFrom?.node ?? null,
        attempts_taken_over: forkedFrom?.taken ?? 0,
        changes: Object.keys(changes),
      },
      requestId,
    },
  };
}

async function stored(
  parts: JobParts,
  {
    access,
    fork,
    idempotency,
  }: { readonly access: Access; readonly fork: Fork; readonly idempotency?: Idempotency },
): Promise<SubmitResult> {
  const { submission, runId } = fork;
  const { owner } = submission;
  const keyed = { ...submission, ...(idempotency !== undefined && { idempotency }) };
  return parts.gate.submit({ owner, admin: access.all }, async () => {
    const result = await parts.forks.insert({ ...fork, submission: keyed });
    if (result === 'duplicate') return { duplicate: true };
    if (result === 'gone') {
      throw new OrchestrationError(
        'conflict',
        'Attempts of the run are not there any more: its history has been pruned.',
      );
    }
    const status: RunStatus = fork.taken.length > 0 ? 'running' : 'queued';
    return { runId, status, duplicate: false };
  });
}
