import {
  type Job,
  RECOVERY_ACTIONS,
  RESOLUTIONS,
  type RecoverJob,
  type RetryJob,
} from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { jobLine } from '../watch/frame.ts';
import type { Command, Session } from './command.ts';
import { readResult } from './job-input.ts';

export interface ReasonOptions {
  readonly reason?: string;
}

/** `tenuto jobs pause ID`. */
export const pauseJob: Command<[jobId: string, options: ReasonOptions]> = async (
  session,
  jobId,
  { reason },
) => show(session, 'paused', await session.client().jobs.pause(jobId, reason));

/** `tenuto jobs resume ID`. */
export const resumeJob: Command<[jobId: string, options: ReasonOptions]> = async (
  session,
  jobId,
  { reason },
) => show(session, undefined, await session.client().jobs.resume(jobId, reason));

export interface RetryOptions extends ReasonOptions {
  readonly from?: string;
  readonly node?: string;
}

const FROMS = ['failed', 'start'] as const;

/** `tenuto jobs retry ID`. */
export const retryJob: Command<[jobId: string, options: RetryOptions]> = async (
  session,
  jobId,
  { from: written, node, reason },
) => {
  const from = FROMS.find((word) => word === (written ?? 'failed'));
  if (from === undefined) throw new UsageError(`A retry is from ${FROMS.join(' or ')}.`);
  if (node !== undefined && written !== undefined) {
    throw new UsageError('--node says where to begin; leave --from away.');
  }
  const body: RetryJob = {
    ...(node === undefined ? { from } : { from: 'node', node_id: node }),
    ...(reason !== undefined && { reason }),
  };
  return show(session, undefined, await session.client().jobs.retry(jobId, body));
};

export interface RecoverOptions {
  readonly reason: string;
  readonly node?: string;
  readonly to?: string;
  readonly after?: string;
  readonly result?: string;
  readonly message?: string;
  readonly assignee?: string;
  /** As it was written. */
  readonly deadline?: string;
  readonly default?: string;
}

const AFTERS = ['resume', 'fail', 'abort'] as const;

/** `tenuto jobs recover ID ACTION`. */
export const recoverJob: Command<[jobId: string, action: string, options: RecoverOptions]> = async (
  session,
  jobId,
  written,
  options,
) => {
  const action = oneOf(RECOVERY_ACTIONS, written, 'An action');
  const { reason, node } = options;
  const parameters = parametersOf(options);
  const body: RecoverJob = {
    ...{ action, reason },
    ...(node !== undefined && { node_id: node }),
    ...(Object.keys(parameters).length > 0 && { with: parameters }),
  };
  return show(session, undefined, await session.client().jobs.recover(jobId, body));
};

function parametersOf(options: RecoverOptions): NonNullable<RecoverJob['with']> {
  const { to, after, result, message, assignee, deadline, default: byDefault } = options;
  return {
    ...(to !== undefined && { to }),
    ...(after !== undefined && { after: oneOf(AFTERS, after, '--after') }),
    ...(result !== undefined && { result: readResult(result) }),
    ...(message !== undefined && { message }),
    ...(assignee !== undefined && { assignee }),
    ...(deadline !== undefined && { deadline_seconds: readSeconds(deadline) }),
    ...(byDefault !== undefined && { default: oneOf(RESOLUTIONS, byDefault, '--default') }),
  };
}

/** `tenuto jobs signal ID NAME [PAYLOAD]`. */
export const signalJob: Command<
  [jobId: string, name: string, payload: string | undefined]
> = async (session, jobId, name, payload) => {
  const body = { name, ...(payload !== undefined && { payload: readResult(payload) }) };
  return show(session, undefined, await session.client().jobs.signal(jobId, body));
};

/** `tenuto jobs cancel-retry ID NODE`. */
export const cancelRetry: Command<[jobId: string, nodeId: string, options: ReasonOptions]> = async (
  session,
  jobId,
  nodeId,
  { reason },
) => show(session, undefined, await session.client().jobs.cancelRetry(jobId, nodeId, reason));

/** @param wanted the status that the job is to show, where there is one */
function show({ output }: Session, wanted: Job['status'] | undefined, job: Job): typeof EXIT.ok {
  const isOver = job.completed_at !== null;
  output.result(job, () => [
    jobLine(job, output.palette),
    ...(wanted !== undefined && job.status !== wanted && !isOver
      ? ['It is on its way; the engine of the job has yet to act.']
      : []),
  ]);
  return EXIT.ok;
}

/** @throws UsageError for a word that is none of these */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  written: string,
  what: string,
): Word {
  const word = words.find((one) => one === written);
  if (word !== undefined) return word;
  throw new UsageError(`${what} is one of ${words.join(', ')}; "${written}" is not.`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A span such as `90`, `30m`, `8h` or `2d`, in seconds. */
function readSeconds(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  if (count === undefined) {
    throw new UsageError(`A deadline is written 90s, 30m, 8h or 2d; "${text}" is not.`);
  }
  return Number(count) * (UNITS[unit] ?? 1);
}
