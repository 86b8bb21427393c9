/** What is done without a mouse: where keys lead, what takes them, and where the focus is then. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn, visit } from './browser.ts';
import { APPROVED } from './jobs.ts';
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

/** A wait ends as soon as what it is for is there. */
const SOON = { timeout: 60_000 };

/** What the focus is on, as it is called. */
const focused = (page: Page) =>
  page.evaluate<string>(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()",
  );
const focusOf = (page: Page) => expect.poll(() => focused(page), SOON);
/** How wide the ring is that shows where the focus is. */
const ring = (page: Page) =>
  page.evaluate<string>('getComputedStyle(document.activeElement).outline');

it('somebody signs in, finds what waits for them and approves it, all by keys', async () => {
  const job = await served.client.jobs.submit(APPROVED);
  const { page, troubles } = await visit(browser, served);
  await page.goto(served.url);
  await page.getByLabel('Token', { exact: true }).waitFor();
  await page.keyboard.type(served.token);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Tab');
  await focusOf(page).toBe('Skip to the content');
  expect(await ring(page)).toContain('solid 2px');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('needs');
  await page.getByRole('option', { name: 'Needs me' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Release the shop').first().waitFor();
  for (let tabs = 0; tabs < 60 && (await focused(page)) !== 'Approve'; tabs += 1) {
    await page.keyboard.press('Tab');
  }
  expect(await ring(page)).toContain('solid 2px');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await focusOf(page).toBe('Approve');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  for (let tabs = 0; tabs < 9 && (await focused(page)) !== 'Approve'; tabs += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => (await served.client.jobs.get(job.job_id)).status, SOON)
    .toBe('completed');
  expect(troubles).toEqual([]);
});

it('Esc closes what is in front, and the focus is where it was before', async () => {
  await served.client.circuits.trip('shop');
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/circuits`);
  await page.getByRole('button', { name: 'shop', exact: true }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'shop' });
  await panel.getByRole('button', { name: 'Reset' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await focusOf(page).toBe('Reset');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await focusOf(page).toBe('shop');
});

it('a menu and the dialog that it opens give the focus back', async () => {
  await served.client.secrets.create({ name: 'KEPT', value: 'a-secret-value' });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/secrets`);
  const menu = 'What can be done with KEPT';
  await page.getByRole('button', { name: menu }).press('Enter');
  await page.getByRole('menuitem', { name: 'Change' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await focusOf(page).toBe('Change');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await focusOf(page).toBe(menu);
  await page.getByRole('button', { name: 'Add a secret' }).press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await focusOf(page).toBe('Add a secret');
});

it('keys of the page do nothing while a dialog stands over it', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/tasks`);
  await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe('/tasks');
});

it('every row of the audit is reached', async () => {
  await served.client.circuits.trip('first');
  await served.client.circuits.trip('second');
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/audit?action=circuit.tripped`);
  await page.getByRole('button', { name: /second/ }).waitFor();
  await page.keyboard.press('j');
  await focusOf(page).toContain('second');
  await page.keyboard.press('j');
  await focusOf(page).toContain('first');
  await page.keyboard.press('k');
  await focusOf(page).toContain('second');
});
