import type { Stage } from './stage.ts';

/** What starts runs: a task and events. */
export const stageTriggers: Stage = async (client) => {
  const task = await client.tasks.create({
    ...{ title: 'nightly', schedule_kind: 'cron', schedule_expr: '30 2 * * *' },
    payload: { pipeline: [{ id: 'a', uses: 'transform.cel', with: { expression: '1' } }] },
  });
  await client.tasks.runNow(task.task_id);
  await client.events.publish({ topic: 'orders.created', payload: { order: 42 } });
  return [
    { name: 'tasks', path: '/tasks' },
    { name: 'task-new', path: '/tasks/new' },
    { name: 'task', path: `/tasks/${task.task_id}` },
    { name: 'events', path: '/events' },
  ];
};
