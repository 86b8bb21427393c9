/** A session that ends under a page, and what was written on it. */
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

const again = (page: Page) => page.getByRole('dialog', { name: 'Sign in again' });

async function signInAgain(page: Page, token: string): Promise<void> {
  await again(page).getByLabel('Token', { exact: true }).fill(token);
  await page.keyboard.press('Enter');
  await again(page).waitFor({ state: 'detached' });
}

/** An agent of few rights, and its token. */
async function anAgent(name: string) {
  const scopes = ['jobs:read', 'tasks:read', 'tasks:create'] as const;
  const agent = await served.client.agents.create({ name, scopes: [...scopes] });
  const made = { name, scopes: [...scopes], agent_id: agent.agent_id };
  return { agent, token: (await served.client.tokens.create(made)).token };
}

describe('a session that ends while something is written', () => {
  it('in a dialog asks who it is above it, and goes on with what was typed', async () => {
    const made = await served.client.tokens.create({ name: 'short', scopes: ['admin'] });
    const { page, troubles } = await signedIn(browser, { ...served, token: made.token });
    await page.goto(`${served.url}/system/secrets?open=new`);
    const form = page.getByRole('dialog', { name: 'Add a secret' });
    await form.getByLabel('Name').fill('KEPT');
    await form.getByLabel('Value', { exact: true }).fill('a value');
    await served.client.tokens.revoke(made.token_id);
    await again(page).waitFor();
    // Keys are for the way in alone.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await again(page).getByLabel('Token', { exact: true }).fill(made.token);
    await page.keyboard.press('Enter');
    await again(page).getByText('This token is not valid').waitFor();
    await signInAgain(page, served.token);
    expect(await form.getByLabel('Name').inputValue()).toBe('KEPT');
    await form.getByRole('button', { name: 'Add a secret' }).click();
    await form.waitFor({ state: 'detached' });
    expect((await served.client.secrets.get('KEPT')).version).toBe(1);
    expect(troubles).toEqual([]);
  });

  it('by signing out in another tab keeps a task that is half written', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/tasks/new`);
    await page.getByLabel('Title').fill('half written');
    const other = await page.context().newPage();
    await other.goto(served.url);
    await other.getByRole('button', { name: /Account and appearance/ }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await again(page).waitFor();
    // Signing in there is enough.
    await other.getByLabel('Token', { exact: true }).fill(served.token);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await again(page).waitFor({ state: 'detached' });
    expect(await page.getByLabel('Title').inputValue()).toBe('half written');
  });

  it('does nothing in the name of who has signed in elsewhere in this browser', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/tasks/new`);
    await page.getByLabel('Title').fill('of the administrator');
    const { token } = await anAgent('elsewhere');
    await page.context().request.post(`${served.url}/api/v1/auth/session`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await again(page).getByText('agent:elsewhere has signed in in another tab').waitFor();
    expect((await served.client.tasks.list().first()).total).toBe(0);
    await signInAgain(page, served.token);
    await page.getByText('this was not done. Do it again').waitFor();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL(/tasks\/[0-9a-f-]{36}$/);
    const { items } = await served.client.tasks.list().first();
    expect(items.map(({ title, owner }) => [title, owner])).toEqual([
      ['of the administrator', 'admin'],
    ]);
  });

  it('gives the page to another one only as it is for them', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/secrets?open=new`);
    await page.getByLabel('Name').fill('OF_ONE');
    const { token } = await anAgent('another');
    await page.context().clearCookies();
    await again(page).waitFor();
    await signInAgain(page, token);
    await page.getByRole('button', { name: /Account and appearance: agent:another/ }).waitFor();
    expect(await page.getByLabel('Name').count()).toBe(0);
  });
});

it('rights that are taken away go from the page that shows them', async () => {
  const { agent, token } = await anAgent('lesser');
  const { page } = await signedIn(browser, { ...served, token });
  await page.goto(`${served.url}/tasks`);
  const create = page.getByRole('link', { name: 'Create a task' }).first();
  await create.waitFor();
  await served.client.agents.replace(agent.agent_id, { name: agent.name, scopes: ['jobs:read'] });
  await create.waitFor({ state: 'detached' });
});

describe('leaving something that is not saved', () => {
  it('is asked about on a page, and where one signs out', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/tasks/new`);
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    await page.goto(`${served.url}/tasks/new`);
    await page.getByLabel('Title').fill('half written');
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('button', { name: 'Keep as it is' }).click();
    expect(await page.getByLabel('Title').inputValue()).toBe('half written');
    await page.getByRole('button', { name: /Account and appearance/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Leave and drop it' }).click();
    await page.getByRole('heading', { name: 'Sign in to Tenuto' }).waitFor();
  });

  it('is asked about in a dialog, by whatever it is closed', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/webhooks?open=new`);
    const form = page.getByRole('dialog', { name: /webhook/i });
    const question = page.getByRole('dialog', { name: 'Leave without saving?' });
    await form.getByLabel('Name').fill('orders');
    await page.keyboard.press('Escape');
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await page.goBack();
    await question.getByRole('button', { name: 'Keep as it is' }).click();
    expect(await form.getByLabel('Name').inputValue()).toBe('orders');
    await form.getByRole('banner').getByRole('button', { name: 'Close' }).click();
    await question.getByRole('button', { name: 'Leave and drop it' }).click();
    await form.waitFor({ state: 'detached' });
  });
});
