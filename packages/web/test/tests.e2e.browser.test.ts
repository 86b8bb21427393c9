/** Tests as people look after them: what flips, what is kept from failing runs, what is run again. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { FAILS } from './jobs.ts';
import { type Console, startConsole } from './served.ts';
import { stageTests } from './stage-tests.ts';

const FLAKY = 'checkout waits for the payment';

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
  await stageTests(served.client);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

it('a flaky test is found with its evidence, put into quarantine, and marked in the list', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.getByRole('link', { name: 'Tests', exact: true }).click();
  await page.getByRole('link', { name: 'Flakes' }).click();
  const row = page.getByRole('row').filter({ hasText: FLAKY });
  await row.getByText(/1 passed, 2 failed|2 passed, 1 failed/).waitFor();
  await row.getByRole('link', { name: FLAKY }).click();
  await page.getByRole('heading', { name: 'Evidence that it is flaky' }).waitFor();
  await page.getByText('expected 200, got 503').first().waitFor();
  await page.getByRole('button', { name: 'Put into quarantine' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('the bank of the tests is slow');
  await dialog.getByRole('button', { name: 'Put into quarantine' }).click();
  await page.getByText('The test is in quarantine.').waitFor();
  await page.getByText('In quarantine by admin: its failures fail no node.').waitFor();
  await page.goto(`${served.url}/tests`);
  await page.getByRole('button', { name: 'In quarantine' }).click();
  await page.waitForURL(/quarantined=yes/);
  const marked = page.getByRole('row').filter({ hasText: FLAKY });
  await marked.getByText('In quarantine').waitFor();
  await marked.getByRole('link', { name: FLAKY }).click();
  await page.getByRole('button', { name: 'End the quarantine' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the quarantine' }).click();
  await page.getByText('The quarantine is over.').waitFor();
  expect(troubles).toEqual([]);
});

it('an owner is named, and the list is narrowed to them', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/tests?suite=shop`);
  await page.getByRole('link', { name: FLAKY }).click();
  await page.getByRole('button', { name: 'Change the owner' }).click();
  await page.getByRole('dialog').getByLabel('Owner').fill('ben');
  await page.getByRole('button', { name: 'Save the owner' }).click();
  await page.getByText('The owner is changed.').waitFor();
  await page.goto(`${served.url}/tests`);
  await page.getByRole('searchbox', { name: 'Owner' }).fill('ben');
  await page.waitForURL(/owner=ben/);
  await page.getByText('1 test', { exact: true }).waitFor();
});

it('a suite is registered as text, with what is wrong at its line, and changed', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/tests?view=catalogue`);
  await page.getByRole('button', { name: 'Register a suite' }).click();
  const dialog = page.getByRole('dialog');
  const text = dialog.getByLabel('Suite or case, as YAML or JSON');
  await text.fill('id: smoke\nkind: suite\ncommand: [npm, test]\nshards: 0\n');
  await dialog.getByRole('button', { name: 'Register' }).click();
  await dialog.getByRole('button', { name: 'Line 4' }).waitFor();
  await text.fill('id: smoke\nkind: suite\ncommand: [npm, test]\nreport: r.xml\n');
  await dialog.getByRole('button', { name: 'Register' }).click();
  await page.getByText('“smoke” is registered.').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'smoke' });
  await row.getByText('npm test').waitFor();
  await row.getByRole('button', { name: 'Edit' }).click();
  await text.fill(`${await text.inputValue()}owner: team-smoke\n`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row.getByText('team-smoke').waitFor();
  expect(troubles).toEqual([]);
  expect(await served.client.tests.catalogue.delete('smoke')).toMatchObject({
    ...{ command: ['npm', 'test'], report: ['r.xml'], owner: 'team-smoke' },
  });
});

it('a suite of the catalogue is run with what it asks for', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/tests?view=catalogue`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const context = dialog.getByLabel('Parameters of the job, as JSON');
  expect(JSON.parse(await context.inputValue())).toEqual({ folder: '' });
  await context.fill('{"folder": "');
  await dialog.getByRole('button', { name: 'Run a suite' }).click();
  await dialog.getByText(/This is not a JSON object/).waitFor();
  await context.fill('{"folder": "/tmp"}');
  await dialog.getByRole('button', { name: 'Run a suite' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByRole('heading', { name: 'shop' }).waitFor();
  expect(troubles).toEqual([]);
});

it('from a failed result one comes to the log of its node, and tries the run again', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/tests?suite=shop&sort=last_failure`);
  await page.getByRole('link', { name: FLAKY }).click();
  await page.getByRole('link', { name: 'Log', exact: true }).first().click();
  await page.waitForURL(/tab=log/);
  await page.getByRole('tab', { name: 'Log', selected: true }).waitFor();
  const job = await served.client.jobs.submit(FAILS);
  await page.goto(`${served.url}/runs/${job.job_id}`);
  await page.getByText('The run has failed because of "browser"').waitFor();
  await page
    .getByRole('button', { name: /browser/ })
    .first()
    .click();
  await page.getByRole('complementary', { name: 'Node browser' }).waitFor();
  await page.getByRole('button', { name: 'Retry from failed' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retry from failed' }).click();
  await page.getByText('The run is taken up again.').waitFor();
});
