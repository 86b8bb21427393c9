/** What was changed behind the server: it is found, said where, and mended where it can be. */
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import { Client } from 'pg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { type Console, startConsole } from './served.ts';

let database: TestDatabase;
let sql: Client;
let served: Console;
let browser: Browser;
beforeAll(async () => {
  database = await createDatabase();
  const { host, port, user, database: name } = database.connection;
  const url = `postgres://${user}@${encodeURIComponent(host)}:${port}/${name}`;
  sql = new Client({ ...database.connection });
  [served, browser] = await Promise.all([
    startConsole({ environment: { DATABASE_URL: url } }),
    openBrowser(),
    sql.connect(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await sql?.end();
  await database?.drop();
});

it('what the doctor finds is told with its evidence, and repaired when that was confirmed', async () => {
  const { rows } = await sql.query(`select p.relname || '_' || to_char(
      to_timestamp((floor(extract(epoch from now()) / 604800) + 1) * 604800) at time zone 'UTC',
      'YYYYMMDD') as name
    from pg_partitioned_table t join pg_class p on p.oid = t.partrelid order by 1 limit 1`);
  await sql.query(`drop table ${rows[0].name}`);
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/doctor`);
  await page.getByRole('heading', { name: '1 check has failed' }).waitFor();
  const finding = page.getByRole('article').filter({ hasText: 'missing_partition' });
  await finding.getByText(`partition ${rows[0].name} is missing`).waitFor();
  await finding.getByRole('button', { name: 'Repair' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/missing_partition.*Makes the partitions/).waitFor();
  await dialog.getByRole('button', { name: 'Repair' }).click();
  await page.getByText('Repaired: 1.').waitFor();
  await page.getByRole('heading', { name: 'All is as it must be' }).waitFor();
  expect(troubles).toEqual([]);
});

it('a row of the audit that was changed is named', async () => {
  await served.client.circuits.trip('tampered-with');
  const sealed = async () => (await served.client.audit.verify()).unsealed;
  await expect.poll(sealed, { timeout: 240_000 }).toBe(0);
  await sql.query('alter table audit disable trigger user');
  const { rows } = await sql.query(
    `update audit set actor = 'nobody' where subject = 'tampered-with' returning audit_id`,
  );
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/audit`);
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByRole('heading', { name: /The chain is broken in 1 place:/ }).waitFor();
  const first = page.getByRole('list', { name: 'The first of them' });
  await first.getByText('Changed').waitFor();
  await first.getByText(rows[0].audit_id).waitFor();
  expect(troubles).toEqual([]);
});
