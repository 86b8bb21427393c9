/** What a page says and does when answers do not come, come late, or are none. */
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signedIn, visit } from './browser.ts';
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

const LIST = /\/api\/v1\/runs\?/;
const html = (status: number) => (route: Route) =>
  route.fulfill({ status, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });

describe('a list that cannot be read', () => {
  it.each([
    ['an error without words', html(500), 'The server has failed at this'],
    ['a page of a proxy', html(502), 'The server cannot answer just now'],
    ['a page in place of an answer', html(200), 'This answer cannot be read'],
    ['half an answer', (route: Route) => route.fulfill({ body: '{"items":[{' }), 'cannot be read'],
    ['nothing', (route: Route) => route.fulfill({ status: 200 }), 'This answer cannot be read'],
    ['a connection that breaks', (route: Route) => route.abort(), 'No answer came'],
  ])('for %s says what happened, and can be tried again', async (_what, answer, title) => {
    const { page, troubles } = await signedIn(browser, served);
    await page.route(LIST, answer);
    await page.goto(`${served.url}/runs`);
    const failure = page.locator('#content').getByRole('alert');
    await failure.getByText(title).waitFor();
    // The server is there: only this has failed.
    await page.getByText('Live', { exact: true }).waitFor();
    const asked = page.waitForRequest(LIST);
    await failure.getByRole('button', { name: 'Try again' }).click();
    await asked;
    await page.unroute(LIST);
    // It is tried again by itself, too.
    await failure.waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it('keeps what it shows when it cannot be brought up to date, and says so', async () => {
    const job = await served.client.jobs.submit(FAILS);
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs`);
    await page.getByRole('link', { name: job.job_name }).first().waitFor();
    await page.route(LIST, html(500));
    const notice = page.getByRole('status').filter({ hasText: 'Part of this page is from before' });
    await notice.waitFor();
    await page.getByRole('link', { name: job.job_name }).first().waitFor();
    const asked = page.waitForRequest(LIST);
    await notice.getByRole('button', { name: 'Try again' }).click();
    await asked;
    await page.unroute(LIST);
    await notice.waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('what is asked for', () => {
  it('is made once when its answer is lost and it is asked for again', async () => {
    const task = await served.client.tasks.create({
      ...{ title: 'made once', schedule_kind: 'cron', schedule_expr: '0 9 1 1 *' },
      payload: { pipeline: [{ id: 'a', uses: 'sleep.for', with: { seconds: 0 } }] },
    });
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/tasks/${task.task_id}`);
    // The request goes through, and its answer is cut off.
    await page.route(/\/run_now$/, async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await runNow(page);
    await page.getByText('it will not be done twice').waitFor();
    await page.unroute(/\/run_now$/);
    const answered = page.waitForResponse(/\/run_now$/);
    await runNow(page);
    expect((await answered).ok()).toBe(true);
    const runs = await served.client.tasks.runs(task.task_id).first();
    expect(runs.items).toHaveLength(1);
    await page.context().close();
  });

  it('keeps its dialog, with what was typed, until it is done', async () => {
    const job = await served.client.jobs.submit(FAILS);
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs/${job.job_id}`);
    await page.getByRole('button', { name: 'Give up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('no longer wanted');
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.route(/\/(cancel|job\/[^/]+)$/, async (route) => {
      if (route.request().method() === 'GET') return route.fallback();
      await held;
      return route.abort('connectionreset');
    });
    const press = dialog.getByRole('button', { name: 'Give up' });
    await press.click();
    await expectBusy(press);
    letGo();
    await dialog.getByText('It is not known whether this was done').waitFor();
    expect(await dialog.getByRole('textbox').inputValue()).toBe('no longer wanted');
    await page.unrouteAll();
    await press.click();
    await dialog.waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('a session', () => {
  it('is not over because the server has failed when the page was loaded', async () => {
    const { page } = await signedIn(browser, served);
    await page.route(/\/auth\/session$/, html(500));
    const failed = page.waitForResponse((response) => response.status() === 500);
    await page.goto(`${served.url}/runs`);
    await failed;
    await page.getByText('Connecting to the server').waitFor();
    await page.unroute(/\/auth\/session$/);
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    await page.context().close();
  });

  it('goes on when signing out did not reach the server, and the page says so', async () => {
    const { page } = await signedIn(browser, served);
    await page.route(/\/auth\/session$/, (route) => route.abort());
    await page.getByRole('button', { name: /Account and appearance/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByText('You are still signed in').waitFor();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.context().close();
  });
});

it('tells times by the clock of the server', async () => {
  const job = await served.client.jobs.submit(FAILS);
  const { page } = await visit(browser, served);
  await page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 3_600_000;
  });
  await page.goto(`${served.url}/runs/${job.job_id}`);
  await page.getByLabel('Token', { exact: true }).fill(served.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const created = page.locator('.run-header time').first();
  await created.waitFor();
  await expect.poll(() => created.textContent()).not.toMatch(/hour|1 h/);
  await page.context().close();
});

async function runNow(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run now' }).click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Run now' });
  if (await confirm.isVisible()) await confirm.click();
}

async function expectBusy(button: ReturnType<Page['getByRole']>): Promise<void> {
  await button.and(button.page().locator('[data-loading]')).waitFor();
  expect(await button.isDisabled()).toBe(true);
}
