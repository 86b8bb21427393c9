import type { FiringView, SchedulePreview, Task, TaskOperation } from '@tenuto/contract';
import { readTaskFile } from '../document/task-file.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { readSource } from './job-input.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ListTasksOptions {
  readonly status?: string;
  readonly kind?: string;
  readonly title?: string;
  readonly failing?: boolean;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto tasks list`: newest first. */
export const listTasks: Command<[options: ListTasksOptions]> = async (session, options) => {
  const { status, kind, title, failing, limit: written } = options;
  const limit = readCount(written);
  const listing = session.client().tasks.list({
    limit: Math.min(limit, PAGE),
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { schedule_kind: kind }),
    ...(title !== undefined && { title }),
    ...(failing === true && { failing }),
  });
  return showList(session, { listing, limit }, taskLines);
};

function taskLines(tasks: readonly Task[]): readonly string[] {
  return tableLines(
    ['TASK', 'TITLE', 'STATUS', 'SCHEDULE', 'NEXT', 'FIRED'],
    tasks.map((task) => [
      task.task_id,
      truncate(printable(task.title), 30),
      task.status,
      truncate(printable(task.schedule_description ?? task.schedule_expr), 40),
      task.next_fire_at ?? '',
      String(task.fired_count),
    ]),
  );
}

/** `tenuto tasks show TASK`. */
export const showTask: Command<[taskId: string]> = async ({ client, output }, taskId) => {
  const task = await client().tasks.get(taskId);
  output.result(task, () => [
    `${printable(task.title)}: ${task.status}`,
    ...facts([
      ['id', task.task_id],
      ['owner', task.owner],
      ['about', task.description ?? ''],
      ['schedule', task.schedule_description ?? task.schedule_expr],
      ['filter', task.filter ?? ''],
      ['once per', task.dedupe_key ?? ''],
      [task.schedule_kind === 'condition' ? 'next probe' : 'next', task.next_fire_at ?? ''],
      ['snoozed', task.snoozed === null ? '' : (task.snoozed.reason ?? 'yes')],
      ['last', task.last_fired_at ?? ''],
      ['fired', String(task.fired_count)],
      ['waiting', task.queued_count === 0 ? '' : String(task.queued_count)],
      ['changed', `${task.updated_at} by ${task.updated_by}, version ${task.version}`],
    ]),
    '',
    ...JSON.stringify(task.payload, null, 2).split('\n').map(printable),
  ]);
  return EXIT.ok;
};

/** `tenuto tasks create FILE`. */
export const createTask: Command<
  [
    path: string | undefined,
    options: {
      readonly file?: string;
      readonly title?: string;
      readonly dryRun?: boolean;
      readonly idempotencyKey?: string;
    },
  ]
> = async (session, path, { file: named, title, dryRun, idempotencyKey }) => {
  const from = path ?? named;
  if (from === undefined) throw new UsageError('Say which file the task is in.');
  const file = readTaskFile(await readSource(session, from));
  session.about(file);
  const body = { ...file.body, ...(title !== undefined && { title }) };
  if (dryRun) {
    const preview = await session.client().tasks.validate(body);
    session.output.result(preview, () => previewLines(preview));
    return EXIT.ok;
  }
  const options = idempotencyKey === undefined ? {} : { idempotencyKey };
  const task = await session.client().tasks.create(body, options);
  session.output.result(task, () => [
    `${task.task_id}  ${printable(task.title)}, ${whenNext(task)}`,
  ]);
  return EXIT.ok;
};

/** What a task waits for: of a condition that is probed the time of the probe, not of a firing. */
function whenNext({ schedule_kind: kind, next_fire_at: next, ...task }: Task): string {
  if (kind === 'condition' && next !== null) return `probed next at ${next}`;
  if (next !== null) return `next at ${next}`;
  return printable(task.schedule_description ?? 'next at no known time');
}

/** `tenuto tasks preview TASK`. */
export const previewTask: Command<
  [taskId: string, options: { readonly count: string; readonly from?: string }]
> = async ({ client, output }, taskId, { count, from }) => {
  const query = { count: readCount(count), ...(from !== undefined && { from }) };
  const preview = await client().tasks.preview(taskId, query);
  output.result(preview, () => previewLines(preview));
  return EXIT.ok;
};

function previewLines({ description, firings }: SchedulePreview): readonly string[] {
  return [
    printable(description),
    ...(firings.length === 0
      ? ['No firing is expected at a known time.']
      : tableLines(
          ['AT', 'LOCAL', 'CLOCKS'],
          firings.map(({ at, local, dst }) => [at, local, dst ?? '']),
        )),
  ];
}

/** `tenuto tasks firings TASK`: newest first. */
export const listFirings: Command<
  [taskId: string, options: { readonly outcome?: string; readonly limit: string }]
> = async (session, taskId, { outcome, limit: written }) => {
  const limit = readCount(written);
  const query = { limit: Math.min(limit, PAGE), ...(outcome !== undefined && { outcome }) };
  const listing = session.client().tasks.firings(taskId, query);
  return showList(session, { listing, limit }, firingLines);
};

function firingLines(firings: readonly FiringView[]): readonly string[] {
  return tableLines(
    ['TICK', 'ORIGIN', 'OUTCOME', 'REASON', 'LATE', 'RUN'],
    firings.map((firing) => [
      firing.tick,
      firing.origin,
      firing.outcome,
      firing.reason ?? '',
      firing.late_ms === null ? '' : `${firing.late_ms} ms`,
      firing.run_id ?? '',
    ]),
  );
}

/** `tenuto tasks run-now TASK`. */
export const runTaskNow: Command<
  [taskId: string, options: { readonly param?: readonly string[] }]
> = async (session, taskId, { param = [] }) => {
  const params = Object.fromEntries(param.map(parameter));
  const body = param.length === 0 ? {} : { params };
  return told(session, await session.client().tasks.runNow(taskId, body));
};

/** `key=value`; a value that is JSON is taken as that. */
function parameter(written: string): [string, unknown] {
  const at = written.indexOf('=');
  if (at < 1) throw new UsageError(`"${printable(written)}" is not key=value.`);
  const [key, text] = [written.slice(0, at), written.slice(at + 1)];
  try {
    return [key, JSON.parse(text)];
  } catch {
    return [key, text];
  }
}

interface Reasoned {
  readonly reason?: string;
}
const reasonOf = ({ reason }: Reasoned) => (reason === undefined ? {} : { reason });

/** `tenuto tasks snooze TASK SECONDS`. */
export const snoozeTask: Command<[taskId: string, seconds: string, options: Reasoned]> = async (
  session,
  taskId,
  seconds,
  options,
) => {
  const body = {
    delay_seconds: readCount(seconds, 'A time to snooze, in seconds,'),
    ...reasonOf(options),
  };
  return told(session, await session.client().tasks.snooze(taskId, body));
};

/** `tenuto tasks pause TASK`. */
export const pauseTask: Command<[taskId: string, options: Reasoned]> = async (
  session,
  taskId,
  options,
) => told(session, await session.client().tasks.pause(taskId, reasonOf(options)));

/** `tenuto tasks resume TASK`. */
export const resumeTask: Command<
  [taskId: string, options: { readonly catchUp?: boolean }]
> = async (session, taskId, { catchUp = false }) =>
  told(session, await session.client().tasks.resume(taskId, { catch_up: catchUp }));

/** `tenuto tasks cancel TASK`. */
export const cancelTask: Command<[taskId: string, options: Reasoned]> = async (
  session,
  taskId,
  options,
) => told(session, await session.client().tasks.cancel(taskId, reasonOf(options)));

/** `tenuto tasks backfill TASK --from TIME --to TIME`. */
export const backfillTask: Command<
  [
    taskId: string,
    options: { readonly from: string; readonly to: string; readonly dryRun?: boolean },
  ]
> = async (session, taskId, { from, to, dryRun = false }) =>
  told(session, await session.client().tasks.backfill(taskId, { from, to, dry_run: dryRun }));

function told({ output }: Session, operation: TaskOperation): ExitCode {
  output.result(operation, () => [
    operation.message,
    ...(operation.details.run_id === undefined ? [] : [operation.details.run_id]),
  ]);
  return EXIT.ok;
}
