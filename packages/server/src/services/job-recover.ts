import {
  OrchestrationError,
  type RecoverJob,
  type RecoveryParameters,
  type RetryJob,
} from '@tenuto/contract';
import type { Access, InboxBody, NodeView, Reopening, RunRecord } from '@tenuto/engine';
import type { Caller } from '../auth/principal.ts';
import { failedSuiteParts, fromNodes } from './failed-suite-parts.ts';
import { findJob } from './job-find.ts';
import { fullView } from './job-read.ts';
import {
  admit,
  auditOf,
  JOB_DOOR,
  JobStateError,
  mayBecome,
  refuseStale,
  stale,
  wantedVersion,
  wrongState,
} from './job-state.ts';
import { type Acted, lastRefusal, tellJob, untilActed, type Wish } from './job-tell.ts';
import { shownStatus } from './job-view.ts';
import { messagePart } from './message-part.ts';
import { findNode, specOf, type Viewed, viewOf } from './node-find.ts';
import {
  NEEDS_NODE,
  nodeObstacle,
  type RecoverWay,
  recoverWay,
  TAKES_NO_NODE,
} from './recover-rules.ts';
import type { JobParts } from './services.ts';

/**
 * Takes a failed or timed-out job up again.
 * @throws OrchestrationError 400, 404, 409 in any other state, 412, 422 past its deadline
 */
export async function retryJob(
  parts: JobParts,
  caller: Caller,
  wish: Wish & {
    readonly retry: RetryJob;
    /** More nodes to run again from, with `from: node`. */
    readonly also?: readonly string[];
    readonly auditAs?: string;
  },
): Promise<Acted> {
  const { from = 'failed', node_id: nodeId, reason } = wish.retry;
  const { door = JOB_DOOR } = wish;
  const access = admit(caller, door);
  const run = await findJob(parts, access, wish.jobId);
  refuseStale(run, wish.ifMatch);
  if ((from === 'node') !== (nodeId !== undefined)) {
    throw invalid('/node_id', from === 'node' ? 'is required' : 'goes with `from: node`');
  }
  if (!mayBecome(run.status, 'retrying')) throw wrongState(run, 'retried');
  refusePastDeadline(parts, run);
  const nodes = from === 'start' ? [] : await nodesToRetry(parts, access, run, wish);
  const { runId } = run;
  const why = reason === undefined ? {} : { reason };
  const details = { from, ...(nodeId !== undefined && { node_id: nodeId }), ...why };
  const body: InboxBody['retry'] = {
    ...{ actor: caller.principal.actor, session: parts.newId(), ...why },
    ...fromNodes(nodes, from),
  };
  return reopenJob(parts, access, {
    reopening: {
      ...{ runId, status: 'retrying', type: 'retry', body, ...wantedVersion(run, wish.ifMatch) },
      audit: auditOf(caller, wish.auditAs ?? `${door.noun}.retried`, runId, {
        ...details,
        session_id: body.session,
      }),
    },
    deed: 'retried',
    async: wish.async,
  });
}

/** Those that are named; without any, the parts of suites that failed. */
async function nodesToRetry(
  parts: JobParts,
  access: Access,
  run: RunRecord,
  { retry: { node_id: nodeId }, also = [] }: Parameters<typeof retryJob>[2],
): Promise<readonly NodeView[]> {
  if (nodeId === undefined) return failedSuiteParts(parts, access, run);
  const viewed = await viewOf(parts, access, run);
  return [nodeId, ...also].map((id) => findNode(viewed, id));
}

/**
 * Recovers a job by hand, with one of the actions that a policy has.
 * @throws OrchestrationError 400, 404, 409 when its state or the node's does not allow it, 412, 422
 */
export async function recoverJob(
  parts: JobParts,
  caller: Caller,
  wish: Wish & { readonly recovery: RecoverJob; readonly auditAs?: string },
): Promise<Acted> {
  const { action, reason } = wish.recovery;
  const { door = JOB_DOOR } = wish;
  checkNode(wish.recovery);
  const access = admit(caller, door);
  const run = await findJob(parts, access, wish.jobId);
  refuseStale(run, wish.ifMatch);
  const status = shownStatus(run, parts.engine.live(run.runId));
  const way = recoverWay(status, action);
  if (way === undefined) throw wrongState({ ...run, status }, `recovered by ${action}`);
  const { runId } = run;
  const session = parts.newId();
  const { actor } = caller.principal;
  const { body, details } = await understood(parts, access, run, { ...wish.recovery, way });
  const audit = auditOf(caller, wish.auditAs ?? `${door.noun}.recovered`, runId, {
    ...details,
    session_id: session,
  });
  const version = wantedVersion(run, wish.ifMatch);
  const message = { runId, ...version, audit, body: { ...body, actor, reason, session } };
  const deed = `recovered by ${action}`;
  switch (way) {
    case 'abort':
      return abortJob(parts, access, { ...message, session, reason });
    case 'reopen':
      return reopenJob(parts, access, {
        reopening: { ...message, status: 'recovering', type: 'recover' },
        deed,
        async: wish.async,
      });
    case 'tell':
      return tellJob(parts, access, { ...message, type: 'recover' }, { deed, async: wish.async });
  }
}

function checkNode({ action, node_id: nodeId }: RecoverJob): void {
  if (NEEDS_NODE.has(action) && nodeId === undefined) {
    throw invalid('/node_id', `is required for ${action}`);
  }
  if (TAKES_NO_NODE.has(action) && nodeId !== undefined) {
    throw invalid('/node_id', `does not go with ${action}, which is about the job`);
  }
}

type Wanted = RecoverJob & { readonly way: RecoverWay };

/** Checks what a request says against the run as it is. */
async function understood(parts: JobParts, access: Access, run: RunRecord, wanted: Wanted) {
  const { action, node_id: nodeId, reason, way } = wanted;
  const parameters = parametersOf(wanted);
  const { to } = parameters;
  if (way !== 'abort' && action !== 'abort_execution') refusePastDeadline(parts, run);
  const viewed =
    nodeId === undefined && to === undefined ? undefined : await viewOf(parts, access, run);
  if (viewed !== undefined && to !== undefined) refuseUnreached(viewed, run, to);
  const node = viewed && nodeId !== undefined ? findNode(viewed, nodeId) : undefined;
  if (viewed !== undefined && node !== undefined) refuseNode(viewed, run, { node, action, way });
  return {
    body: { action, with: parameters, ...(node !== undefined && { node: node.index }) },
    details: {
      ...{ action, reason },
      ...(nodeId !== undefined && { node_id: nodeId }),
      ...(to !== undefined && { to }),
    },
  };
}

function parametersOf({ with: given = {} }: RecoverJob): RecoveryParameters {
  if (!('result' in given)) return given;
  return { ...given, result: messagePart(given.result, '/with/result') };
}

function refuseNode(
  viewed: Viewed,
  run: RunRecord,
  { node, action, way }: Pick<Wanted, 'action' | 'way'> & { readonly node: NodeView },
): void {
  const obstacle = nodeObstacle(action, way, { ...node, spec: specOf(viewed.plan, node) });
  if (obstacle === undefined) return;
  if (obstacle.kind === 'state') throw new JobStateError(run, obstacle.message);
  throw unprocessable('/node_id', obstacle.message);
}

/** A run can go back only to where it has been. */
function refuseUnreached(viewed: Viewed, run: RunRecord, to: string): void {
  if (to === 'start') return;
  const node = findNode(viewed, to, 'checkpoint');
  if (specOf(viewed.plan, node)?.type !== 'checkpoint') {
    throw unprocessable('/with/to', `The node "${to}" is no checkpoint.`);
  }
  if (node.status === 'completed') return;
  throw new JobStateError(run, `The job has not reached the checkpoint "${to}".`);
}

function refusePastDeadline({ clock }: JobParts, { input }: RunRecord): void {
  if (input.deadlineAt === undefined || input.deadlineAt > clock.wall()) return;
  throw unprocessable('/deadline_at', 'The deadline of the job has passed.');
}

async function reopenJob(
  parts: JobParts,
  access: Access,
  {
    reopening,
    deed,
    async,
  }: { readonly reopening: Reopening; readonly deed: string; readonly async: boolean },
): Promise<Acted> {
  const { runId, type } = reopening;
  const since = await lastRefusal(parts, access, runId);
  const result = await parts.jobs.reopen(access, reopening);
  if (result !== 'reopened') {
    const run = await findJob(parts, access, runId);
    throw result === 'stale' ? stale(run) : wrongState(run, deed);
  }
  return untilActed(parts, access, { runId, type, deed, async }, since);
}

async function abortJob(
  parts: JobParts,
  access: Access,
  {
    runId,
    session,
    reason,
    ...request
  }: Pick<Reopening, 'runId' | 'audit' | 'version'> & {
    readonly session: string;
    readonly reason: string;
  },
): Promise<Acted> {
  const { audit, version } = request;
  const result = await parts.jobs.cancel(access, {
    ...{ runId, mode: 'graceful', audit, recovery: { session, reason } },
    ...(version !== undefined && { version }),
  });
  const run = await findJob(parts, access, runId);
  if (result === 'stale') throw stale(run);
  // It was reopened at this moment, and its owner has been asked to cancel it instead.
  if (result !== 'aborted' && result !== 'asked') throw wrongState(run, 'aborted');
  return { job: await fullView(parts, access, run), done: result === 'aborted' };
}

function invalid(path: string, message: string): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}

function unprocessable(path: string, message: string): OrchestrationError {
  return new OrchestrationError('unprocessable', message, {
    validationErrors: [{ path, message }],
  });
}
