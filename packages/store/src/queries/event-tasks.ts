import { timeOfId } from '@tenuto/contract';
import type { Access, EventTask, Page, PageRequest } from '@tenuto/engine';
import { type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';
import { FIRING_COLUMNS, type FiringRow, firingOf, firingsOf } from './task-firings.ts';

type EventTaskRow = { readonly subscription_id: string; readonly title: string } & (
  | FiringRow
  | { readonly key: null }
);

/** By the ids of the tasks; deleted ones are among them. */
export function tasksOfEvent(
  db: Database,
  access: Access,
  eventId: string,
  page: PageRequest<string>,
): Promise<Page<EventTask>> {
  const given = parameters();
  const event = given.add(eventId);
  // A firing stands where its event was published, so that one partition is looked at. No
  // parameter: what is counted has no use for it.
  const at = Math.floor(timeOfId(eventId));
  const told = `from ${firingsOf('m.subscription_id')}
    where f.at = ${at} and f.event_id = ${event}`;
  const firing = `left join lateral (
    select ${FIRING_COLUMNS} ${told} limit 1) firing on true`;
  // A condition hears of every event; it was for one that has turned it true.
  const wanted = `(t.schedule_kind <> 'condition' or exists (select ${told}))`;
  const matched = 'event_matches m join tasks t on t.task_id = m.subscription_id';
  return pageOf<EventTaskRow, EventTask>(db, {
    columns: 'm.subscription_id, t.title, firing.*',
    ...{ from: `${matched} ${firing}`, counted: matched },
    where: [`m.event_id = ${event}`, reachable(access, given, 't'), wanted],
    key: ['m.subscription_id'],
    ...{ after: page.after === undefined ? undefined : [page.after], page, given },
    item: (row) => ({
      taskId: row.subscription_id,
      title: row.title,
      firing: row.key === null ? null : firingOf(row),
    }),
  });
}
