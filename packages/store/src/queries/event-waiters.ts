/**
 * Nodes of runs that wait for an event. Whoever publishes notes the answer in its transaction; the
 * run is told afterwards, in one statement for each, so that nobody holds its row for longer.
 */
import {
  type EventMatching,
  type EventWaiter,
  eventIdFloor,
  eventInScope,
  eventSignal,
  type KeptEvent,
  patternPrefix,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { lockHead } from './event-head.ts';
import { EVENT_COLUMNS, eventOf, type StoredEvent } from './event-row.ts';
import { wakeUp } from './inbox.ts';
import { inTransaction, type Session } from './session.ts';

/** A node whose event has come. */
export interface AnsweredWaiter {
  readonly runId: string;
  readonly waitKey: string;
  readonly event: KeptEvent;
}

interface WaiterRow {
  readonly run_id: string;
  readonly wait_key: string;
  readonly owner: string;
  readonly pattern: string;
  readonly filter: string | null;
}

/** Events looked through at a time for one that has come before its node was noted. */
const LOOKED_AT = 500;
/** Runs told in a row. */
const TOLD_AT_ONCE = 500;

/** Nodes that the events answer: each gets the first that fits. */
export async function answeredWaiters(
  session: Session,
  events: readonly KeptEvent[],
  matching: EventMatching,
): Promise<readonly AnsweredWaiter[]> {
  if (events.length === 0) return [];
  const owners = [...new Set(events.map(({ owner }) => owner))];
  const topics = [...new Set(events.map(({ topic }) => topic))];
  const { rows } = await session.query<WaiterRow>(
    `select run_id, wait_key, owner, pattern, filter from event_waiters w
     where w.answered_by is null and w.owner = any($1::text[])
       and exists (select from unnest($2::text[]) as t(topic) where starts_with(t.topic, w.prefix))`,
    [owners, topics],
  );
  return rows.flatMap((row) => {
    const waiter = waiterOf(row);
    const event = events.find((one) => matching.answers(waiter, one));
    return event === undefined ? [] : [{ runId: row.run_id, waitKey: row.wait_key, event }];
  });
}

/** Notes what answers nodes, in the transaction that makes it known. */
export async function noteAnswers(
  session: Session,
  answered: readonly AnsweredWaiter[],
): Promise<void> {
  await session.query(
    `update event_waiters w set answered_by = a.event_id, answer = a.answer
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[])
       as a(run_id, wait_key, event_id, answer)
     where w.run_id = a.run_id and w.wait_key = a.wait_key and w.answered_by is null`,
    [
      answered.map(({ runId }) => runId),
      answered.map(({ waitKey }) => waitKey),
      answered.map(({ event }) => event.eventId),
      answered.map(({ event }) => JSON.stringify(eventInScope(event))),
    ],
  );
}

/**
 * Notes that a node waits, and looks for an event that has come since the node began. Under the
 * lock of the head: whoever publishes later finds the note.
 */
export function addWaiter(
  db: Database,
  waiter: EventWaiter,
  { matching, elapsedMs }: { readonly matching: EventMatching; elapsedMs(): number },
): Promise<void> {
  return inTransaction(db, async (session) => {
    const head = await lockHead(session);
    // Read after the database's clock was: so the node did not begin before this moment.
    const beganAt = await beginning(session, waiter, head.now - elapsedMs());
    const { runId, waitKey, owner, pattern, filter } = waiter;
    const { rowCount } = await session.query(
      `insert into event_waiters (run_id, wait_key, owner, pattern, prefix, filter)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [runId, waitKey, owner, pattern, patternPrefix(pattern), filter],
    );
    // An attempt before this one has noted it: all that came since has been looked at.
    if (rowCount === 0) return;
    const event = await firstAnswer(session, waiter, { matching, since: eventIdFloor(beganAt) });
    if (event !== undefined) await noteAnswers(session, [{ runId, waitKey, event }]);
  });
}

/** When the node began: with an attempt before this one, if there was one. */
async function beginning(
  session: Session,
  { runId, began }: EventWaiter,
  startedAt: number,
): Promise<number> {
  if (began === undefined) return startedAt;
  const { rows } = await session.query<{ at: number | null }>(
    `select (extract(epoch from started_at) * 1000)::float8 as at from attempts
     where run_id = $1 and node = $2 and attempt = $3`,
    [runId, began.node, began.attempt],
  );
  return Math.min(startedAt, rows[0]?.at ?? startedAt);
}

async function firstAnswer(
  session: Session,
  waiter: EventWaiter,
  { matching, since }: { readonly matching: EventMatching; readonly since: string },
): Promise<KeptEvent | undefined> {
  let from = since;
  for (;;) {
    const { rows } = await session.query<StoredEvent>(
      `select ${EVENT_COLUMNS} from events e
       where e.event_id >= $1 and e.owner = $2 and starts_with(e.topic, $3)
       order by e.event_id limit ${LOOKED_AT + 1}`,
      [from, waiter.owner, patternPrefix(waiter.pattern)],
    );
    const found = rows.map(eventOf).find((event) => matching.answers(waiter, event));
    if (found !== undefined || rows.length <= LOOKED_AT) return found;
    from = rows.at(-1)?.event_id ?? from;
  }
}

/** Tells runs what has answered them, each in one statement. @returns which of them were there */
export async function tellWaiters(db: Database): Promise<readonly string[]> {
  const waiting = await ask<{ run_id: string; wait_key: string }>(
    db,
    `select run_id, wait_key from event_waiters where answered_by is not null and not told
     order by run_id limit ${TOLD_AT_ONCE}`,
  );
  const told: string[] = [];
  for (const { run_id: runId, wait_key: waitKey } of waiting) {
    if (await tell(db, runId, waitKey)) told.push(runId);
  }
  return told;
}

async function tell(db: Database, runId: string, waitKey: string): Promise<boolean> {
  const given = parameters();
  const name = JSON.stringify(eventSignal(waitKey));
  const told = await ask(
    db,
    `with told as materialized (
       update event_waiters w set told = true
       where w.run_id = ${given.add(runId)} and w.wait_key = ${given.add(waitKey)}
         and w.answered_by is not null and not w.told
       returning w.run_id, w.answer),
     asked as (
       update run_live r set ${wakeUp('signal')} from told where r.run_id = told.run_id
       returning r.run_id, r.inbox_seq),
     put as (
       insert into run_inbox (run_id, seq, type, body)
       select a.run_id, a.inbox_seq, 'signal',
         '{"actor":"event","name":' || ${given.add(name)}::text || ',"payload":' || t.answer || '}'
       from asked a join told t on t.run_id = a.run_id)
     select 1 from asked`,
    given.values,
  );
  return told.length > 0;
}

function waiterOf(row: WaiterRow): EventWaiter {
  const { run_id: runId, wait_key: waitKey, owner, pattern, filter } = row;
  return { runId, waitKey, owner, pattern, filter };
}
