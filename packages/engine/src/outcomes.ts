/** Ends of attempts that no action speaks of, and what comes after a failed one. */
import { type Classification, ExpressionError, LIMITS, type RunStatus } from '@tenuto/contract';
import type { Call, FinalOutcome } from './owned.ts';
import type { ActionError } from './ports/action-runner.ts';
import type { InFlight } from './record.ts';
import { DEFAULT_RETRY_POLICY, decideRetry, type RetryPolicy } from './retry/index.ts';
import {
  type AttemptEnded,
  attemptsInRound,
  type NodeError,
  type RunState,
  retryPast,
  roundOf,
  specOf,
} from './run/index.ts';

type FailedOutcome = Extract<FinalOutcome, { readonly error: ActionError }>;

/** Whether and when a failed attempt is made again. */
export function retryOf(call: Call, error: ActionError, random: number, at: number) {
  const { classification, type, retryAfterMs } = error;
  const { run } = call.owned;
  const failure = {
    classification,
    type,
    attempts: attemptsInRound(run, call.node, call.attempt),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...retryPast(run, call.node, call.startedAt === 0 ? at : call.startedAt),
  };
  return decideRetry(policyOf(run, call.node, classification), failure, random, at);
}

/**
 * A node that makes one attempt says so of its own work. Undoing it has to succeed, whatever fails;
 * and a fallback, which nothing comes after, does not fail because its engine died.
 */
function policyOf(run: RunState, node: number, failed: Classification): RetryPolicy {
  const { retry } = specOf(run, node);
  const { kind } = roundOf(run, node);
  const again = kind === 'rollback' || (kind === 'fallback' && failed === 'infrastructure');
  return again && retry.max_attempts === 1 ? DEFAULT_RETRY_POLICY : retry;
}

/** An attempt whose engine died under it. It counts: a node may be what kills its engines. */
export function lostAttempt(
  run: RunState,
  { node, attempt, startedAt }: InFlight,
  { at, random }: { readonly at: number; readonly random: number },
): AttemptEnded {
  const { error } = failed('infrastructure', 'engine_lost', 'The engine of this attempt died.');
  const { classification, type, message } = error;
  const failure = {
    classification,
    type,
    attempts: attemptsInRound(run, node, attempt),
    ...retryPast(run, node, startedAt),
  };
  const retry = decideRetry(policyOf(run, node, classification), failure, random, at);
  return {
    type: 'ended',
    at,
    node,
    attempt,
    startedAt,
    status: 'failed',
    error: { classification, type, message },
    ...(retry !== null && { retryAt: retry.retryAt }),
  };
}

/** What an attempt ends as that was cut short because its engine goes down in good order. */
export function stoppedOutcome(): FailedOutcome {
  return failed('infrastructure', 'engine_stopped', 'The server went down.');
}

/** The error of an effect that ended without anybody knowing whether it happened. */
export function unknownOutcome({ error }: AttemptEnded): NodeError {
  const { classification = 'unknown', message = 'It was cut short.' } = error ?? {};
  const told = `${message} Whether it took effect is not known.`;
  return { classification, type: 'outcome_unknown', message: told };
}

/** What an attempt that was told to abort ends as. */
export function abortedOutcome(call: Call): FailedOutcome {
  if (call.aborted === 'silent') {
    return failed('infrastructure', 'heartbeat_missed', 'The attempt said nothing for too long.');
  }
  if (call.aborted !== 'timeout') {
    return { ...failed('permanent', 'cancelled', 'The run was stopped.'), status: 'cancelled' };
  }
  const outcome = failed('timeout', 'timeout', 'The attempt did not end within its time.');
  return { ...outcome, status: 'timeout' };
}

/** What the wait for a message ends as that has not come in time. */
export function noSignal({
  name,
  topic,
}: {
  readonly name: string;
  readonly topic?: string;
}): Pick<AttemptEnded, 'status' | 'error'> {
  const type = topic === undefined ? 'no_signal' : 'no_event';
  const what = topic === undefined ? `signal "${name}"` : `event on "${topic}"`;
  const message = `No ${what} has come in time.`;
  return { status: 'timeout', error: { classification: 'timeout', type, message } };
}

export function tooLarge(bytes: number): FailedOutcome {
  const most = LIMITS.outputBytes;
  return failed(
    'permanent',
    'output_too_large',
    `The output has ${bytes} bytes; at most ${most} are kept. Write it to an artifact.`,
  );
}

/** Actions do not throw; one that does has a bug, which is its node's failure and nobody else's. */
export function failure(error: unknown): FailedOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ExpressionError
    ? failed('validation', 'expression_failed', message)
    : failed('unknown', 'action_error', message);
}

/** Secrets that were there when the job was submitted, and are not any more. */
export function secretMissing(names: readonly string[]): FailedOutcome {
  const [what, they] = names.length === 1 ? ['secret', 'it'] : ['secrets', 'them'];
  const message = `There is no ${what} ${names.join(', ')} any more; set ${they} again and retry.`;
  return failed('validation', 'unknown_secret', message);
}

/** The database is away, or a secret was sealed under a key that this server does not have. */
export function noSecrets(error: unknown): FailedOutcome {
  const reason = error instanceof Error ? error.message : String(error);
  return failed('infrastructure', 'secrets_unread', `Secrets cannot be read now: ${reason}`);
}

export function childError(child: {
  readonly runId: string;
  readonly status: RunStatus;
}): NodeError {
  return {
    classification: 'permanent',
    type: 'run_failed',
    message: `The run ${child.runId} ended ${child.status}.`,
  };
}

function failed(
  classification: ActionError['classification'],
  type: string,
  message: string,
): FailedOutcome {
  return { status: 'failed', error: { classification, type, message } };
}
