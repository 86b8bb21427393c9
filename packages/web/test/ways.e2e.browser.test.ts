/** What people come to the console for, from the first click to what comes of it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signedIn, visit } from './browser.ts';
import { ASKS, FAILS, WAITS } from './jobs.ts';
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

describe('signing in', () => {
  it('refuses what is no token, and says so', async () => {
    const { page } = await visit(browser, served);
    await page.goto(served.url);
    await page.getByLabel('Token', { exact: true }).fill('tnt_nothing');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not valid').waitFor();
  });

  it('leads to where one wanted to go, and leaves nothing that a script could read', async () => {
    const { page, troubles } = await visit(browser, served);
    await page.goto(`${served.url}/tasks?kind=cron`);
    await page.getByLabel('Token', { exact: true }).fill(served.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?kind=cron');
    const kept = await page.evaluate(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(kept).not.toContain(served.token);
    expect(kept).not.toContain('tnw_');
    expect(troubles).toEqual([]);
  });

  it('ends by signing out', async () => {
    const { page } = await signedIn(browser, served);
    await page.getByRole('button', { name: /Account and appearance/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Token', { exact: true }).waitFor();
    await page.reload();
    await page.getByLabel('Token', { exact: true }).waitFor();
  });

  it('hides what a token may not do', async () => {
    const { token } = await served.client.tokens.create({
      ...{ name: 'reader', scopes: ['jobs:read', 'runs:read', 'tasks:read', 'events:read'] },
    });
    const reader = { ...served, token };
    const { page } = await signedIn(browser, reader);
    await page.getByRole('link', { name: 'Tasks', exact: true }).click();
    await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Create a task' }).count()).toBe(0);
  });
});

describe('a run', () => {
  it('made of a template is watched to its end', async () => {
    await served.client.templates.create({
      name: 'pause',
      dag_definition: {
        nodes: [{ id: 'wait', uses: 'signal.wait', with: { name: '${params.word}' } }],
      },
      params_schema: { type: 'object', properties: { word: { type: 'string', default: 'go' } } },
    });
    const job = await served.client.jobs.submit({ template: 'pause', params: { word: 'now' } });
    const { page, troubles } = await signedIn(browser, served);
    const stream = page.waitForRequest(/\/stream$/);
    await page.goto(`${served.url}/runs/${job.job_id}`);
    await stream;
    await served.client.jobs.signal(job.job_id, { name: 'now' });
    await page.getByText('The run has completed.').waitFor();
    await page.getByRole('button', { name: /wait/ }).first().click();
    await page.getByRole('complementary', { name: 'Node wait' }).waitFor();
    expect(new URL(page.url()).searchParams.get('node')).toBe('wait');
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Node wait' }).waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);
  });

  it('is shown as it is after the server was away, without a reload', async () => {
    const job = await served.client.jobs.submit(WAITS);
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs/${job.job_id}`);
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.evaluate('window.sameplace = true');
    await served.stop();
    await page.getByText('Server away').first().waitFor();
    await served.start();
    await page.getByText('Live', { exact: true }).waitFor();
    await served.client.jobs.cancel(job.job_id);
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    expect(await page.evaluate('window.sameplace')).toBe(true);
    expect(troubles).toEqual([]);
  });

  it('is found among others by what stands in the address', async () => {
    await served.client.jobs.submit(FAILS);
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs`);
    await page.getByRole('button', { name: 'Failed', pressed: false }).click();
    await page.getByLabel('Name begins with…').fill('checks');
    await page.waitForURL(/status=failed&name=checks|name=checks&status=failed/);
    await page.getByRole('link', { name: 'checks of the shop' }).first().waitFor();
    await page.getByLabel('Name begins with…').fill('nothing like it');
    await page.getByText('No run fits these filters').waitFor();
  });

  it('is paused, goes on and is cancelled with all others of a filter, which are shown before', async () => {
    const job = await served.client.jobs.submit({ ...WAITS, job_name: 'bulk of one' });
    await served.client.jobs.submit({ ...WAITS, job_name: 'left alone' });
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs?name=bulk`);
    await page.getByRole('link', { name: 'bulk of one' }).waitFor();
    const dialog = page.getByRole('dialog');
    for (const [action, status] of [
      ['Pause', 'paused'],
      ['Resume', 'running'],
      ['Cancel', 'cancelled'],
    ] as const) {
      await page.getByRole('button', { name: 'Act on all of these' }).click();
      await dialog.getByRole('combobox', { name: 'What is done' }).click();
      await page.getByRole('option', { name: action, exact: true }).click();
      await dialog.getByRole('button', { name: 'See what it would touch' }).click();
      await dialog.getByText('1 run fits the filters.').waitFor();
      await dialog.getByRole('cell', { name: 'bulk of one' }).waitFor();
      await dialog.getByRole('button', { name: 'Do it to 1 run', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await expect
        .poll(async () => (await served.client.jobs.get(job.job_id)).status, { timeout: 60_000 })
        .toBe(status);
    }
    expect(troubles).toEqual([]);
  });
});

it('a decision that waits for a person is made', async () => {
  const job = await served.client.jobs.submit(ASKS);
  const { page, troubles } = await signedIn(browser, served);
  await page.getByRole('link', { name: /Needs me/ }).click();
  await page.getByText('403 forbidden').first().waitFor();
  await page.getByRole('button', { name: 'Skip' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Result of the node, as JSON').fill('{"version": "1.4.0"}');
  await dialog.getByRole('button', { name: 'Skip' }).click();
  await page.getByText('Nothing waits for a person').waitFor();
  await page.goto(`${served.url}/runs/${job.job_id}`);
  await page.getByText('The run has completed.').waitFor();
  expect(troubles).toEqual([]);
});

it('a task is made by a schedule whose meaning is shown, and run', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/tasks/new`);
  await page.getByLabel('Title').fill('spring report');
  await page.getByLabel('Cron expression').fill('nonsense');
  await page.locator('.tone-red').first().waitFor();
  await page.getByLabel('Cron expression').fill('30 2 * * *');
  await page.getByText('every day at 02:30').waitFor();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'spring report' }).waitFor();
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByText('The run has completed.').waitFor();
  expect(troubles).toEqual([]);
});

it('an event is published and followed as it comes', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/events`);
  await page.getByText('No event has come yet').waitFor();
  await page.getByRole('button', { name: 'Publish an event' }).click();
  await page.getByRole('combobox', { name: 'Topic' }).fill('orders.created');
  await page.getByLabel('Payload, as JSON').fill('{"order": 42}');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('button', { name: /orders\.created.*"order":42/ }).waitFor();
  await served.client.events.publish({ topic: 'orders.paid', payload: 7 });
  await page
    .getByRole('button', { name: /orders\.paid/ })
    .first()
    .waitFor();
  expect(troubles).toEqual([]);
});

it('keys lead everywhere', async () => {
  const { page } = await signedIn(browser, served);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('tokens');
  await page.getByRole('option', { name: 'Agents and tokens' }).waitFor();
  expect(await page.getByRole('option').count()).toBe(1);
  await page.getByRole('combobox').fill('events');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Events', exact: true }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
  await page.getByRole('table').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
});
