/** Two who act at once, and one who acts twice: what is done is what was meant, once. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('a form that is open while somebody else changes the same thing', () => {
  it('puts nothing in place of what it has not shown, and keeps what was typed', async () => {
    const { client, url } = served;
    const { secret_id: id } = await client.secrets.create({
      ...{ name: 'SHARED', value: 'v', allowed_hosts: ['one.example'] },
    });
    const { page } = await signedIn(browser, served);
    await page.goto(`${url}/system/secrets?open=${id}`);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What it is for').fill('mine');
    await client.secrets.update('SHARED', { allowed_hosts: ['two.example'] });
    // The list below the form shows what has become of it; the form does not.
    await page.getByText('two.example').first().waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Somebody has changed this meanwhile').waitFor();
    expect(await dialog.getByLabel('What it is for').inputValue()).toBe('mine');
    const theirs = await client.secrets.get('SHARED');
    expect([theirs.description, theirs.allowed_hosts]).toEqual([null, ['two.example']]);
    await dialog.getByRole('button', { name: 'Save over theirs' }).click();
    await dialog.waitFor({ state: 'detached' });
    const mine = await client.secrets.get('SHARED');
    expect([mine.description, mine.allowed_hosts]).toEqual(['mine', ['one.example']]);
  });

  it('of a channel does likewise', async () => {
    const { channels } = served.client.notifications;
    const { channel_id: id } = await channels.create({
      ...{ name: 'ops', type: 'email', to: ['one@example.com'] },
    });
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/notifications?open=${id}`);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('mine');
    await channels.update(id, { to: ['two@example.com'] });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Somebody has changed this meanwhile').waitFor();
    expect((await channels.get(id)).to).toEqual(['two@example.com']);
  });

  it('stays open when the thing is gone, and says so', async () => {
    const { client, url } = served;
    const { secret_id: id } = await client.secrets.create({
      ...{ name: 'GONE', value: 'v', allowed_hosts: ['gone.example'] },
    });
    const { page } = await signedIn(browser, served);
    await page.goto(`${url}/system/secrets?open=${id}`);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What it is for').fill('mine');
    await client.secrets.remove('GONE');
    await page.getByRole('cell', { name: 'gone.example' }).waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByLabel('What it is for').inputValue()).toBe('mine');
  });
});
