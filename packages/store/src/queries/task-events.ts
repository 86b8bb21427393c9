import { decideEvents, type EventFired, type EventFiring, type TaskTurn } from '@tenuto/engine';
import { int8Array, textArray } from '../binary-array.ts';
import { ask } from './database.ts';
import { SCHEDULED, type ScheduledRow, scheduledOf } from './task-row.ts';
import { takeTurns } from './task-turn.ts';
import type { Session } from './transaction.ts';

/** What one statement writes: what runs see of events is in it once for each run. */
const MOST_EVENTS = 5_000;
const MOST_CHARS = 16 * 1024 * 1024;

/**
 * Fires tasks for events, inside the transaction that publishes them: what is fired stands and falls
 * with the event. Told again of an event, a task does nothing.
 * @param session with a transaction begun, in which nobody has locked tasks before
 * @param firings each task with the events that are for it; whether they are is not asked again
 * @returns what came of each, in their order; of one that is fired, a key that was used within its
 *   window may have made a skip
 */
export async function fireForEvents(
  session: Session,
  firings: readonly EventFiring[],
): Promise<readonly EventFired[]> {
  if (firings.length === 0) return [];
  await lockTasks(session, firings);
  const known = await knownKeys(session, firings);
  const outcomes: EventFired[] = firings.map(() => 'known');
  let waiting = firings.flatMap(({ taskId, events }, place): Waiting[] => {
    const news = events.filter(({ eventId }) => !known.has(`${taskId} ${eventId}`));
    return news.length === 0 ? [] : [{ taskId, events: news, place }];
  });
  // The parts of a turn are joined by the task, and the planner takes them to be short.
  await ask(session, 'set local enable_nestloop = off');
  while (waiting.length > 0) {
    const round = waiting.slice(0, roomFor(waiting));
    const settled = await fireRound(session, round);
    for (const [{ place }, outcome] of settled) outcomes[place] = outcome;
    waiting = waiting.filter((one) => !settled.has(one));
  }
  await ask(session, 'set local enable_nestloop to default');
  return outcomes;
}

interface Waiting extends EventFiring {
  /** Among all that are to be fired. */
  readonly place: number;
}

/** In one order everywhere, so that two publishers do not wait for each other. */
async function lockTasks(session: Session, firings: readonly EventFiring[]): Promise<void> {
  const ids = [...new Set(firings.map(({ taskId }) => taskId))];
  await ask(
    session,
    'select 1 from tasks where task_id = any($1::uuid[]) order by task_id for update',
    [ids],
  );
}

/** Tasks with events that they were told of before. */
async function knownKeys(
  session: Session,
  firings: readonly EventFiring[],
): Promise<ReadonlySet<string>> {
  const told = firings.flatMap(({ taskId, events }) =>
    events.map(({ eventId, at }) => ({ taskId, eventId, at })),
  );
  // Counts, as where the turn is taken: looked up for each, whatever the planner thinks of joins.
  const among = (table: string) => `(select count(*) from (select from ${table} f
    where f.task_id = e.task_id::uuid and f.at = e.at and f.key = 'event:' || e.event_id limit 1) k)`;
  const rows = await ask<{ known: string }>(
    session,
    `select e.task_id || ' ' || e.event_id as known
     from unnest($1::text[], $2::text[], $3::int8[]) e(task_id, event_id, at)
     where ${among('task_firings')} + ${among('task_queue')} > 0`,
    [
      textArray(told.map(({ taskId }) => taskId)),
      textArray(told.map(({ eventId }) => eventId)),
      int8Array(told.map(({ at }) => at)),
    ],
  );
  return new Set(rows.map(({ known }) => known));
}

/** How many of the next firings go into one statement: one at least. */
function roomFor(waiting: readonly Waiting[]): number {
  let [events, chars] = [0, 0];
  const past = waiting.findIndex((one) => {
    events += one.events.length;
    for (const { event } of one.events) chars += event.length;
    return events > MOST_EVENTS || chars > MOST_CHARS;
  });
  return past === -1 ? waiting.length : Math.max(1, past);
}

interface EventRow extends ScheduledRow {
  readonly now: number;
}

/** Takes a turn of each task. @returns what came of the firings that it has settled */
async function fireRound(
  session: Session,
  round: readonly Waiting[],
): Promise<ReadonlyMap<Waiting, EventFired>> {
  const ofTask = Map.groupBy(round, ({ taskId }) => taskId);
  // Whether a run goes on is what a firing depends on, not how many: there may be thousands.
  const rows = await ask<EventRow>(
    session,
    `select ${SCHEDULED}, floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       (select count(*)::int from (
         select from run_live r where r.task_id = t.task_id limit 1) r) as live
     from tasks t where t.task_id = any($1::uuid[]) and t.deleted_at is null`,
    [[...ofTask.keys()]],
  );
  const settled = new Map<Waiting, EventFired>();
  const turns: TaskTurn[] = [];
  for (const row of rows) {
    const firings = ofTask.get(row.task_id) ?? [];
    const { turn, outcomes } = decideEvents(scheduledOf(row), firings, row.now);
    if (turn !== undefined) turns.push(turn);
    firings.slice(0, outcomes.length).forEach((one, i) => {
      settled.set(one, outcomes[i] ?? 'inactive');
    });
    ofTask.delete(row.task_id);
  }
  for (const one of [...ofTask.values()].flat()) settled.set(one, 'inactive');
  await takeTurns(session, turns);
  return settled;
}
