/** Runs that wait for people: an approval, the next phase, more money. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { APPROVED } from './jobs.ts';
import { type Console, startConsole } from './served.ts';

const INTAKE = { goal: 'Forecast the weekly demand of each branch' };
const PROFILE = 'analytics_forecast_app';

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

it('takes an approval with a comment, and the run goes on', async () => {
  const { client } = served;
  const job = await client.jobs.submit(APPROVED);
  const { page, troubles } = await signedIn(browser, served);
  await page.getByRole('link', { name: /Needs me/ }).click();
  const question = page.getByRole('article').filter({ hasText: 'Release the shop' });
  await question.getByText('0 of 1 have agreed').waitFor();
  await question.getByRole('button', { name: 'Approve' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Comment').fill('Looked at it');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Your approval is counted.').waitFor();
  const [approval] = (await client.approvals.list({ run_id: job.job_id }).first()).items;
  expect([approval?.state, approval?.decisions[0]?.comment]).toEqual(['approved', 'Looked at it']);
  expect(troubles).toEqual([]);
});

it('executes the next phase, and shows its gates and its files', async () => {
  const run = await served.client.runs.create({ profile: PROFILE, intake: INTAKE });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${run.run_id}`);
  await page.getByRole('button', { name: 'Execute Planning' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Leave out gates that do not block').waitFor();
  await dialog.getByRole('button', { name: 'Execute Planning' }).click();
  await page.getByRole('button', { name: 'Execute Architecture' }).waitFor();
  await page.getByRole('button', { name: /^Planning/ }).click();
  await page.getByText('Passed').first().waitFor();
  await page.getByRole('button', { name: 'prd.md' }).click();
  await page.locator('.prose h3').first().waitFor();
  expect(troubles).toEqual([]);
});

it('raises a budget, and what waited for money goes on', async () => {
  const run = await served.client.runs.create({
    ...{ profile: PROFILE, intake: INTAKE, auto_advance: true, budget: { usd: 0.0005 } },
  });
  const { page } = await signedIn(browser, served);
  await page.getByRole('link', { name: /Needs me/ }).click();
  const link = page.locator(`a[href*="${run.run_id}"]`);
  const waits = page.getByRole('article').filter({ has: link });
  await waits.getByRole('button', { name: 'Raise the budget' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('New limit in USD').fill('5');
  await dialog.getByRole('button', { name: 'Raise the budget' }).click();
  await page.getByText('The budget is raised').waitFor();
  expect((await served.client.runs.metrics(run.run_id)).budgets[0]?.limit_usd).toBe(5);
});

it('is driven through all its phases by clicks, each saying who can go on', async () => {
  const run = await served.client.runs.create({ profile: PROFILE, intake: INTAKE });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${run.run_id}`);
  const { phases } = await served.client.runs.get(run.run_id);
  for (const { name } of phases) {
    await page.getByText(`The phase "${name}" waits for somebody to say next.`).waitFor();
    await page.getByRole('button', { name: `Execute ${name}`, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: `Execute ${name}`, exact: true }).click();
  }
  await page.getByText('The run has completed.').waitFor();
  await page.locator('.run-header').getByText('recorded, not paid').waitFor();
  expect(phases.length).toBe(6);
  expect(troubles).toEqual([]);
});

it('goes on by itself where it was told to, and is shown as it does', async () => {
  const run = await served.client.runs.create({
    ...{ profile: PROFILE, intake: INTAKE, auto_advance: true },
  });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${run.run_id}`);
  await page.evaluate('window.sameplace = true');
  await page.getByText('The run has completed.').waitFor();
  expect(await page.evaluate('window.sameplace')).toBe(true);
});
