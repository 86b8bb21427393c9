import type { Json, RunStatus } from '@tenuto/contract';
import type {
  AttemptRow,
  InboxItem,
  JournalEntry,
  NodeError,
  OwnedRun,
  RecoveryStep,
  RunJournal,
} from '@tenuto/engine';
import type { Rules } from './rules.ts';
import { type LiveRow, rowsOf, type Tables } from './tables.ts';
import { lastSeqOf } from './transition.ts';

/** What the first of the statements that read a run finds. */
export interface OwnedRow extends LiveRow {
  readonly lastSeq: number;
}

/** The rows of those of the runs that the engine owns. */
export function ownedRows(tables: Tables, engineId: string, runIds: readonly string[]): OwnedRow[] {
  return runIds.flatMap((runId) => {
    const row = tables.live.get(runId);
    return row?.engine === engineId ? [{ ...row, lastSeq: lastSeqOf(tables, runId) }] : [];
  });
}

/** A run whole. The row was read by an earlier statement than the rest. */
export function ownedRun(tables: Tables, row: OwnedRow, rules: Rules): OwnedRun {
  const progress = JSON.parse(row.progress ?? '{}') as { idle_ms?: number };
  return {
    planHash: row.planHash,
    submission: row.submission,
    journal: journalOf(tables, row, rules),
    idleMs: progress.idle_ms ?? 0,
    status: row.status,
    lastSeq: row.lastSeq,
    inboxSeq: row.inboxSeq,
    inbox: inboxOf(tables, row.runId),
  };
}

/** All that is durably known of a run, for replay. */
export function journalOf(
  tables: Tables,
  row: Pick<LiveRow, 'runId' | 'submission' | 'createdAt' | 'startedAt'>,
  rules: Rules,
): RunJournal {
  const { runId, submission, createdAt, startedAt } = row;
  const rows = rowsOf(tables, runId);
  const { input, name, owner } = submission;
  const started = [...rows.started.values()].map(({ node, attempt, startedAt: at }) => {
    return { node, attempt, startedAt: at };
  });
  return {
    runId,
    facts: { name, owner, createdAt },
    input,
    ...(startedAt !== undefined && { startedAt }),
    entries: entriesOf(tables, runId, rules),
    started,
  };
}

/** Lines that replay leaves out. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['late', 'refused', 'transition']);

function entriesOf(tables: Tables, runId: string, rules: Rules): JournalEntry[] {
  const rows = rowsOf(tables, runId);
  const entries: JournalEntry[] = [];
  for (const row of rows.attempts.values()) {
    const output = outputOf(tables, row);
    const retryAt = rules.journalKeepsRetryAt || !row.retryAt ? row.retryAt : row.endedAt;
    const event: JournalEntry['event'] = {
      type: 'ended',
      at: row.endedAt,
      node: row.node,
      attempt: row.attempt,
      startedAt: row.startedAt,
      status: row.status,
      ...(output !== undefined && { output: JSON.parse(output) as Json }),
      ...(row.error !== undefined && { error: JSON.parse(row.error) as NodeError }),
      ...(retryAt !== undefined && { retryAt }),
      ...(row.recovery !== undefined && { recovery: JSON.parse(row.recovery) as RecoveryStep }),
    };
    entries.push({ seq: row.seq, event });
  }
  for (const { seq, type, at, body } of rows.events.values()) {
    if (FOR_PEOPLE.has(type) || !rules.journalKeepsEvents) continue;
    // As from the database: text that the engine wrote, parsed again.
    const event = { ...(JSON.parse(JSON.stringify(body)) as object), type, at };
    entries.push({ seq, event: event as JournalEntry['event'] });
  }
  return entries.sort((a, b) => a.seq - b.seq);
}

/** An attempt's output as JSON text, wherever it is kept. */
export function outputOf(
  tables: Tables,
  row: Pick<AttemptRow, 'output' | 'outputRef'>,
): string | undefined {
  if (row.outputRef === undefined) return row.output;
  return tables.blobs.get(Buffer.from(row.outputRef).toString('hex'));
}

export function inboxOf(tables: Tables, runId: string): InboxItem[] {
  return [...rowsOf(tables, runId).inbox.values()].sort((a, b) => a.seq - b.seq);
}

export function inboxOfEngine(tables: Tables, engineId: string): InboxItem[] {
  return ownedRunIds(tables, engineId).flatMap((runId) => inboxOf(tables, runId));
}

export function ownedRunIds(tables: Tables, engineId: string): string[] {
  const owned = [...tables.live.values()].filter((row) => row.engine === engineId);
  return owned.map((row) => row.runId).sort();
}

export function outcomes(
  tables: Tables,
  runIds: readonly string[],
): { runId: string; status: RunStatus }[] {
  return runIds.flatMap((runId) => {
    const row = tables.done.get(runId);
    return row === undefined ? [] : [{ runId, status: row.status }];
  });
}
