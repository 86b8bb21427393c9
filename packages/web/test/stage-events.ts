import type { Stage } from './stage.ts';

/** Events on several topics, and tasks that they are for. */
export const stageEvents: Stage = async (client) => {
  const payload = {
    pipeline: [{ id: 'pack', uses: 'transform.cel', with: { value: '${event.topic}' } }],
  };
  const event = { schedule_kind: 'event', schedule_expr: 'orders.*', payload };
  await client.tasks.create({ ...event, title: 'pack the order' });
  await client.tasks.create({ ...event, title: 'count orders', debounce_seconds: 3_600 });
  const topics = ['orders.created', 'orders.paid', 'deploys.done', 'alerts.raised'];
  for (const [order, topic] of topics.entries()) {
    const note = 'a text that is long enough to be cut where a row of the tail comes to its end';
    await client.events.publish({ topic, payload: { order, amount: order * 7.5, note } });
  }
  const { details } = await client.events.publishCloudEvents({
    ...{ specversion: '1.0', id: 'A-1', source: '/shop', type: 'orders.created' },
    data: { order: 99, amount: 120 },
  });
  const id = 'event_id' in details ? details.event_id : '';
  return [
    { name: 'events', path: '/events' },
    { name: 'events-empty', path: '/events?topic=nothing.like.it' },
    { name: 'event', path: `/events?topic=orders.*&event=${id}` },
    { name: 'task-new-event', path: '/tasks/new?topic=orders.*' },
  ];
};
