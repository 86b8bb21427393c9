import { expect, vi } from 'vitest';
import type { Stage } from './stage.ts';

const pipeline = (expression: string) => ({
  pipeline: [{ id: 'report', uses: 'transform.cel', with: { expression } }],
});
const FAILS = {
  pipeline: [
    { id: 'sync', uses: 'command.run', with: { command: ['node', '-e', 'process.exit(1)'] } },
  ],
};

/** Tasks of every kind, one that fails, one that is paused, one with a ledger across a clock change. */
export const stageTasks: Stage = async (client) => {
  const { tasks } = client;
  const paris = { schedule_kind: 'cron', schedule_expr: '30 2 * * *', timezone: 'Europe/Paris' };
  const night = await tasks.create({
    ...{ ...paris, title: 'nightly report', payload: pipeline("'sent'") },
    description: 'Sums up the sales of the day and sends them to the team.',
  });
  const range = { from: '2026-10-20T00:00:00Z', to: '2026-10-30T00:00:00Z' };
  await tasks.backfill(night.task_id, range);
  await tasks.snooze(night.task_id, { delay_seconds: 3_600, reason: 'the store is being moved' });
  const bad = await tasks.create({
    ...{ title: 'sync the warehouse', schedule_kind: 'cron', schedule_expr: '0 3 * * *' },
    ...{ payload: FAILS, max_retries: 0 },
  });
  await tasks.runNow(bad.task_id);
  const monthly = await tasks.create({
    ...{ title: 'monthly invoices', schedule_kind: 'rrule', timezone: 'America/New_York' },
    schedule_expr: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0;BYSECOND=0',
    payload: pipeline("'done'"),
  });
  await tasks.pause(monthly.task_id, { reason: 'until the books are closed' });
  await tasks.create({
    ...{ title: 'move to the new year', schedule_kind: 'once' },
    ...{ schedule_expr: '2099-01-01T00:00:00', payload: pipeline('1') },
  });
  await tasks.create({
    ...{ title: 'the shop is back', schedule_kind: 'condition', payload: pipeline('1') },
    ...{ schedule_expr: 'steps.probe.output == 2', poll_interval_seconds: 3_600 },
    probe: { uses: 'transform.cel', with: { expression: '1' } },
  });
  await vi.waitFor(async () => expect((await tasks.latestRun(bad.task_id)).status).toBe('failed'), {
    timeout: 60_000,
  });
  const task = `/tasks/${night.task_id}`;
  return [
    { name: 'tasks', path: '/tasks' },
    { name: 'tasks-empty', path: '/tasks?title=nothing+like+it' },
    { name: 'task-new', path: '/tasks/new' },
    { name: 'task-copy-rule', path: `/tasks/new?of=${monthly.task_id}` },
    { name: 'task', path: task },
    { name: 'task-empty', path: `/tasks/${monthly.task_id}` },
    { name: 'task-edit', path: `${task}/edit` },
    { name: 'task-failing', path: `/tasks/${bad.task_id}` },
  ];
};
