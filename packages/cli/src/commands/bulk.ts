import {
  BULK_ACTIONS,
  BULK_OUTCOMES,
  type BulkAnswer,
  type BulkItem,
  type BulkRequest,
  RUN_KINDS,
  RUN_STATUSES,
  WAITING_FOR,
} from '@tenuto/contract';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { statusText } from '../terminal/status.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { oneOf } from './job-control.ts';
import { readCount } from './listing.ts';

const KINDS = [...RUN_KINDS, 'any'] as const;

export interface BulkOptions {
  readonly status?: readonly string[];
  readonly tag?: string;
  readonly name?: string;
  readonly type?: string;
  readonly kind?: string;
  readonly profile?: string;
  readonly waitingFor?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly metadata?: readonly string[];
  /** As it was written. */
  readonly priority?: string;
  readonly reason?: string;
  /** Does it, in place of saying what would be done. */
  readonly yes?: boolean;
}

/** `tenuto bulk ACTION`: does one thing to all runs that a filter matches, or says what it would. */
export const bulk: Command<[action: string, options: BulkOptions]> = async (
  session,
  action,
  options,
) => {
  const { runs } = session.client();
  const request = requestOf(action, options);
  const all = await runs.bulk(request);
  // A dry run shows the first of them; what is done is done to all.
  let answer = all;
  while (!request.dry_run && answer.next_cursor !== null) {
    const next = await runs.bulk({ ...request, cursor: answer.next_cursor });
    answer = added(answer, next);
  }
  session.output.result(answer, () => answerLines(session, answer));
  return exitCodeOf(answer);
};

function requestOf(action: string, options: BulkOptions): BulkRequest {
  const {
    status,
    tag,
    name,
    type,
    kind,
    profile,
    waitingFor,
    createdAfter,
    createdBefore,
    metadata = [],
  } = options;
  const filter = {
    ...(status !== undefined && {
      status: status.map((one) => oneOf(RUN_STATUSES, one, 'A status')),
    }),
    ...(tag !== undefined && { tag }),
    ...(name !== undefined && { name }),
    ...(type !== undefined && { target_type: type }),
    ...(kind !== undefined && { kind: oneOf(KINDS, kind, 'A kind') }),
    ...(profile !== undefined && { profile }),
    ...(waitingFor !== undefined && {
      waiting_for: oneOf(WAITING_FOR, waitingFor, 'What a run waits for'),
    }),
    ...(createdAfter !== undefined && { created_after: createdAfter }),
    ...(createdBefore !== undefined && { created_before: createdBefore }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata.map(readPair)) }),
  };
  if (Object.keys(filter).length === 0) {
    throw new UsageError('Say which runs: by --status, --tag, --name, --type, --metadata or time.');
  }
  return {
    ...{ filter, action: oneOf(BULK_ACTIONS, action, 'A bulk action') },
    ...(options.priority !== undefined && { priority: readCount(options.priority) }),
    ...(options.reason !== undefined && { reason: options.reason }),
    dry_run: options.yes !== true,
  };
}

function readPair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`Metadata is written key=value; "${text}" is not.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function added(one: BulkAnswer, next: BulkAnswer): BulkAnswer {
  const outcomes = Object.fromEntries(
    BULK_OUTCOMES.map((outcome) => [outcome, one.outcomes[outcome] + next.outcomes[outcome]]),
  );
  return {
    ...next,
    matched: one.matched + next.matched,
    outcomes: { ...one.outcomes, ...outcomes },
    items: one.items,
    failures: [...one.failures, ...next.failures],
  };
}

const SHOWN = 20;

function answerLines({ output }: Session, answer: BulkAnswer): readonly string[] {
  const { action, matched, outcomes, items, failures, next_cursor: next } = answer;
  const { palette } = output;
  const row = (item: BulkItem) => [
    item.run_id,
    truncate(printable(item.name), 40),
    statusText(item.status, palette),
    item.outcome,
    truncate(printable(item.detail ?? ''), 60),
  ];
  const head = ['RUN', 'NAME', 'STATUS', 'OUTCOME', ''];
  const told = BULK_OUTCOMES.filter((outcome) => outcomes[outcome] > 0)
    .map((outcome) => `${outcomes[outcome]} ${outcome}`)
    .join(', ');
  const found = `${matched}${next === null ? '' : ' and more'} match`;
  if (answer.dry_run) {
    if (matched === 0) return ['Nothing found.'];
    return [
      `${found}; ${action} would leave: ${told || 'nothing to do'}`,
      ...tableLines(head, items.slice(0, SHOWN).map(row)),
      ...(matched > SHOWN ? [`… and ${matched - SHOWN} more`] : []),
      'Nothing was done. Add --yes to do it.',
    ];
  }
  return [
    `${found}; ${action}: ${told || 'nothing to do'}`,
    ...(failures.length > 0 ? tableLines(head, failures.slice(0, SHOWN).map(row)) : []),
  ];
}

function exitCodeOf({ outcomes }: BulkAnswer): ExitCode {
  return outcomes.failed > 0 ? EXIT.conflict : EXIT.ok;
}
