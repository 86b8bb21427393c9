/** What a bulk request does to one run. */
import type { BulkAction, BulkOutcome, BulkRequest, JsonObject } from '@tenuto/contract';
import type {
  Access,
  CancelResult,
  EditResult,
  HoldResult,
  ReopenResult,
  RunSummary,
  TellResult,
} from '@tenuto/engine';
import type { Caller } from '../auth/principal.ts';
import { failedSuiteParts, fromNodes } from './failed-suite-parts.ts';
import { auditOf, mayBecome } from './job-state.ts';
import type { JobParts } from './services.ts';

export interface BulkVerdict {
  readonly outcome: BulkOutcome;
  readonly detail?: string;
}

/** What will come of an action if nothing happens to the run before. */
export function expectationOf(action: BulkAction, run: RunSummary): BulkVerdict {
  switch (action) {
    case 'cancel':
      return cancelExpectation(run);
    case 'retry':
      return mayBecome(run.status, 'retrying') ? CHANGED : refused(run, 'retried');
    case 'pause':
      if (run.status === 'paused' || run.told.includes('pause')) return UNCHANGED;
      if (!mayBecome(run.status, 'paused')) return refused(run, 'paused');
      return run.started ? ASKED : CHANGED;
    case 'resume':
      if (run.told.includes('resume')) return UNCHANGED;
      if (run.status === 'running' || run.status === 'queued' || run.status === 'scheduled') {
        return UNCHANGED;
      }
      if (run.status !== 'paused') return refused(run, 'resumed');
      return run.started ? ASKED : CHANGED;
    case 'reprioritise':
      return run.started || run.over ? refused(run, 'changed: it has started') : CHANGED;
  }
}

const CHANGED: BulkVerdict = { outcome: 'changed' };
const ASKED: BulkVerdict = { outcome: 'asked' };
const UNCHANGED: BulkVerdict = { outcome: 'unchanged' };

function cancelExpectation(run: RunSummary): BulkVerdict {
  if (run.status === 'failed' || run.status === 'timeout') return CHANGED;
  if (run.status === 'cancelled' || run.status === 'aborted') return UNCHANGED;
  if (run.over) return refused(run, 'cancelled');
  return run.told.includes('cancel') ? UNCHANGED : ASKED;
}

function refused({ status }: Pick<RunSummary, 'status'>, deed: string): BulkVerdict {
  return { outcome: 'refused', detail: `It is ${status} and cannot be ${deed}.` };
}

interface Change {
  readonly caller: Caller;
  readonly request: BulkRequest;
  readonly run: RunSummary;
}

/** Does it, unless it is so already or cannot be. */
export async function doToRun(
  parts: JobParts,
  access: Access,
  change: Change,
): Promise<BulkVerdict> {
  const { run, request } = change;
  const expected = expectationOf(request.action, run);
  if (expected.outcome !== 'changed' && expected.outcome !== 'asked') return expected;
  const verdict = await carryOut(parts, access, change);
  if (verdict.outcome === 'asked' || request.action === 'retry') parts.engine.poke(run.runId);
  return verdict;
}

async function carryOut(parts: JobParts, access: Access, change: Change): Promise<BulkVerdict> {
  const { jobs } = parts;
  const { request, run, caller } = change;
  const { runId } = run;
  const audit = (action: string, details: JsonObject = {}) =>
    auditOf(caller, action, runId, { ...details, ...why, bulk: true });
  const why = request.reason === undefined ? {} : { reason: request.reason };
  const { actor } = caller.principal;
  switch (request.action) {
    case 'cancel': {
      const mode = 'graceful';
      const wish = { runId, mode, ...why, audit: audit('job.cancel_requested', { mode }) } as const;
      return verdictOf(run, await jobs.cancel(access, wish));
    }
    case 'retry': {
      const found = await jobs.find(access, runId);
      const nodes = found === undefined ? [] : await failedSuiteParts(parts, access, found);
      const body = { actor, session: parts.newId(), ...fromNodes(nodes, 'failed'), ...why };
      const details = { from: 'failed', session_id: body.session };
      const wish = { runId, type: 'retry', status: 'retrying', body } as const;
      return verdictOf(
        run,
        await jobs.reopen(access, { ...wish, audit: audit('job.retried', details) }),
      );
    }
    case 'pause':
      return hold(parts, access, { ...change, held: true, audit: audit('job.paused') });
    case 'resume':
      return hold(parts, access, { ...change, held: false, audit: audit('job.resumed') });
    case 'reprioritise': {
      const { priority = 5 } = request;
      const edit = { runId, priority, audit: audit('job.edited', { fields: ['priority'] }) };
      return verdictOf(run, await jobs.edit(access, edit));
    }
  }
}

/** One that has not started is held in the queue; any other one's owner is asked. */
async function hold(
  { jobs }: JobParts,
  access: Access,
  {
    run,
    request,
    held,
    audit,
  }: Change & { readonly held: boolean; readonly audit: ReturnType<typeof auditOf> },
): Promise<BulkVerdict> {
  const { runId } = run;
  const why = request.reason === undefined ? {} : { reason: request.reason };
  if (!run.started) {
    const result = await jobs.hold(access, { runId, held, ...why, audit });
    if (result !== 'started') return verdictOf(run, result);
  }
  const body = { actor: audit.actor, ...why };
  const type = held ? 'pause' : 'resume';
  return verdictOf(run, await jobs.tell(access, { runId, type, body, audit }));
}

type Result = CancelResult | EditResult | HoldResult | ReopenResult | TellResult;

/** What came of it: the run may be another than it was when it was found. */
function verdictOf(run: RunSummary, result: Result): BulkVerdict {
  switch (result) {
    case 'aborted':
    case 'changed':
    case 'edited':
    case 'reopened':
      return CHANGED;
    case 'asked':
    case 'told':
      return ASKED;
    case 'unchanged':
      return UNCHANGED;
    case 'missing':
      return { outcome: 'failed', detail: 'It is gone.' };
    default:
      return { outcome: 'refused', detail: `It was ${run.status} and is not any more.` };
  }
}
