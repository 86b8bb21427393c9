import type { Access, LogFilter, LogKey, LogRecord, Page, PageRequest } from '@tenuto/engine';
import { type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { owned } from './run-row.ts';

interface LogRow {
  readonly attempt: number;
  readonly seq: number;
  readonly at: Date;
  readonly stream: string;
  readonly text: string;
}

/** What the attempts of one node wrote, oldest first unless asked otherwise. */
export function listLogs(
  db: Database,
  access: Access,
  of: LogFilter & { readonly runId: string; readonly node: number },
  page: PageRequest<LogKey>,
): Promise<Page<LogRecord>> {
  const given = parameters();
  const { attempt, from, stream, text } = of;
  return pageOf(db, {
    columns: 'l.attempt, l.seq, l.at, l.stream, l.text',
    from: 'node_logs l',
    where: [
      `l.run_id = ${given.add(of.runId)}`,
      `l.node = ${given.add(of.node)}`,
      owned(access, given, 'l'),
      ...(attempt === undefined ? [] : [`l.attempt = ${given.add(attempt)}`]),
      ...(from === undefined ? [] : [`l.seq >= ${given.add(from)}`]),
      ...(stream === undefined ? [] : [`l.stream = ${given.add(stream)}`]),
      ...(text === undefined ? [] : [`position(lower(${given.add(text)}) in lower(l.text)) > 0`]),
    ],
    newestFirst: of.newestFirst === true,
    key: ['l.attempt', 'l.seq'],
    after: page.after && [page.after.attempt, page.after.seq],
    page,
    given,
    item: (row: LogRow) => ({ ...row, at: row.at.getTime() }),
  });
}
