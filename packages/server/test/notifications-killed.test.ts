/** A server that is killed between sending and writing down: the message comes again, as the same. */
import { createNoticeSender, httpRequest } from '@tenuto/actions';
import { createRelay, type RelayStore } from '@tenuto/engine';
import { openApiStore } from '@tenuto/store';
import { createDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../src/system-clock.ts';
import { startReceiver } from './webhook-receiver.ts';

const SOON = { timeout: 40_000, interval: 50 };

it('a message whose reply was never written down is sent again under its id', async () => {
  const database = await createDatabase();
  const store = openApiStore(database.connection);
  const pool = new pg.Pool({ ...database.connection, max: 1 });
  pool.on('error', () => undefined);
  const receiver = await startReceiver();
  const http = httpRequest({ clock: systemClock, allow: ['127.0.0.1'] });
  onTestFinished(async () => {
    await http.close();
    await receiver.close();
    await pool.end();
    await store.close();
    await database.drop();
  });
  await pool.query(
    `insert into notices (owner, event, payload, targets)
     values ('ann', 'run.failed', '{"n":1}', $1)`,
    [JSON.stringify([{ webhook: receiver.url }])],
  );
  const quiet = () => undefined;
  const relayOn = (relayStore: RelayStore) =>
    createRelay({
      store: relayStore,
      send: createNoticeSender({
        http,
        mailer: { send: () => Promise.reject(new Error('no mail here')) },
        clock: systemClock,
        openSecret: () => '',
      }),
      clock: systemClock,
      random: systemRandom,
      log: { info: quiet, warn: quiet, error: quiet },
    });
  // As if killed: what it has sent it cannot write down any more.
  let sent = 0;
  const killed = relayOn({
    ...store.relay,
    async settle() {
      sent += 1;
      throw new Error('killed');
    },
  });
  killed.start();
  await expect.poll(() => sent, SOON).toBe(1);
  await killed.stop(0);
  const survivor = relayOn(store.relay);
  survivor.start();
  const { rows: leased } = await pool.query('select state, attempts from notice_deliveries');
  expect(leased).toEqual([{ state: 'pending', attempts: 1 }]);
  await pool.query('update notice_deliveries set due_at = clock_timestamp()');
  const state = async () =>
    (await pool.query<{ state: string }>('select state from notice_deliveries')).rows[0]?.state;
  await expect.poll(state, SOON).toBe('delivered');
  await survivor.stop(1_000);
  expect(receiver.messages.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 1 }]);
  expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(1);
});
