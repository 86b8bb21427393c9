/** Screens on more than fits on a page: what is sought is found, and what is left out is told. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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

const ONE = [{ id: 'a', uses: 'transform.cel', with: { expression: '1' } }];

it('the palette leads to tasks, templates and profiles by how their names begin', async () => {
  const task = await served.client.tasks.create({
    ...{ title: 'web crawl', schedule_kind: 'cron', schedule_expr: '0 3 1 1 *' },
    payload: { pipeline: ONE },
  });
  await served.client.templates.create({
    ...{ name: 'web-deploy', params_schema: { type: 'object' }, dag_definition: { nodes: ONE } },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('web');
  await page.getByRole('option', { name: 'web_application' }).waitFor();
  await page.getByRole('option', { name: 'web-deploy' }).waitFor();
  await page.getByRole('option', { name: 'web crawl' }).click();
  await page.waitForURL(`${served.url}/tasks/${task.task_id}`);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('web-');
  await page.getByRole('option', { name: 'web-deploy' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/templates\/web-deploy/);
  expect(troubles).toEqual([]);
});

const FAR = 1_400;
const many = {
  job_name: 'more than a thousand',
  max_retries: 0,
  dag_definition: {
    nodes: Array.from({ length: FAR + 1 }, (_, i) =>
      i === FAR
        ? {
            ...{ id: 'far-behind', uses: 'command.run' },
            with: { command: ['node', '-e', 'console.log("far words"); process.exit(1)'] },
          }
        : {
            ...{ id: `n${i}`, uses: 'transform.cel' },
            with: { expression: `'${'x'.repeat(700)}' + '${i}'` },
          },
    ),
  },
};

it('of a run of many nodes the log begins with what has failed, and a plan tells what it leaves out', async () => {
  const { job_id: id } = await served.client.jobs.submit(many);
  await vi.waitFor(async () => expect((await served.client.jobs.get(id)).status).toBe('failed'), {
    ...{ timeout: 120_000, interval: 500 },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${id}?tab=log`);
  await page.getByText('far words').waitFor();
  expect(await page.getByLabel('Node').first().inputValue()).toBe('far-behind');
  await page.getByRole('tab', { name: 'Plan' }).click();
  await page.getByText(/It is large: \d+ more nodes are not shown here/).waitFor();
  const text = page.getByRole('region', { name: 'The graph as it was submitted' });
  await text.waitFor();
  const shown = () => text.evaluate((element) => element.textContent?.length ?? 0);
  const before = await shown();
  await text.hover();
  await page.mouse.wheel(0, 100_000);
  await vi.waitFor(async () => expect(await shown()).toBeGreaterThan(before), { timeout: 60_000 });
  expect(troubles).toEqual([]);
});

it('a list that is read to its end keeps in the page only what is near, and comes back to its head', async () => {
  for (let task = 0; task < 170; task += 1) {
    await served.client.tasks.create({
      ...{ title: `one of many ${task}`, schedule_kind: 'cron', schedule_expr: '0 3 1 1 *' },
      payload: { pipeline: ONE },
    });
  }
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/tasks?title=one+of+many`);
  const named = (task: number) =>
    page.getByRole('link', { name: `one of many ${task}`, exact: true });
  await named(169).waitFor();
  await vi.waitFor(
    async () => {
      await page.locator('#content').evaluate((box) => box.scrollBy(0, 100_000));
      expect(await named(0).count()).toBe(1);
    },
    { timeout: 60_000 },
  );
  await vi.waitFor(async () => expect(await named(169).count()).toBe(0), { timeout: 60_000 });
  await page.locator('thead').evaluate((head) => head.scrollIntoView());
  await named(169).waitFor();
  await vi.waitFor(async () => expect(await named(0).count()).toBe(0), { timeout: 60_000 });
  expect(troubles).toEqual([]);
});
