/** Templates: written, changed in versions that can be compared, and deleted. */
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

it('a template is made, changed, compared with what it was, and deleted', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/templates`);
  await page.getByText('No template has been made').waitFor();
  await page.getByRole('link', { name: 'Create a template' }).click();
  await page.getByRole('button', { name: 'Tests', exact: true }).click();
  await page.getByText('test.run').waitFor();
  await page.getByText('It can run as it stands.').waitFor();
  await page.getByRole('button', { name: 'A greeting' }).click();
  await page.getByText('sleep.for').first().waitFor();
  await page.getByText('It can run as it stands.').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('“greet” is saved as version 1.').waitFor();
  await page.getByRole('img', { name: 'Graph of greet, 2 nodes' }).waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  const text = page.getByLabel('Definition, as YAML or JSON');
  const before = await text.inputValue();
  await text.fill(before.replace('default: 2', 'default: 5'));
  await page.getByRole('button', { name: 'Save as a new version' }).click();
  await page.getByText('“greet” is saved as version 2.').waitFor();
  await page.getByRole('link', { name: 'Difference' }).first().click();
  const difference = page.getByRole('region', { name: 'Difference' }).last();
  await difference.getByText('default: 5').waitFor();
  expect(await difference.locator('.diff-removed').allInnerTexts()).toEqual([
    expect.stringContaining('default: 2'),
  ]);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No template has been made').waitFor();
  expect(troubles).toEqual([]);
});

it('what others saved meanwhile is not written over, and nothing that was typed is lost', async () => {
  const dag = { nodes: [{ id: 'a', uses: 'transform.cel', with: { value: 1 } }] };
  await served.client.templates.create({ name: 'shared', dag_definition: dag });
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/templates/shared/edit`);
  const text = page.getByLabel('Definition, as YAML or JSON');
  const mine = `description: mine\n${await text.inputValue()}`;
  await served.client.templates.replace('shared', {
    ...{ name: 'shared', dag_definition: dag, description: 'theirs' },
  });
  await text.fill(mine);
  await page.getByRole('button', { name: 'Save as a new version' }).click();
  await page.getByRole('alert').waitFor();
  expect(await text.inputValue()).toBe(mine);
  expect((await served.client.templates.get('shared')).description).toBe('theirs');
});

it('a template is put on a schedule, with its parameters', async () => {
  const dag = { nodes: [{ id: 'a', uses: 'transform.cel', with: { value: '${params.who}' } }] };
  const schema = { type: 'object', properties: { who: { type: 'string', default: 'Ada' } } };
  await served.client.templates.create({
    ...{ name: 'nightly', params_schema: schema, dag_definition: dag },
  });
  const { page, troubles } = await signedIn(browser, served, { timezoneId: 'Europe/Berlin' });
  await page.goto(`${served.url}/templates/nightly`);
  await page.getByRole('link', { name: 'Schedule it' }).click();
  await page.getByRole('heading', { name: 'Create a task' }).waitFor();
  await page.getByRole('button', { name: 'Nightly at 2:30' }).click();
  await page.getByText('every day at 02:30, Europe/Berlin').waitFor();
  await page.getByLabel('who').fill('Ben');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  const taskId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  expect(await served.client.tasks.get(taskId)).toMatchObject({
    ...{ title: 'nightly', timezone: 'Europe/Berlin', schedule_expr: '30 2 * * *' },
    payload: { template: 'nightly', params: { who: 'Ben' } },
  });
  expect(troubles).toEqual([]);
});

it('what is wrong with a template is said at its line', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/templates/new`);
  const text = page.getByLabel('Definition, as YAML or JSON');
  const before = await text.inputValue();
  await text.fill(before.replace('needs: [wait]', 'needs: [weight]'));
  const line = before.split('\n').findIndex((one) => one.includes('needs: [wait]')) + 1;
  await page.getByRole('button', { name: `Line ${line}` }).waitFor();
  await text.fill(before.replace('type: integer', 'type: whole'));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: /^Line/ }).first().waitFor();
});

it('an earlier version is taken up again as a new one, and a copy is a template of its own', async () => {
  const dag = (value: number) => ({
    nodes: [{ id: 'a', uses: 'transform.cel', with: { expression: `${value}` } }],
  });
  await served.client.templates.create({ name: 'again', dag_definition: dag(1) });
  await served.client.templates.replace('again', { name: 'again', dag_definition: dag(2) });
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/templates/again`);
  await page.getByRole('link', { name: 'v1', exact: true }).click();
  await page.getByRole('link', { name: 'Take up again' }).click();
  await page.getByText('This is what version 1 says.').waitFor();
  await page.getByRole('button', { name: 'Save as a new version' }).click();
  await page.getByText('“again” is saved as version 3.').waitFor();
  expect((await served.client.templates.get('again')).dag_definition).toEqual(dag(1));
  await page.getByRole('link', { name: 'Duplicate' }).click();
  await page.getByText('It can run as it stands.').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('“again_copy” is saved as version 1.').waitFor();
  expect((await served.client.templates.get('again_copy')).dag_definition).toEqual(dag(1));
  expect(troubles).toEqual([]);
});
