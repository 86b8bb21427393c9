import { decideEvent, type EventFired, type EventFiring, type TaskTurn } from '@tenuto/engine';
import type pg from 'pg';
import { ask } from './database.ts';
import { COUNTED, type ScheduledRow, scheduledOf } from './task-row.ts';
import { takeTurns } from './task-turn.ts';

/**
 * Fires tasks for events, inside the transaction that publishes them: what is fired stands and falls
 * with the event. Told again of an event, a task does nothing.
 * @param client a session with a transaction begun
 * @param pairs tasks with the events that they match; others are not asked for again here
 * @returns what came of each pair, in the order of the pairs
 */
export async function fireForEvents(
  client: Pick<pg.ClientBase, 'query'>,
  pairs: readonly EventFiring[],
): Promise<EventFired[]> {
  const results = new Map<string, EventFired>();
  const keyOf = ({ taskId, eventId }: Pick<EventFired, 'taskId' | 'eventId'>) =>
    `${taskId} ${eventId}`;
  // In one order everywhere, so that two publishers do not wait for each other.
  const tasks = [...new Set(pairs.map(({ taskId }) => taskId))].toSorted();
  await ask(
    client,
    'select 1 from tasks where task_id = any($1::uuid[]) order by task_id for update',
    [tasks],
  );
  for (const pair of pairs) results.set(keyOf(pair), await fireOne(client, pair));
  return pairs.flatMap((pair) => results.get(keyOf(pair)) ?? []);
}

interface EventRow extends ScheduledRow {
  readonly now: number;
  readonly known: boolean;
  readonly waiting: number;
}

async function fireOne(
  client: Pick<pg.ClientBase, 'query'>,
  pair: EventFiring,
): Promise<EventFired> {
  const { taskId, eventId } = pair;
  const [row] = await ask<EventRow>(
    client,
    `select ${COUNTED}, (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       (select count(*)::int from task_events e where e.task_id = t.task_id) as waiting,
       exists (select from task_firings f
           where f.task_id = t.task_id and f.at = $2 and f.key = $3)
         or exists (select from task_queue q
           where q.task_id = t.task_id and q.at = $2 and q.key = $3)
         or exists (select from task_events e
           where e.task_id = t.task_id and e.event_id = $4) as known
     from tasks t where t.task_id = $1 and t.status in ('active', 'paused')
       and t.deleted_at is null`,
    [taskId, pair.at, `event:${eventId}`, eventId],
  );
  if (row === undefined) return { taskId, eventId, outcome: 'inactive', runId: null };
  if (row.known) return { taskId, eventId, outcome: 'known', runId: null };
  const task = scheduledOf(row);
  const { turn, gather } = decideEvent(task, pair, { now: row.now, waiting: row.waiting + 1 });
  if (gather) {
    await ask(
      client,
      'insert into task_events (task_id, event_id, at, event) values ($1, $2, $3, $4)',
      [taskId, eventId, pair.at, pair.event],
    );
  }
  const runId = await taken(client, turn);
  const outcome = gather ? 'merged' : (turn.firings[0]?.outcome ?? 'inactive');
  // A key that was used within its window has made a skip of it.
  return {
    taskId,
    eventId,
    outcome: outcome === 'fired' && runId === null ? 'skipped' : outcome,
    runId,
  };
}

async function taken(client: Pick<pg.ClientBase, 'query'>, turn: TaskTurn): Promise<string | null> {
  const [done] = await takeTurns(client, [turn]);
  return done?.runIds[0] ?? null;
}
