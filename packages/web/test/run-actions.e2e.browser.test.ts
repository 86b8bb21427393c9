/** What people do to runs, by clicks; and what a token may not do is not there. */
import type { Job } from '@tenuto/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { FAILS, WAITS } from './jobs.ts';
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

/** Waits until a run is in a status. */
async function comesTo(jobId: string, status: Job['status']): Promise<void> {
  await vi.waitFor(async () => expect((await served.client.jobs.get(jobId)).status).toBe(status), {
    timeout: 60_000,
    interval: 200,
  });
}

/** Waits until it has failed for the nth time: it is failed before it is taken up again, too. */
async function hasFailed(jobId: string, node: string, times: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const [{ status }, { items }] = await Promise.all([
        served.client.jobs.get(jobId),
        served.client.jobs.attempts(jobId, node, { limit: 100 }).first(),
      ]);
      expect([status, items.length]).toEqual(['failed', times]);
    },
    { timeout: 60_000, interval: 200 },
  );
}

async function confirm(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason, for the history').fill('a test');
  await dialog.getByRole('button', { name: verb, exact: true }).click();
}

it('pauses, resumes and cancels a run, with reasons', async () => {
  const job = await served.client.jobs.submit(WAITS);
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await confirm(page, 'Pause');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await confirm(page, 'Resume');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await confirm(page, 'Cancel');
  await comesTo(job.job_id, 'cancelled');
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByText('a test').first().waitFor();
  expect(troubles).toEqual([]);
});

it('retries from the start and from a node, skips what fails, and tells what was not reached', async () => {
  const job = await served.client.jobs.submit(FAILS);
  await comesTo(job.job_id, 'failed');
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}?node=browser`);
  await page.getByText('1 failed', { exact: false }).first().waitFor();
  await page.getByText('1 not reached').waitFor();
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Run all again' }).click();
  await confirm(page, 'Run all again');
  await page.getByText('The run is taken up again.').waitFor();
  await hasFailed(job.job_id, 'browser', 2);
  await page.getByRole('button', { name: 'Retry from here' }).click();
  await confirm(page, 'Retry from here');
  await hasFailed(job.job_id, 'browser', 3);
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  await confirm(page, 'Skip');
  await comesTo(job.job_id, 'completed');
  await page.getByText('The run has completed.').waitFor();
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByText('skip node').first().waitFor();
});

it('sends the signal that a node waits for', async () => {
  const job = await served.client.jobs.submit({
    job_name: 'waits for word',
    dag_definition: { nodes: [{ id: 'word', uses: 'signal.wait', with: { name: 'go' } }] },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}?node=word`);
  await page.getByRole('button', { name: 'Send "go"' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What it says, as JSON').fill('{"by": ');
  await dialog.getByRole('button', { name: 'Send "go"' }).click();
  await dialog.getByText('This is no JSON').waitFor();
  await dialog.getByLabel('What it says, as JSON').fill('{"by": "ann"}');
  await dialog.getByRole('button', { name: 'Send "go"' }).click();
  await page.getByText('The run has completed.').waitFor();
  await page.getByText('"by": "ann"').first().waitFor();
  expect(troubles).toEqual([]);
});

it('hides what a token may not do, and lets a run be looked at', async () => {
  const job = await served.client.jobs.submit(WAITS);
  const { token } = await served.client.tokens.create({
    ...{ name: 'looks only', scopes: ['jobs:read', 'runs:read'] },
  });
  const own = await served.client.jobs.get(job.job_id);
  const { page } = await signedIn(browser, { ...served, token });
  await page.goto(`${served.url}/runs/${own.job_id}`);
  await page.getByRole('heading', { name: own.job_name }).waitFor();
  for (const name of ['Pause', 'Cancel']) {
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
  }
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Save as a page' }).waitFor();
  expect(await page.getByRole('menuitem', { name: /Fork/ }).count()).toBe(0);
  const saved = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save as a page' }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.html$/);
});
