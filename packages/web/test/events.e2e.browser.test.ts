/** Events: published, followed as they come, and traced to what they have started. */
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

/** Long enough for a machine that has other work. */
const SOON = { timeout: 60_000 };

const publish = (topic: string, payload: unknown) =>
  served.client.events.publish({ topic, payload });

it('an event is published by hand, once, and followed to the run that it started', async () => {
  await served.client.tasks.create({
    ...{ title: 'pack it', schedule_kind: 'event', schedule_expr: 'orders.*' },
    payload: {
      pipeline: [{ id: 'pack', uses: 'transform.cel', with: { value: '${event.payload.order}' } }],
    },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/events`);
  const dialog = page.getByRole('dialog');
  for (const said of ['was for 1 task', 'had been published before']) {
    await page.getByRole('button', { name: 'Publish an event' }).click();
    await dialog.getByRole('button', { name: 'An order' }).click();
    await dialog.getByLabel('Dedupe id').fill('order-42');
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText(said).waitFor();
  }
  const row = page.getByRole('button', { name: /orders\.created.*started 1 task/ });
  expect(await row.count()).toBe(1);
  await row.click();
  const panel = page.getByRole('complementary', { name: 'Event orders.created' });
  await panel.getByText('order-42').waitFor();
  expect(new URL(page.url()).searchParams.get('event')).toMatch(/^[0-9a-f-]{36}$/);
  await panel.getByRole('listitem').filter({ hasText: 'pack it' }).getByRole('link').last().click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByText('The run has completed.').waitFor();
  expect(troubles).toEqual([]);
});

it('an event is published again, when that was confirmed', async () => {
  const { details } = await publish('again.said', { n: 7 });
  const id = 'event_id' in details ? details.event_id : '';
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/events?topic=again.said&event=${id}`);
  const panel = page.getByRole('complementary', { name: 'Event again.said' });
  await panel.getByRole('button', { name: 'Publish again' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It was for no task.').waitFor();
  await dialog.getByRole('button', { name: 'Publish again' }).click();
  await page.getByText('The event is published again.').waitFor();
  await expect.poll(() => page.locator('.tail-row').count(), SOON).toBe(2);
  const { items } = await served.client.events.recent({ topic: 'again.said' }).first();
  expect(items.map(({ replay_of: of }) => of)).toEqual([id, null]);
});

it('the tail shows what a filter lets through and a text is in, and can be held', async () => {
  const { page } = await signedIn(browser, served);
  await publish('tail.a', { amount: 1 });
  await publish('tail.a', { amount: 100, who: 'ana' });
  await page.goto(`${served.url}/events?topic=tail.*`);
  const rows = page.locator('.tail-row');
  await expect.poll(() => rows.count(), SOON).toBe(2);
  await page.getByLabel(/^CEL/).fill('event.payload.amount > 10');
  await expect.poll(() => rows.count(), SOON).toBe(1);
  await publish('tail.a', { amount: 2 });
  await publish('tail.b', { amount: 200, who: 'ben' });
  await expect.poll(() => rows.count(), SOON).toBe(2);
  await page.getByLabel('Text in the payload').fill('BEN');
  await expect.poll(() => rows.count(), SOON).toBe(1);
  expect(new URL(page.url()).search).toContain('text=BEN');
  await page.getByRole('button', { name: 'Hold' }).click();
  await publish('tail.b', { amount: 300, who: 'ben' });
  await page.getByText('1 new').waitFor();
  expect(await rows.count()).toBe(1);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => rows.count(), SOON).toBe(2);
  await page.getByLabel(/^CEL/).fill('event.payload.');
  await page
    .getByRole('alert')
    .getByText(/filter/)
    .first()
    .waitFor();
});

it('misses nothing while the server is away, and says when it was', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/events?topic=restart.*`);
  await page.getByText('No event that is kept fits').waitFor();
  await publish('restart.one', 1);
  await page
    .getByRole('button', { name: /restart\.one/ })
    .last()
    .waitFor();
  await page.evaluate('window.sameplace = true');
  await served.stop();
  await page.getByText(/The server is away since/).waitFor();
  await served.start();
  // Published before the page can have come back to the stream, or after: it is told once.
  for (const name of ['two', 'three', 'four']) await publish(`restart.${name}`, name);
  const rows = page.locator('.tail-row strong');
  await expect
    .poll(() => rows.allInnerTexts(), SOON)
    .toEqual(['restart.four', 'restart.three', 'restart.two', 'restart.one']);
  await page.getByText(/The server was away from/).waitFor();
  await page.getByText(/nothing is missing/).waitFor();
  expect(await page.evaluate('window.sameplace')).toBe(true);
  expect(troubles).toEqual([]);
});
