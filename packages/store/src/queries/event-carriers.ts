import { FIRST_EVENT_ID } from '@tenuto/engine';
import type { Database } from './database.ts';
import { inTransaction } from './session.ts';

/**
 * Takes events to a carrier: one server at a time, which alone knows up to where they were taken.
 * @param take takes some on from an id; gives the last that it took, undefined when it took none.
 *   It must end within seconds: a session waits for it.
 */
export function carryEvents(
  db: Database,
  name: string,
  take: (from: string) => Promise<string | undefined>,
): Promise<'carried' | 'busy'> {
  return inTransaction(db, async (session) => {
    await session.query(
      'insert into event_carriers (name, carried_to) values ($1, $2) on conflict do nothing',
      [name, FIRST_EVENT_ID],
    );
    const { rows } = await session.query<{ carried_to: string }>(
      'select carried_to from event_carriers where name = $1 for update skip locked',
      [name],
    );
    const [carrier] = rows;
    if (carrier === undefined) return 'busy';
    const to = await take(carrier.carried_to);
    if (to !== undefined && to !== carrier.carried_to) {
      await session.query('update event_carriers set carried_to = $2 where name = $1', [name, to]);
    }
    return 'carried';
  });
}
