/** Two who act at once, and one who acts twice: what is done is what was meant, once. */
import type { Browser, Page } from 'playwright-core';
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

/** What the page has asked the server to change, but for what is merely checked. */
function changesOf(page: Page): string[] {
  const changes: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const isCheck = /\/(validate|preview|dry_run)$/.test(pathname) || /dry_run/.test(request.url());
    if (request.method() !== 'GET' && !isCheck) changes.push(`${request.method()} ${pathname}`);
  });
  return changes;
}

/** What was asked for before is under way by then. */
const settled = (page: Page) => page.evaluate("fetch('/health/live')").then(() => undefined);

const dialogOf = (page: Page) => page.getByRole('dialog');

/** A form as it stands before it is sent, and what it is sent by. */
type Form = readonly [
  what: string,
  path: string,
  fill: (page: Page, name: string) => Promise<void>,
  verb: string,
  done: (page: Page) => Promise<void>,
];

const closes = (page: Page) => dialogOf(page).waitFor({ state: 'detached' });
const byName = (page: Page, name: string) => dialogOf(page).getByLabel('Name').fill(name);
const FORMS: readonly Form[] = [
  [
    ...(['tasks', '/tasks/new'] as const),
    (page: Page, name: string) => page.getByLabel('Title').fill(name),
    'Create',
    (page: Page) => page.waitForURL(/tasks\/[0-9a-f-]{36}$/),
  ],
  [
    ...(['job', '/submit'] as const),
    (page: Page) => page.getByText('It can run as it stands.').waitFor(),
    'Submit',
    (page: Page) => page.waitForURL(/runs\/[0-9a-f-]{36}$/),
  ],
  [
    ...(['secrets', '/system/secrets?open=new'] as const),
    async (page: Page, name: string) => {
      await byName(page, name);
      await dialogOf(page).getByLabel('Value', { exact: true }).fill('v');
    },
    'Add a secret',
    closes,
  ],
  [
    ...(['tokens', '/agents?open=new-token'] as const),
    byName,
    'Create a token',
    (page: Page) => page.getByRole('button', { name: 'I have kept it' }).waitFor(),
  ],
  [...(['teams', '/system/teams?open=new'] as const), byName, 'Create a team', closes],
];

describe('what is meant once', () => {
  it.each(FORMS)('is done once by a double click: %s', async (what, path, fill, verb, done) => {
    const { page } = await signedIn(browser, served);
    const changes = changesOf(page);
    await page.goto(served.url + path);
    await fill(page, `DOUBLE_${what}`);
    await page.getByRole('button', { name: verb, exact: true }).last().dblclick();
    await done(page);
    await settled(page);
    expect(changes).toHaveLength(1);
  });

  it.each(
    FORMS,
  )('is done once by an Enter that is held: %s', async (what, path, fill, verb, done) => {
    const { page } = await signedIn(browser, served);
    const changes = changesOf(page);
    await page.goto(served.url + path);
    await fill(page, `HELD_${what}`);
    await page.getByRole('button', { name: verb, exact: true }).last().focus();
    for (let times = 0; times < 20; times += 1) await page.keyboard.down('Enter');
    await done(page);
    for (let times = 0; times < 20; times += 1) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await settled(page);
    expect(changes).toHaveLength(1);
  });

  it('is run once now, and asked for once, by a double click', async () => {
    const { task_id: id } = await served.client.tasks.create({
      ...{ title: 'twice', schedule_kind: 'once', schedule_expr: '2099-01-01T00:00:00Z' },
      payload: {
        dag_definition: { nodes: [{ id: 'a', uses: 'sleep.for', with: { seconds: 60 } }] },
      },
    });
    const { page } = await signedIn(browser, served);
    const changes = changesOf(page);
    await page.goto(`${served.url}/tasks/${id}`);
    await page.getByRole('button', { name: 'Run now' }).dblclick({ delay: 50 });
    await page.waitForURL(/runs\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Cancel' }).dblclick();
    await dialogOf(page).getByRole('button', { name: 'Cancel' }).dblclick();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    expect(changes).toHaveLength(2);
  });
});
