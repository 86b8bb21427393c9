import { GRAPH_STATES, type JobGraphState, OrchestrationError } from '@tenuto/contract';
import type { Access, AttemptTime, LiveRun, RunRecord, StartedAttempt } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { type Changes, createGraphMarks, type Mark } from './graph-marks.ts';
import { findJob } from './job-find.ts';
import { shownStatus } from './job-view.ts';
import { viewOf } from './node-find.ts';
import type { JobParts } from './services.ts';

/** Attempts in one answer; who lacks more asks again at once. */
const ATTEMPTS_AT_ONCE = 20_000;
/** Before the first line of a journal. */
const NOTHING_YET = -1;

type Question = { readonly jobId: string; readonly since?: string | undefined };

/** Makes what tells how the nodes of a job stand: all of them, or what has changed since a mark. */
export function createGraphStates(parts: JobParts) {
  const changesOf = createGraphMarks(parts.newId);

  return async function graphState(
    caller: Caller,
    { jobId, since }: Question,
  ): Promise<JobGraphState> {
    const access = authorize(caller.principal, 'jobs:read', 'jobs');
    const mark = since === undefined ? undefined : readMark(since);
    const run = await findJob(parts, access, jobId);
    const { nodes: view } = await viewOf(parts, access, run);
    const changes = changesOf(view, mark);
    const after = changes.whole ? NOTHING_YET : (mark?.seq ?? NOTHING_YET);
    const { attempts, running } = await timesOf(parts, access, { run, after });
    const seq = attempts.at(-1)?.seq ?? after;
    const live = run.over ? undefined : parts.engine.live(run.runId);
    return {
      mark: `${changes.id}.${changes.version}.${seq}`,
      whole: changes.whole,
      more: attempts.length === ATTEMPTS_AT_ONCE,
      status: shownStatus(run, live),
      base_ms: run.createdAt,
      ...nodesOf(view, changes, run.createdAt),
      ...attemptsOf(attempts, running, run.createdAt),
    };
  };
}

async function timesOf(
  { jobs }: JobParts,
  access: Access,
  { run, after }: { readonly run: RunRecord; readonly after: number },
) {
  const { runId } = run;
  const [attempts, running] = await Promise.all([
    jobs.attemptTimes(access, { runId, after, limit: ATTEMPTS_AT_ONCE }),
    run.over ? [] : jobs.started(access, runId),
  ]);
  return { attempts, running };
}

const MARK = /^([0-9a-f-]{1,50})\.(\d{1,15})\.(-1|\d{1,15})$/;

/** @throws OrchestrationError 400 for what is no mark */
function readMark(text: string): Mark & { readonly seq: number } {
  const [, id, version, seq] = MARK.exec(text) ?? [];
  if (id !== undefined) return { id, version: Number(version), seq: Number(seq) };
  const message = 'is no mark that this API has given';
  throw new OrchestrationError('validation_failed', `"${text.slice(0, 50)}" ${message}.`, {
    validationErrors: [{ path: '/since', message }],
  });
}

function nodesOf(view: LiveRun, { nodes, now }: Changes, base: number) {
  const waits: JobGraphState['waits'] = [];
  const instances: JobGraphState['instances'] = [];
  for (const node of nodes) {
    const wait = view.waitOf(node);
    if (wait !== undefined) {
      const until = wait.until === undefined ? null : Math.round(wait.until - base);
      waits.push({ node, since: Math.round(wait.since - base), until });
    }
    const of = view.patternOf(node);
    if (of !== node) instances.push({ node, of, node_id: view.idOf(node) });
  }
  return {
    nodes: {
      node: [...nodes],
      state: nodes.map((node) => now.states[node] ?? 0),
      attempts: nodes.map((node) => now.attempts[node] ?? 0),
    },
    instances,
    waits,
  };
}

const CODE: ReadonlyMap<string, number> = new Map(GRAPH_STATES.map((state, i) => [state, i]));

function attemptsOf(
  attempts: readonly AttemptTime[],
  running: readonly StartedAttempt[],
  base: number,
): Pick<JobGraphState, 'attempts' | 'running'> {
  return {
    attempts: {
      node: attempts.map(({ node }) => node),
      attempt: attempts.map(({ attempt }) => attempt),
      state: attempts.map(({ status }) => CODE.get(status) ?? 0),
      started: attempts.map(({ startedAt }) => Math.round(startedAt - base)),
      ended: attempts.map(({ endedAt }) => Math.round(endedAt - base)),
    },
    running: running.map(({ node, attempt, startedAt }) => ({
      ...{ node, attempt, started: Math.round(startedAt - base) },
    })),
  };
}
