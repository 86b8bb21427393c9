/** The list of runs as people make it theirs, home, and decisions that two people share. */
import type { Scope } from '@tenuto/contract';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { APPROVED, ASKS, FAILS, WAITS } from './jobs.ts';
import { type Console, startConsole } from './served.ts';

/** A wait ends as soon as what it is for is there. */
const PATIENT = { timeout: 60_000 };

let served: Console;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

it('home teaches the first steps where nothing has run, and tells what is wrong once it has', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
  await page.getByText('npx tenuto run examples/hello.yaml --param name=Ada').waitFor();
  await page.getByRole('link', { name: 'See one wait for your approval' }).click();
  await page.getByText('At once at most').waitFor();
  expect(await page.getByLabel('Job, as YAML or JSON').inputValue()).toContain('approval.request');
  await page.getByRole('link', { name: 'Needs me' }).click();
  await page.getByRole('link', { name: 'Or submit it here' }).click();
  await page.waitForURL(/example=approval/);
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
  await served.client.jobs.submit(FAILS);
  await page.getByText('1 run has failed in the last 24 hours').waitFor();
  await page.getByRole('heading', { name: 'First steps' }).waitFor({ state: 'detached' });
  await page.getByText('As a table').click();
  await page.getByRole('columnheader', { name: 'Hour' }).waitFor();
  expect(troubles).toEqual([]);
});

describe('the list of runs', () => {
  it('keeps columns and views, one of which opens first', async () => {
    await served.client.jobs.submit({ ...WAITS, job_name: 'columns' });
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs?name=columns`);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Priority' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'Priority' }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of the view').fill('mine');
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByRole('button', { name: 'Rename: mine' }).click();
    await page.getByLabel('Rename: mine').fill('ours');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Open with this view: ours' }).click();
    await page.goto(`${served.url}/runs`);
    await page.waitForURL(/name=columns/);
    await page.getByRole('columnheader', { name: 'Priority' }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Remove: ours' }).click();
    await page.getByText('can be kept under a name').waitFor();
    expect(troubles).toEqual([]);
  });

  it('is narrowed by a free range, metadata and what runs wait for, all in the address', async () => {
    await served.client.jobs.submit({ ...ASKS, job_name: 'asked', metadata: { team: 'shop' } });
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs`);
    await page.getByRole('button', { name: /Created in/ }).click();
    await page.getByLabel('From', { exact: true }).fill('2026-01-01T00:00');
    await page.getByRole('button', { name: 'Show this range' }).click();
    await page.waitForURL(/from=/);
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Metadata, as key=value').fill('team');
    await page.getByRole('button', { name: 'Narrow the list' }).click();
    await page.getByText('Write it as key=value.').waitFor();
    await page.getByLabel('Metadata, as key=value').fill('team=shop');
    await page.getByRole('button', { name: 'Narrow the list' }).click();
    await page.waitForURL(/meta=team/);
    await page.getByRole('combobox', { name: 'Waits for' }).click();
    await page.getByRole('option', { name: 'a person' }).click();
    await page.waitForURL(/waiting=person/);
    await page.getByText('1 run', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'asked' }).waitFor();
    await page.getByRole('button', { name: /Take the filter Metadata/ }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('meta'), PATIENT).toBe(null);
  });

  it('is picked from by keys, and what is picked gets another priority', async () => {
    const later = { ...WAITS, scheduled_at: '2099-01-01T00:00:00Z' };
    for (const job_name of ['later 1', 'later 2', 'later 3']) {
      await served.client.jobs.submit({ ...later, job_name });
    }
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/runs?name=later`);
    await page.getByRole('link', { name: 'later 3' }).waitFor();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 runs selected').waitFor();
    await page.getByRole('button', { name: 'Act on these' }).click();
    await page.getByRole('combobox', { name: 'What is done' }).click();
    await page.getByRole('option', { name: 'Change the priority' }).click();
    await page.getByLabel('Priority, 1 is the highest').selectOption('1');
    await page.getByRole('button', { name: 'See what it would touch' }).click();
    await page.getByText('2 runs are selected.').waitFor();
    await page.getByRole('button', { name: 'Do it to 2 runs' }).click();
    await page.getByText('Done to 2 runs.').waitFor();
    const { items } = await served.client.runs.list({ name: 'later*' }).first();
    expect(items.map(({ name, priority }) => [name, priority])).toEqual([
      ['later 3', 1],
      ['later 2', 1],
      ['later 1', 5],
    ]);
    expect(troubles).toEqual([]);
  });
});

describe('two people', () => {
  const enter = async (name: string, scopes: readonly Scope[]) => {
    const { agent_id } = await served.client.agents.create({ name, scopes: [...scopes] });
    const { token } = await served.client.tokens.create({ name, agent_id, scopes: [...scopes] });
    const { page } = await signedIn(browser, { ...served, token });
    await page.goto(`${served.url}/needs`);
    return page;
  };
  const asks = (title: string, approvers: readonly string[], required: number) => ({
    job_name: title,
    dag_definition: {
      nodes: [{ id: 'ask', uses: 'approval.request', with: { title, approvers, required } }],
    },
  });
  const RUNS = ['runs:read', 'runs:write', 'jobs:read'] as const;

  it('agree, refuse, and pass a vote on; each sees at once what the other has done', async () => {
    const both = await served.client.jobs.submit(asks('both agree', ['agent:ann', 'agent:ben'], 2));
    await served.client.jobs.submit(asks('ann alone', ['agent:ann'], 1));
    const [ann, ben] = [await enter('ann', RUNS), await enter('ben', RUNS)];
    const card = (page: typeof ann, title: string) =>
      page.getByRole('article').filter({ hasText: title });
    const vote = async (page: typeof ann, title: string, word: string, to?: string) => {
      await card(page, title).getByRole('button', { name: word }).click();
      if (to !== undefined) await page.getByLabel(/To whom/).fill(to);
      await page.getByRole('dialog').getByRole('button', { name: word }).click();
    };
    await vote(ann, 'both agree', 'Approve');
    await card(ben, 'both agree').getByText('1 of 2 have agreed').waitFor();
    expect(await card(ben, 'ann alone').count()).toBe(0);
    await vote(ann, 'ann alone', 'Delegate', 'agent:ben');
    await card(ben, 'ann alone').waitFor();
    await card(ann, 'ann alone').waitFor({ state: 'detached' });
    await vote(ben, 'ann alone', 'Reject');
    await vote(ben, 'both agree', 'Approve');
    await ben.getByText(/Nothing waits for/).waitFor();
    await expect
      .poll(async () => (await served.client.jobs.get(both.job_id)).status, PATIENT)
      .toBe('completed');
  });

  it('hand a decision to each other, and one of them makes it', async () => {
    const job = await served.client.jobs.submit({ ...ASKS, job_name: 'handed over' });
    const [eve, fay] = [await enter('eve', ['admin']), await enter('fay', ['admin'])];
    const card = (page: typeof eve) =>
      page.getByRole('article').filter({ has: page.locator(`a[href*="${job.job_id}"]`) });
    await card(eve).getByRole('button', { name: 'Assign', exact: true }).click();
    await eve.getByLabel('Name, as they sign in').fill('agent:fay');
    await eve.getByRole('dialog').getByRole('button', { name: 'Assign', exact: true }).click();
    await card(eve).waitFor({ state: 'detached' });
    await eve.getByRole('button', { name: /^All/ }).click();
    await card(eve).getByText('Assigned to').waitFor();
    await card(fay).getByText('Assigned to').waitFor();
    await card(fay).getByRole('button', { name: 'Skip' }).click();
    await fay.getByRole('dialog').getByRole('button', { name: 'Skip' }).click();
    await expect
      .poll(async () => (await served.client.jobs.get(job.job_id)).status, PATIENT)
      .toBe('completed');
  });

  it('see an approval of anybody in the count beside the way to it', async () => {
    await served.client.jobs.submit(APPROVED);
    const { page } = await signedIn(browser, served);
    await page.getByRole('link', { name: /Needs me [1-9]/ }).waitFor();
    await page
      .locator('.card-calls')
      .getByRole('link', { name: /Release the shop/ })
      .click();
    await page.waitForURL(/\/needs#[0-9a-f-]{36}$/);
    await page.getByRole('article').filter({ hasText: 'Release the shop' }).first().waitFor();
  });
});

it.each([
  ['/', ['/auth/session', '/home', '/needs']],
  ['/needs', ['/auth/session', '/needs', '/orchestration/interventions']],
  ['/runs', ['/auth/session', '/needs', '/runs']],
])('%s asks for what it shows once, and shows it at once', async (path, expected) => {
  const { page } = await signedIn(browser, served);
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/v1/')) asked.push(pathname.replace('/api/v1', ''));
  });
  await page.goto(`${served.url}${path}`);
  await page.locator('.card, .table, .empty').first().waitFor();
  await page.waitForLoadState('networkidle');
  expect([...new Set(asked)].toSorted()).toEqual(expected);
});

it('home and health do not say that all is well of what they could not read', async () => {
  const { page } = await signedIn(browser, served);
  const refused = { error_code: 'rate_limited', title: 'Too many requests', detail: 'Wait.' };
  const fulfilled = {
    ...{ status: 429, contentType: 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', status: 429, ...refused }),
  };
  await page.route(/\/api\/v1\/(needs|home|engines)\b/, (route) => route.fulfill(fulfilled));
  await page.goto(served.url);
  for (const title of ['What needs me', 'Running now', 'Failed lately', 'Comes next']) {
    const card = page.locator('.card', { has: page.getByRole('heading', { name: title }) });
    await card.getByText('This could not be read.').waitFor();
  }
  expect(await page.getByText('Nothing waits for you.').count()).toBe(0);
  await page.goto(`${served.url}/system`);
  await page.getByRole('alert').getByText('Too many requests').waitFor();
  expect(await page.getByRole('heading', { name: 'Nothing is wrong' }).count()).toBe(0);
  await page.unroute(/\/api\/v1\/(needs|home|engines)\b/);
  await page.getByRole('heading', { name: 'Nothing is wrong' }).waitFor();
});
