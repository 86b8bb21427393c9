import type { RunStatsView, RunView } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { between, duration } from '../terminal/duration.ts';
import { statusText } from '../terminal/status.ts';
import { tableLines } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

/** `tenuto tasks runs TASK`: newest first. */
export const listTaskRuns: Command<[taskId: string, options: { readonly limit: string }]> = async (
  session,
  taskId,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().tasks.runs(taskId, { limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, (runs) =>
    tableLines(
      ['RUN', 'STATUS', 'BY', 'STARTED', 'TIME'],
      runs.map((run) => runRow(session, run)),
    ),
  );
};

function runRow({ output }: Session, run: RunView): readonly string[] {
  return [
    run.run_id,
    statusText(run.status, output.palette),
    printable(run.triggered_by),
    run.started_at ?? '',
    between(run.started_at, run.completed_at),
  ];
}

/** `tenuto tasks stats [TASK]`: of one task, or of all runs there are. */
export const showRunStats: Command<
  [taskId: string | undefined, options: { readonly days: string }]
> = async ({ client, output }, taskId, { days: written }) => {
  const days = readCount(written, 'A count of days');
  const { tasks, runs } = client();
  const stats = await (taskId === undefined
    ? runs.summary({ days })
    : tasks.stats(taskId, { days }));
  output.result(stats, () => statsLines(stats));
  return EXIT.ok;
};

function statsLines(stats: RunStatsView): readonly string[] {
  const seconds = (value: number | null) => (value === null ? '' : duration(value * 1000));
  const share = (value: number | null) => (value === null ? '' : `${(value * 100).toFixed(1)}%`);
  // Those that go on are counted of a task only.
  const ofTask = stats.task_id !== null;
  const perDay = tableLines(
    ['DAY', 'RUNS', 'COMPLETED', 'FAILED'],
    stats.runs_per_day.map((one) => [
      one.day,
      ...[one.runs, one.completed, one.failed].map(String),
    ]),
  );
  return [
    `${stats.total} are over in ${stats.days} days${ofTask ? `, ${stats.live} go on` : ''}`,
    ...facts([
      ['completed', `${stats.completed}`],
      ['failed', `${stats.failed}`],
      ['cancelled', `${stats.cancelled}`],
      ['success', share(stats.success_rate)],
      ['average', seconds(stats.average_duration_seconds)],
      ['p50', seconds(stats.p50_duration_seconds)],
      ['p95', seconds(stats.p95_duration_seconds)],
      ['last', stats.last_run_at ?? ''],
      ['failed at', stats.last_failure_at ?? ''],
    ]),
    ...(stats.runs_per_day.length === 0 ? [] : ['', ...perDay]),
  ];
}
