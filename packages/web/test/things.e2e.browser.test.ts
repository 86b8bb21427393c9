/** What jobs and others refer to, made in the console and tried for real. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { type Console, startConsole } from './served.ts';

const run = promisify(execFile);
const EVERYTHING = join(
  import.meta.dirname,
  '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([
    startConsole({ environment: { TENUTO_HTTP_ALLOW: '127.0.0.1' } }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

it('a secret goes in and never out', async () => {
  const { page, troubles } = await signedIn(browser, served);
  const answers: string[] = [];
  page.on('response', async (response) => {
    if (response.url().includes('/api/')) answers.push(await response.text().catch(() => ''));
  });
  await page.goto(`${served.url}/system/secrets`);
  await page.getByText('No secret is kept').waitFor();
  await page.getByRole('button', { name: 'Add a secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('DEPLOY_TOKEN');
  await dialog.getByLabel('Value', { exact: true }).fill('correct-horse-battery');
  await dialog.getByLabel('Hosts it may be sent to').fill('api.example.com');
  await dialog.getByRole('button', { name: 'Add a secret' }).click();
  await page.getByRole('cell', { name: 'api.example.com' }).waitFor();
  await page.getByRole('button', { name: 'What can be done with DEPLOY_TOKEN' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  expect(await page.getByLabel('New value').inputValue()).toBe('');
  expect(await page.content()).not.toContain('correct-horse');
  expect(answers.join()).not.toContain('correct-horse');
  expect(troubles).toEqual([]);
});

it.each([
  ['none', ''],
  ['github', 'a-secret-of-thirty-two-characters'],
  ['hmac', 'a-secret-of-thirty-two-characters'],
  ['stripe', 'whsec_of_stripe_is_any_text_at_all'],
  ['standard', `whsec_${Buffer.from('a'.repeat(32)).toString('base64')}`],
] as const)('what is posted to a webhook (%s) as its page says is an event', async (verify, secret) => {
  const topic = `hooks.${verify}`;
  await served.client.webhooks.create({
    ...{ name: `try-${verify}`, topic, verify },
    ...(secret !== '' && { secret }),
  });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/webhooks`);
  const row = page.getByRole('row').filter({ hasText: `try-${verify}` });
  await row.getByRole('button', { name: 'Try it' }).click();
  const commands = await page.getByRole('region', { name: 'Commands' }).textContent();
  await run('bash', ['-ec', commands ?? ''], { env: { ...process.env, SECRET: secret } });
  await page.getByRole('link', { name: 'Its events' }).click();
  await page
    .getByRole('button', { name: new RegExp(`hooks.${verify}.*"hello":"world"`) })
    .waitFor();
});

it('a channel is made, its secret shown once, and a test message arrives', async () => {
  const received: string[] = [];
  const receiver = createServer((request, response) => {
    received.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/notifications`);
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('ops');
  await dialog.getByLabel('Address that is posted to').fill(`http://127.0.0.1:${port}/here`);
  await dialog.getByRole('button', { name: 'Add a channel' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'What can be done with ops' }).click();
  await page.getByRole('menuitem', { name: 'Send a test message' }).click();
  const row = page.getByRole('table', { name: 'Deliveries' }).getByRole('row').nth(1);
  await row.getByText('Delivered').waitFor();
  expect(received).toEqual(['/here']);
  await page.getByRole('button', { name: 'Add a route' }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Channel' }).click();
  await page.getByRole('option', { name: 'ops' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add a route' }).click();
  await page.getByRole('cell', { name: /A run has failed/ }).waitFor();
  receiver.close();
  expect(troubles).toEqual([]);
});

it('an MCP server is registered, and said not to answer when it does not', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/mcp-servers?open=new`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('search');
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9/mcp');
  await dialog.getByRole('button', { name: 'Register a server' }).click();
  await page.getByRole('cell', { name: 'http://127.0.0.1:9/mcp' }).waitFor();
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText('search does not answer').waitFor();
});

it('an MCP server answers, and tells which of its tools jobs may call', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await served.client.mcpServers.create({
    ...{ name: 'everything', transport: 'stdio', command: ['node', EVERYTHING, 'stdio'] },
    tools_allow: ['get-*'],
  });
  await page.goto(`${served.url}/system/mcp-servers`);
  const row = page.getByRole('row').filter({ hasText: 'everything' });
  await row.getByRole('button', { name: 'Check' }).click();
  await page.getByText(/everything answers/).waitFor();
  await page.getByRole('button', { name: 'What can be done with everything' }).click();
  await page.getByRole('menuitem', { name: 'Tools' }).click();
  const tools = page.getByRole('dialog');
  const sum = tools.locator('p').filter({ hasText: 'everything.get-sum' });
  const echo = tools.locator('p').filter({ hasText: 'everything.echo' });
  await sum.waitFor();
  expect(await sum.textContent()).not.toContain('not allowed');
  expect(await echo.textContent()).toContain('not allowed');
  expect(troubles).toEqual([]);
});

it('a budget and a price are set', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/budgets?open=new`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Which one').fill('web_application');
  await dialog.getByLabel('Limit in USD').fill('100');
  await dialog.getByRole('button', { name: 'Set a budget' }).click();
  await page.getByRole('table', { name: 'Budgets' }).getByText('web_application').waitFor();
  await page.getByRole('button', { name: 'Add a price' }).click();
  const price = page.getByRole('dialog');
  await price.getByLabel('Model').fill('local/llama*');
  await price.getByLabel('Input', { exact: true }).fill('0.2');
  await price.getByLabel('Output').fill('0.6');
  await price.getByRole('button', { name: 'Add a price' }).click();
  await page.getByRole('cell', { name: 'local/llama*', exact: true }).waitFor();
  expect(troubles).toEqual([]);
});
