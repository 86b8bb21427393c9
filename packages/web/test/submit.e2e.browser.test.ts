/** Making jobs: of a text that is mended while it is written, and of a template by its form. */
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

it('a job is made of a template by its form, and watched to its end', async () => {
  await served.client.templates.create({
    name: 'greet',
    params_schema: {
      type: 'object',
      properties: {
        who: { type: 'string', pattern: '^[A-Z]', description: 'Begins with a capital.' },
        seconds: { type: 'integer', minimum: 0, maximum: 60, default: 1 },
        loud: { type: 'boolean' },
      },
      required: ['who'],
      additionalProperties: false,
    },
    dag_definition: {
      nodes: [
        { id: 'wait', uses: 'sleep.for', with: { seconds: '${params.seconds}' } },
        { id: 'greet', uses: 'transform.cel', with: { value: '${params.who}' }, needs: ['wait'] },
      ],
    },
  });
  const { page, troubles } = await signedIn(browser, served);
  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await page.getByRole('link', { name: 'Run it' }).click();
  await page.getByRole('heading', { name: 'Submit a job' }).waitFor();
  await page.getByLabel('who').fill('ada');
  await page.getByText('Does not fit ^[A-Z].').waitFor();
  await page.getByText('It cannot run yet.').waitFor();
  await page.getByLabel('who').fill('Ada');
  await page.getByText('It can run as it stands.').waitFor();
  await page.getByText('2 nodes one after the other').waitFor();
  await page.getByLabel('seconds').fill('3');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByText('The run has completed.').waitFor();
  const runId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const run = await served.client.runs.get(runId);
  expect(run.params).toEqual({ who: 'Ada', seconds: 3 });
  expect(troubles).toEqual([]);
});

it('what a dry run finds wrong is shown at its line, and mended', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs`);
  await page.getByRole('link', { name: 'Submit a job' }).click();
  await page.getByText('It can run as it stands.').waitFor();
  const text = page.getByLabel('Job, as YAML or JSON');
  const wrong =
    'name: mended\nnodes:\n  - id: a\n    uses: sleep.for\n    with: {seconds: 0}\n    needs: [b]\n';
  await text.fill(wrong);
  await page.getByText('It cannot run yet.').waitFor();
  await page.getByRole('button', { name: 'Line 6' }).click();
  expect(await page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
  await text.fill('name: mended\nnodes: [');
  await page.getByRole('button', { name: 'Line 2' }).first().waitFor();
  await text.fill(wrong.replace('    needs: [b]\n', ''));
  await page.getByText('It can run as it stands.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('named beside it');
  await page.getByLabel('Tags').fill('one, two');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.getByRole('heading', { name: 'named beside it' }).waitFor();
  await page.getByText('The run has completed.').waitFor();
  expect(troubles).toEqual([]);
});

it('what was refused when it was sent is said no longer once it is mended', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/submit`);
  const text = page.getByLabel('Job, as YAML or JSON');
  await text.fill(
    'name: a\nnodes:\n  - {id: a, uses: sleep.for, with: {seconds: 0}, needs: [c]}\n',
  );
  await page.getByText('There is no node "c".').waitFor();
  const refused = page.waitForResponse(
    (answer) => answer.status() === 422 && answer.request().method() === 'POST',
  );
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await refused;
  await text.fill('name: a\nnodes:\n  - {id: a, uses: sleep.for, with: {seconds: 0}}\n');
  await page.getByText('It can run as it stands.').waitFor();
  expect(await page.getByText('There is no node "c".').count()).toBe(0);
});

it('an example is a job that can run, and what a server refuses is said at its field', async () => {
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/submit`);
  for (const name of ['Fan-out', 'A decision', 'Undo on failure', 'An approval']) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('button', { name, pressed: true }).waitFor();
    await page.getByText('It can run as it stands.').waitFor();
  }
  await page.getByLabel('Priority').fill('11');
  await page.getByText('It cannot run yet.').waitFor();
  await page.getByText(/priority must be/).waitFor();
});
