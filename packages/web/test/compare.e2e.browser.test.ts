/** Forks with changes, and runs side by side. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { type Console, startConsole } from './served.ts';

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

it('forks a run with another parameter, shows what runs again, and compares both', async () => {
  const node = (id: string, expression: string, needs: readonly string[] = []) => ({
    ...{ id, uses: 'transform.cel', with: { expression }, parent_nodes: [...needs] },
  });
  const job = await served.client.jobs.submit({
    job_name: 'greet',
    execution_context: { tone: 'short' },
    dag_definition: {
      nodes: [node('fetch', '1'), node('speak', 'params.tone', ['fetch'])],
    },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}?node=speak`);
  await page.getByText('The run has completed.').waitFor();
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Fork with changes…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('1 of 2 nodes run again:').waitFor();
  await dialog.getByLabel('Parameters to change, as JSON').fill('{"tone": ');
  await dialog.getByText('This is no JSON object').waitFor();
  await dialog.getByLabel('Parameters to change, as JSON').fill('{"tone": "long"}');
  await dialog.getByRole('button', { name: 'Fork', exact: true }).click();
  await page.getByText('The fork is made.').waitFor();
  await page.waitForURL((url) => !url.pathname.includes(job.job_id));
  await page.getByText('The run has completed.').waitFor();
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Compare with…' }).click();
  const original = page.getByRole('listitem').filter({ hasText: 'it is a fork of this' });
  await original.getByRole('button', { name: 'Add' }).click();
  await page.locator('del').filter({ hasText: 'long' }).first().waitFor();
  await page.locator('ins').filter({ hasText: 'short' }).first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/compare');
  expect(troubles).toEqual([]);
});
