import { RECOVERY_ACTIONS, RECOVERY_STATUSES, type Recovery } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { between } from '../terminal/duration.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { oneOf } from './job-control.ts';
import { PAGE, readCount, showList } from './listing.ts';

export interface RecoveryListOptions {
  readonly job?: string;
  readonly status?: string;
  readonly action?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto recoveries ls`: what was done about failures, newest first. */
export const listRecoveries: Command<[options: RecoveryListOptions]> = async (
  session,
  { job, status, action, limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().recoveries.list({
    ...(job !== undefined && { job_id: job }),
    ...(status !== undefined && { status: oneOf(RECOVERY_STATUSES, status, 'A status') }),
    ...(action !== undefined && { action: oneOf(RECOVERY_ACTIONS, action, 'An action') }),
    limit: Math.min(limit, PAGE),
  });
  return showList(session, { listing, limit }, (found) =>
    tableLines(
      ['RECOVERY', 'JOB', 'NODE', 'ACTION', 'BECAUSE', 'STATUS', 'BY', 'TIME'],
      found.map((one) => [
        one.session_id,
        one.job_id,
        truncate(printable(one.node_id ?? ''), 40),
        one.action,
        truncate(printable(one.error_type ?? one.trigger), 30),
        progressOf(one),
        truncate(printable(one.actor), 20),
        between(one.started_at, one.completed_at),
      ]),
    ),
  );
};

function progressOf({ status, progress }: Recovery): string {
  if (progress === null) return status;
  return `${status} ${progress.done}/${progress.done + progress.left}`;
}

/** `tenuto recoveries show ID`: one of them, with its audit. */
export const showRecovery: Command<[sessionId: string]> = async ({ output, client }, sessionId) => {
  const { recoveries } = client();
  const recovery = await recoveries.get(sessionId);
  const { items: audits } = await recoveries.audits({ session_id: sessionId }).first();
  output.result({ ...recovery, audits }, () => [
    printable(`${recovery.action} is ${progressOf(recovery)}`),
    ...facts([
      ['job', recovery.job_id],
      ['node', recovery.node_id ?? ''],
      ['because', [recovery.trigger, recovery.error_type].filter(Boolean).join(', ')],
      ['by', recovery.actor],
      ['reason', recovery.reason ?? ''],
      ['with', JSON.stringify(recovery.parameters)],
      ['state', `${recovery.state_before} → ${recovery.state_after ?? '…'}`],
    ]),
    ...tableLines(
      ['AT', 'EVENT', 'DETAILS'],
      audits
        .toReversed()
        .map(({ at, event, details }) => [
          at,
          event,
          truncate(printable(JSON.stringify(details)), 100),
        ]),
    ),
  ]);
  return EXIT.ok;
};

function facts(all: readonly (readonly [name: string, value: string])[]): readonly string[] {
  return all
    .filter(([, value]) => value !== '' && value !== '{}')
    .map(([name, value]) => `  ${name.padEnd(8)} ${printable(value)}`);
}
