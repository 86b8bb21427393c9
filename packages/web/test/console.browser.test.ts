/** The shortest way through the console; all of them are in the other files. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { FAILS } from './jobs.ts';
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

it('leads from the sign-in to the log of what has failed, and tries it again', async () => {
  const job = await served.client.jobs.submit(FAILS);
  const { page, troubles } = await signedIn(browser, served);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('link', { name: job.job_name }).click();
  await page.getByText('The run has failed because of "browser"').waitFor();
  await page.getByRole('tab', { name: 'Log' }).click();
  await page.getByText('element #pay was not found').first().waitFor();
  await page.getByRole('button', { name: 'Retry from failed' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retry from failed' }).click();
  await page.getByText('The run is taken up again.').waitFor();
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('cell', { name: 'Retrying' }).first().waitFor();
  expect(troubles).toEqual([]);
});
