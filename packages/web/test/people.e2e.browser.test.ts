/** Who may call the API, made and ended in the console, and tried against the API. */
import { createClient } from '@tenuto/sdk';
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

const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    (error: { status?: number }) => error.status,
  );

it('an agent is made, signs in by its credential, and is refused once that is revoked', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/agents`);
  await page.getByRole('button', { name: 'Create an agent' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('has blanks');
  await dialog.getByRole('button', { name: 'jobs:read' }).click();
  await dialog.getByRole('button', { name: 'Create an agent' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Name').fill('deployer');
  await dialog.getByRole('button', { name: 'Create an agent' }).click();
  await page.getByRole('heading', { name: 'deployer' }).waitFor();
  await page.getByRole('button', { name: 'Issue a credential' }).click();
  const shown = page.getByRole('dialog');
  await shown.getByText('Keep both in a safe place').waitFor();
  const [id, secret] = await shown.locator('code').allTextContents();
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  expect(await page.content()).not.toContain(secret);
  const anybody = createClient({ baseUrl: served.url });
  const signIn = () => anybody.agents.signIn({ client_id: id ?? '', client_secret: secret ?? '' });
  const { access_token: token } = await signIn();
  const agent = createClient({ baseUrl: served.url, token });
  expect(await agent.agents.me()).toMatchObject({ principal: 'agent:deployer' });
  await page.getByRole('button', { name: `What can be done with ${id}` }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  expect(await statusOf(signIn())).toBe(401);
  expect(troubles).toEqual([]);
});

it('a token is shown once and works, and nothing of it stays in the browser', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/agents?open=new-token`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('for the pipeline');
  await dialog.getByRole('button', { name: 'runs:read' }).click();
  await dialog.getByRole('button', { name: 'Create a token' }).click();
  const shown = page.getByRole('dialog', { name: 'The token is shown this once' });
  const token = (await shown.locator('code').first().textContent()) ?? '';
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('cell', { name: 'for the pipeline', exact: true }).waitFor();
  const kept = await page.evaluate(
    'JSON.stringify([location.href, document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }])',
  );
  expect(kept).not.toContain(token);
  const bearer = createClient({ baseUrl: served.url, token });
  expect(await statusOf(bearer.runs.list().first())).toBe(200);
  expect(await statusOf(bearer.tasks.list().first())).toBe(403);
  expect(troubles).toEqual([]);
});

it('who may only look is offered nothing to change', async () => {
  const { token } = await served.client.tokens.create({
    ...{ name: 'looker', scopes: ['agents:read', 'jobs:read', 'events:read', 'runs:read'] },
  });
  const { page } = await signedIn(browser, { ...served, token });
  for (const [path, button] of [
    ['/agents', 'Create an agent'],
    ['/system/secrets', 'Add a secret'],
    ['/system/webhooks', 'Create a webhook'],
    ['/system/notifications', 'Add a channel'],
    ['/system/mcp-servers', 'Register a server'],
    ['/system/budgets', 'Set a budget'],
    ['/system/teams', 'Create a team'],
  ] as const) {
    await page.goto(served.url + path);
    await page.locator('#content h1').waitFor();
    await page.locator('#content h2').first().waitFor();
    expect([path, await page.getByRole('button', { name: button }).count()]).toEqual([path, 0]);
  }
});

it('two who change one team see that the other was first, and lose nothing', async () => {
  const team = await served.client.teams.create({ name: 'checkout', members: ['user:ana'] });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/teams?open=${team.team_id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Members').fill('user:ana\nuser:ben');
  await served.client.teams.replace(team.team_id, { name: 'checkout', members: ['user:zoe'] });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Somebody has changed this meanwhile').waitFor();
  expect(await dialog.getByLabel('Members').inputValue()).toBe('user:ana\nuser:ben');
});
