import { decideEvents, type EventFired, type EventFiring } from '@tenuto/engine';
import type pg from 'pg';
import { ask } from './database.ts';
import { COUNTED, type ScheduledRow, scheduledOf } from './task-row.ts';
import { takeTurns } from './task-turn.ts';

/**
 * Fires tasks for events, inside the transaction that publishes them: what is fired stands and falls
 * with the event. Told again of an event, a task does nothing.
 * @param client a session with a transaction begun, in which nobody has locked tasks before
 * @param firings each task with the events that are for it; whether they are is not asked again
 * @returns what came of each, in their order
 */
export async function fireForEvents(
  client: Pick<pg.ClientBase, 'query'>,
  firings: readonly EventFiring[],
): Promise<EventFired[]> {
  // In one order everywhere, so that two publishers do not wait for each other.
  const tasks = [...new Set(firings.map(({ taskId }) => taskId))].toSorted();
  await ask(
    client,
    'select 1 from tasks where task_id = any($1::uuid[]) order by task_id for update',
    [tasks],
  );
  const results: EventFired[] = [];
  for (const firing of firings) results.push(await fireOne(client, firing));
  return results;
}

interface EventRow extends ScheduledRow {
  readonly now: number;
  readonly known: string[] | null;
}

async function fireOne(
  client: Pick<pg.ClientBase, 'query'>,
  firing: EventFiring,
): Promise<EventFired> {
  const { taskId, events } = firing;
  const [row] = await ask<EventRow>(
    client,
    `select ${COUNTED}, floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       (select array_agg(e.key) from unnest($2::bigint[], $3::text[]) e(at, key)
        where exists (select from task_firings f
            where f.task_id = t.task_id and f.at = e.at and f.key = e.key)
          or exists (select from task_queue q
            where q.task_id = t.task_id and q.at = e.at and q.key = e.key)) as known
     from tasks t where t.task_id = $1 and t.status in ('active', 'paused')
       and t.deleted_at is null`,
    [taskId, events.map(({ at }) => at), events.map(({ eventId }) => keyOf(eventId))],
  );
  if (row === undefined) return { taskId, outcome: 'inactive', runId: null };
  const known = new Set(row.known);
  const news = events.filter(({ eventId }) => !known.has(keyOf(eventId)));
  if (news.length === 0) return { taskId, outcome: 'known', runId: null };
  const turn = decideEvents(scheduledOf(row), { taskId, events: news }, row.now);
  const [taken] = await takeTurns(client, [turn]);
  const runId = taken?.runIds[0] ?? null;
  const outcome = turn.firings.at(-1)?.outcome ?? 'inactive';
  // A key that was used within its window has made a skip of it.
  return { taskId, outcome: outcome === 'fired' && runId === null ? 'skipped' : outcome, runId };
}

const keyOf = (eventId: string) => `event:${eventId}`;
