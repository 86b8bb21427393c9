import type { ActionCall, ActionError, ActionOutcome } from '@tenuto/engine';
import { errorCode, machineTrouble } from '../system-error.ts';
import { COMMAND_LIMITS } from './options.ts';
import { isGuardFailure } from './orphan-guard.ts';
import type { ProcessEnd } from './process-group.ts';

type Unfinished = Pick<Extract<ActionOutcome, { error: ActionError }>, 'status' | 'error'>;

/**
 * What is wrong with how a command ended; nothing if its exit code is an expected one.
 *
 * @param expected - exit codes that mean success
 */
export function verdict(
  end: ProcessEnd,
  call: Pick<ActionCall, 'signal' | 'graceMs'>,
  expected: readonly number[],
): Unfinished | undefined {
  if (end.aborted) return abortedBy(call);
  if (end.signal !== null) return failed(killedBy(end.signal));
  const stderr = end.stderr.text();
  if (isGuardFailure(end.exitCode, stderr)) {
    return failed(guardFailure(lastLines(stderr)));
  }
  if (end.exitCode !== null && expected.includes(end.exitCode)) return undefined;
  const quote = lastLines(stderr);
  return failed({
    classification: end.exitCode === KILLED_IN_SHELL ? 'resource_exhausted' : 'unknown',
    type: 'exit_code',
    message: `The command ended with exit code ${end.exitCode}${quote === '' ? '.' : `: ${quote}`}`,
    details: { exit_code: end.exitCode },
  });
}

/** What a shell, or a container, ends with when the program in it was ended by SIGKILL. */
const KILLED_IN_SHELL = 128 + 9;
/** How the C library says that the machine, and not the program, was in the way. */
const MACHINE_TROUBLE =
  /(Cannot allocate memory|Resource temporarily unavailable|Too many open files( in system)?)$/;

function guardFailure(said: string): ActionError {
  const message = `The program could not be started: ${said}`;
  if (MACHINE_TROUBLE.test(said)) {
    return { classification: 'resource_exhausted', type: 'command_not_started', message };
  }
  if (said.endsWith('Text file busy')) {
    return { classification: 'transient', type: 'command_not_started', message };
  }
  return { classification: 'validation', type: 'command_not_executable', message };
}

const failed = (error: ActionError): Unfinished => ({ status: 'failed', error });

/** The outcome of an attempt that was told to end, by a cancel or by its timeout. */
export function abortedBy(call: Pick<ActionCall, 'signal' | 'graceMs'>): Unfinished {
  const reason: unknown = call.signal.reason;
  const timeout =
    reason === 'timeout' || (reason instanceof Error && reason.name === 'TimeoutError');
  return {
    status: timeout ? 'timeout' : 'cancelled',
    error: {
      classification: timeout ? 'timeout' : 'permanent',
      type: timeout ? 'timeout' : 'cancelled',
      message: `The command was stopped because the attempt ${timeout ? 'ran out of time' : 'was cancelled'}.`,
    },
  };
}

/** By these the system ends a program that uses more time, or writes more, than it may. */
const LIMIT_SIGNALS: ReadonlySet<NodeJS.Signals> = new Set(['SIGXCPU', 'SIGXFSZ']);

function killedBy(signal: NodeJS.Signals): ActionError {
  if (signal === 'SIGKILL') {
    return {
      classification: 'resource_exhausted',
      type: 'killed',
      message:
        'The command was killed from outside (SIGKILL), as the system does when memory runs out.',
      details: { signal },
    };
  }
  return {
    classification: LIMIT_SIGNALS.has(signal) ? 'resource_exhausted' : 'unknown',
    type: 'signal',
    message: `The command was ended by the signal ${signal}.`,
    details: { signal },
  };
}

const WRONG_PROGRAM = new Set(['ENOENT', 'EACCES', 'ENOEXEC', 'EPERM', 'ENOTDIR', 'ELOOP']);
/** The error of a command that the system did not start. Arguments are not part of the message. */
export function notStarted(error: unknown): ActionError {
  const code = errorCode(error);
  const message = `The program could not be started: ${code === '' ? 'unknown reason' : code}.`;
  if (code === 'E2BIG') {
    return {
      classification: 'validation',
      type: 'command_too_long',
      message: 'The arguments and variables are longer than the system allows; use `stdin`.',
    };
  }
  if (WRONG_PROGRAM.has(code)) {
    const type = code === 'ENOENT' ? 'command_not_found' : 'command_not_executable';
    return { classification: 'validation', type, message };
  }
  const classification = machineTrouble(code) ?? 'infrastructure';
  return { classification, type: 'command_not_started', message };
}

/** The last lines that are not empty, within the limits for a message. */
export function lastLines(text: string): string {
  const lines = text.slice(-4 * COMMAND_LIMITS.quotedChars).split('\n');
  const last = lines.filter((line) => line.trim() !== '').slice(-COMMAND_LIMITS.quotedLines);
  return last.join('\n').slice(-COMMAND_LIMITS.quotedChars).toWellFormed().trim();
}
