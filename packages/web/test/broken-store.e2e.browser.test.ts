/** What was changed behind the server: it is found, and said where. */
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
  await page.getByText(/The chain is broken in/).waitFor();
  const first = page.getByRole('list', { name: 'The first of them' });
  await first.getByText('Changed').first().waitFor();
  await first.getByText(rows[0].audit_id).first().waitFor();
  expect(troubles).toEqual([]);
});
