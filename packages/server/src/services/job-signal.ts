import { type JsonObject, OrchestrationError, type SignalJob } from '@tenuto/contract';
import { isApprovalSignal, nextSignal, type RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { auditOf, JobStateError, refuseStale, wantedVersion, wrongState } from './job-state.ts';
import { type Acted, tellJob, type Wish } from './job-tell.ts';
import { messagePart } from './message-part.ts';
import { findNode, viewOf } from './node-find.ts';
import type { JobParts } from './services.ts';

/**
 * Sends a job a signal; one that nobody waits for yet is kept for the first node that does.
 * @throws OrchestrationError 400 for the name of an approval, 404, 409 when the job is over, 412, 413
 */
export async function signalJob(
  parts: JobParts,
  caller: Caller,
  wish: Wish & { readonly signal: SignalJob },
): Promise<Acted> {
  const access = authorize(caller.principal, 'jobs:write', 'jobs');
  const run = await findJob(parts, access, wish.jobId);
  refuseStale(run, wish.ifMatch);
  const { name } = wish.signal;
  if (isApprovalSignal(name)) throw approvalsDecide();
  refuseNext(run, name);
  const payload = messagePart(wish.signal.payload ?? null, '/payload');
  const { actor } = caller.principal;
  const { runId } = run;
  const audit = auditOf(caller, 'job.signalled', runId, { name });
  const version = wantedVersion(run, wish.ifMatch);
  const message = { runId, type: 'signal', ...version, audit } as const;
  return tellJob(
    parts,
    access,
    { ...message, body: { actor, name, payload } },
    {
      deed: 'signalled',
      async: wish.async,
    },
  );
}

/** Nobody may say for others that they have agreed. */
function approvalsDecide(): OrchestrationError {
  const message =
    'is kept for what approvals decide: send a decision to POST /runs/{run_id}/approve';
  return new OrchestrationError('validation_failed', `/name ${message}.`, {
    validationErrors: [{ path: '/name', message }],
  });
}

/** Phases have a door of their own, which knows who may skip what. */
function refuseNext({ runId, input }: RunRecord, name: string): void {
  if (input.phased?.phases.some(({ id }) => nextSignal(id) === name) !== true) return;
  const message = `is what a phase waits for; use POST /runs/${runId}/next`;
  throw new OrchestrationError('unprocessable', `/name ${message}.`, {
    validationErrors: [{ path: '/name', message, value: name }],
  });
}

/**
 * Gives up the retry that a node waits for: it has failed with what it failed with last.
 * @throws OrchestrationError 404, 409 when it does not wait for a retry, 412
 */
export async function cancelRetry(
  parts: JobParts,
  caller: Caller,
  wish: Wish & { readonly nodeId: string; readonly reason: string | undefined },
): Promise<Acted> {
  const access = authorize(caller.principal, 'jobs:write', 'jobs');
  const run = await findJob(parts, access, wish.jobId);
  refuseStale(run, wish.ifMatch);
  const node = findNode(await viewOf(parts, access, run), wish.nodeId);
  if (run.over) throw wrongState(run, 'spared a retry');
  const { waitingFor } = node;
  if (waitingFor === undefined || !('retry' in waitingFor) || !waitingFor.retry) {
    throw new JobStateError(run, `The node "${node.id}" is ${node.status} and awaits no retry.`);
  }
  const { runId } = run;
  const { reason } = wish;
  const said = { actor: caller.principal.actor, ...(reason !== undefined && { reason }) };
  const details: JsonObject = { node_id: node.id, ...(reason !== undefined && { reason }) };
  const audit = auditOf(caller, 'job.retry_cancelled', runId, details);
  const version = wantedVersion(run, wish.ifMatch);
  const message = { runId, type: 'cancel_retry', ...version, audit } as const;
  return tellJob(
    parts,
    access,
    { ...message, body: { ...said, node: node.index } },
    {
      deed: 'spared a retry',
      async: wish.async,
    },
  );
}
