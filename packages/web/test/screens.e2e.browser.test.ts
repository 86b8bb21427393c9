/** Every screen, in both themes and on a narrow screen: usable by everybody, by itself, and small. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBrowser, seriousIn, signedIn, visit } from './browser.ts';
import { APPROVED, ASKS, FAILS, WAITS } from './jobs.ts';
import { type Console, startConsole } from './served.ts';

let served: Console;
let browser: Browser;
const paths: string[] = [
  '/',
  '/runs',
  '/needs',
  '/tasks',
  '/tasks/new',
  '/events',
  '/system',
  '/nowhere',
];
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
  const { client } = served;
  const failed = await client.jobs.submit(FAILS);
  const running = await client.jobs.submit(WAITS);
  await client.jobs.submit(ASKS);
  await client.jobs.submit(APPROVED);
  const phased = await client.runs.create({
    ...{ profile: 'analytics_forecast_app', intake: { goal: 'Forecast the demand' } },
    budget: { usd: 5 },
  });
  await client.runs.next(phased.run_id);
  const task = await client.tasks.create({
    ...{ title: 'nightly', schedule_kind: 'cron', schedule_expr: '30 2 * * *' },
    payload: { pipeline: [{ id: 'a', uses: 'transform.cel', with: { expression: '1' } }] },
  });
  await client.tasks.runNow(task.task_id);
  await client.events.publish({ topic: 'orders.created', payload: { order: 42 } });
  await vi.waitFor(
    async () => expect((await client.jobs.get(failed.job_id)).status).toBe('failed'),
    { timeout: 60_000 },
  );
  const run = `/runs/${failed.job_id}`;
  paths.push(run, `${run}?node=browser`, `${run}?tab=log`, `${run}?tab=history`, `${run}?tab=plan`);
  const steps = `/runs/${phased.run_id}`;
  const [file] = (await client.artifacts.list(phased.run_id).first()).items;
  const looked = `file=${file?.artifact_id}`;
  paths.push(steps, `${steps}?tab=phases&phase=planning&${looked}`, `${steps}?tab=cost`);
  paths.push(`${steps}?tab=artifacts&${looked}`, `${run}?tab=artifacts`, `${run}?tab=cost`);
  paths.push(`/runs/${running.job_id}`, `/tasks/${task.task_id}`);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

describe.each([
  ['in light', { colorScheme: 'light', viewport: WIDE }],
  ['in dark', { colorScheme: 'dark', viewport: WIDE }],
  ['on a narrow screen', { colorScheme: 'light', viewport: NARROW }],
] as const)('every screen %s', (name, options) => {
  it('can be used by everybody, and asks nobody else for anything', async () => {
    const { page, troubles } = await signedIn(browser, served, options);
    const serious: object[] = [];
    for (const path of paths) {
      await page.goto(served.url + path);
      await page.locator('#content :is(h1, h2)').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      serious.push(...(await seriousIn(page, `${path} ${name}`)));
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([path, overflow]).toEqual([path, 0]);
    }
    expect(serious).toEqual([]);
    expect(troubles).toEqual([]);
  });

  it('so can the sign-in', async () => {
    const { page, troubles } = await visit(browser, served, options);
    await page.goto(served.url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await seriousIn(page, `sign-in ${name}`)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

const MOST_BYTES = 300 * 1_024;

it('the shell is loaded with less than 300 KB', async () => {
  const { page } = await visit(browser, served);
  let bytes = 0;
  page.on('requestfinished', async (request) => {
    const sizes = await request.sizes();
    bytes += sizes.responseBodySize;
  });
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});
