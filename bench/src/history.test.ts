import { createEngineStore } from '@tenuto/store';
import { createDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { loadHistory } from './history.ts';

test('a loaded history is runs of ten attempts each, in the partitions of the last hour', async () => {
  const { connection, drop } = await createDatabase();
  const store = createEngineStore({ ...connection });
  const sql = new pg.Client({ ...connection });
  await sql.connect();
  onTestFinished(async () => {
    await sql.end();
    await store.close();
    await drop();
  });
  await store.maintain();
  await loadHistory(sql, 7);
  const { rows } = await sql.query(
    `select (select count(*)::int from runs) as runs,
       (select count(*)::int from attempts) as attempts,
       (select count(distinct (run_id, node))::int from attempts where status = 'completed')
         as different,
       (select bool_and(run_id::text ~ '^.{14}7' and created_at
          between clock_timestamp() - interval '61 minutes' and clock_timestamp()) from runs) as sound`,
  );
  expect(rows).toEqual([{ runs: 7, attempts: 70, different: 70, sound: true }]);
});
