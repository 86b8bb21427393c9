/** What came of a run, where the eye looks for it. */
import type { Job } from '@tenuto/contract';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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

async function ended(body: Parameters<Console['client']['jobs']['submit']>[0], as: Job['status']) {
  const job = await served.client.jobs.submit(body);
  await vi.waitFor(async () => expect((await served.client.jobs.get(job.job_id)).status).toBe(as), {
    timeout: 60_000,
    interval: 200,
  });
  return `${served.url}/runs/${job.job_id}`;
}

it('shows what a run was given and what it came to, before anything is picked', async () => {
  const path = await ended(
    {
      job_name: 'adds up',
      execution_context: { first: 20, note: '<img src=x onerror=alert(1)>' },
      dag_definition: {
        nodes: [
          { id: 'sum', uses: 'transform.cel', with: { value: { total: '${params.first + 22}' } } },
        ],
      },
    },
    'completed',
  );
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(path);
  await page.getByRole('group', { name: 'Result' }).getByText('{ "total": 42 }').waitFor();
  const given = page.getByRole('group', { name: 'Given' });
  await given.getByText('<img src=x onerror=alert(1)>').waitFor();
  expect(troubles).toEqual([]);
});

it('says that a run which has completed has given nothing back', async () => {
  const path = await ended(
    {
      job_name: 'gives nothing',
      dag_definition: {
        nodes: [{ id: 'none', uses: 'transform.cel', with: { expression: 'null' } }],
      },
    },
    'completed',
  );
  const { page } = await signedIn(browser, served);
  await page.goto(path);
  await page.getByText('no node at its end has given anything back').waitFor();
});

it('shows the first cause of a failure with its last words, and leads to its log', async () => {
  const path = await ended(FAILS, 'failed');
  const { page } = await signedIn(browser, served);
  await page.goto(path);
  const cause = page.getByRole('region', { name: 'First cause' });
  await cause.getByText('ended with exit code 3').waitFor();
  await cause.getByText('element #pay was not found', { exact: true }).waitFor();
  await cause.getByRole('button', { name: 'Open its log' }).click();
  await page.getByRole('log').getByText('element #pay was not found', { exact: true }).waitFor();
  await page
    .getByRole('log')
    .getByText(/Failed after .*exit_code.*exit code 3/)
    .waitFor();
});

it('closes a log with how each attempt has ended, also where nothing was said', async () => {
  const path = await ended(
    {
      job_name: 'dies without a word',
      max_retries: 0,
      dag_definition: {
        nodes: [
          {
            id: 'quiet',
            uses: 'command.run',
            with: { command: ['node', '-e', 'process.exit(7)'] },
            retry: { max_attempts: 2, base_delay_ms: 1 },
          },
          { id: 'after', uses: 'transform.cel', with: { value: 1 }, parent_nodes: ['quiet'] },
        ],
      },
    },
    'failed',
  );
  const { page } = await signedIn(browser, served);
  await page.goto(`${path}?tab=log`);
  const log = page.getByRole('log');
  await log
    .getByText(/Failed after .*The command ended with exit code 7/)
    .nth(1)
    .waitFor();
  await log.getByRole('button', { name: /Attempt 2 · 0 entries/ }).waitFor();
  await page.goto(`${path}?tab=log&node=after`);
  await page.getByText('A node that this one depends on did not complete.').waitFor();
});

it('has something in the place of what is still to come, from the first moment on', async () => {
  const path = await ended(FAILS, 'failed');
  const { page } = await signedIn(browser, served);
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graph', async (route) => {
    await letGo;
    await route.fallback();
  });
  await page.goto(path);
  await page.getByRole('heading', { name: 'checks of the shop' }).waitFor();
  expect(await page.locator('.skeleton').count()).toBeGreaterThan(0);
  release();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.getByRole('application', { name: /^Graph of 3 cards/ }).waitFor();
});
