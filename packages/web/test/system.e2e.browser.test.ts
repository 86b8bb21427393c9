/** What those come for who run a server: what is wrong with it, and what is done about it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signedIn, visit } from './browser.ts';
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

describe('the health of a server', () => {
  it('is told at the top, with what needs a look and where', async () => {
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/system`);
    await page.getByRole('heading', { name: 'Nothing is wrong' }).waitFor();
    await page.getByText(/^PostgreSQL \d+/).waitFor();
    await page.getByText(/^schema \d+$/).waitFor();
    await served.client.circuits.trip('shop', { duration_ms: 600_000, reason: 'moving house' });
    await page.reload();
    await page.getByRole('heading', { name: '1 thing needs a look' }).waitFor();
    await page.getByText('moving house').waitFor();
    await page.getByRole('link', { name: 'The circuit shop is open' }).click();
    await page.getByRole('button', { name: 'shop', exact: true }).waitFor();
    const { job_id: runId } = await served.client.jobs.submit({
      job_name: 'order goods',
      dag_definition: {
        nodes: [{ id: 'call', uses: 'transform.cel', circuit_key: 'shop', with: { value: 1 } }],
      },
    });
    await page.goto(`${served.url}/runs/${runId}`);
    await page.getByText('The run waits at "call". The circuit "shop" is open').waitFor();
    await page.getByRole('link', { name: 'See the circuit' }).click();
    await page.waitForURL(/circuit=shop/);
    await page.getByRole('link', { name: 'order goods' }).waitFor();
    await served.client.circuits.reset('shop');
    expect(troubles).toEqual([]);
  });

  it('shows the engine that answers, and what it has to do', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/engines`);
    const [engine] = (await served.client.engines.list().first()).items;
    await page.getByText('answers here').waitFor();
    await page.getByTitle(engine?.engine_id ?? '', { exact: true }).waitFor();
    await page.getByText('Lost', { exact: true }).click();
    await page.getByText('No engine is in this state').waitFor();
    expect(new URL(page.url()).search).toBe('?state=lost');
  });

  it('is examined when somebody asks, check by check', async () => {
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/doctor`);
    await page.getByRole('heading', { name: 'All is as it must be' }).waitFor();
    await page.getByText('A run is either live or over, never both.').waitFor();
    const again = page.waitForResponse(/\/doctor\?deep=true/);
    await page.getByRole('switch', { name: 'Look at many more runs, one by one' }).check();
    expect((await again).status()).toBe(200);
    expect(troubles).toEqual([]);
  });
});

it('a circuit is opened with a reason, followed, and closed again', async () => {
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/system/circuits`);
  await page.getByRole('button', { name: 'Trip a circuit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Circuit', { exact: true }).fill('payments');
  await dialog.getByLabel('Reason').fill('maintenance');
  await dialog.getByRole('button', { name: 'Trip', exact: true }).click();
  await page.getByRole('button', { name: 'payments', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'payments' });
  expect(new URL(page.url()).searchParams.get('circuit')).toBe('payments');
  const job = await served.client.jobs.submit({
    job_name: 'pay the bills',
    dag_definition: {
      nodes: [
        {
          ...{ id: 'pay', uses: 'http.request', circuit_key: 'payments' },
          with: { url: 'http://127.0.0.1:9/' },
        },
      ],
    },
  });
  await panel.getByRole('link', { name: 'pay the bills' }).waitFor();
  await panel.getByRole('button', { name: 'Reset' }).click();
  await dialog.getByRole('textbox').fill('done');
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('The circuit is closed.').waitFor();
  await panel.getByText(': done').waitFor();
  expect((await served.client.circuits.get('payments')).state).toBe('closed');
  await served.client.jobs.cancel(job.job_id).catch(() => undefined);
  expect(troubles).toEqual([]);
});

describe('a retry policy', () => {
  it('is written with a picture of its delays, changed and deleted', async () => {
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/policies?policy=new`);
    await page.getByLabel('Name', { exact: true }).fill('patient');
    await page.getByText('4 attempts within 6.3 s to 7.7 s of waiting').waitFor();
    await page.getByLabel('First delay').fill('soon');
    await page.getByText('This is no length of time').waitFor();
    await page.getByLabel('First delay').fill('2s');
    await page.getByLabel('Attempts at most').fill('99');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('complementary').locator('.mantine-InputWrapper-error').waitFor();
    await page.getByLabel('Attempts at most').fill('5');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('complementary', { name: 'patient' }).waitFor();
    const [made] = (await served.client.retryPolicies.list({ name: 'patient' }).first()).items;
    expect(made?.policy).toMatchObject({ base_delay_ms: 2_000, max_attempts: 5 });
    await page.getByLabel('Description').fill('For slow services');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved as version 2').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No retry policy is written yet').waitFor();
    expect(troubles).toEqual([]);
  });

  it('that somebody else has saved meanwhile is not overwritten unseen', async () => {
    const { policy_id: id } = await served.client.retryPolicies.create({
      ...{ name: 'shared', policy: { max_attempts: 3 } },
    });
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/policies?policy=${id}`);
    await page.getByLabel('Description').fill('mine');
    await served.client.retryPolicies.update(id, { description: 'theirs' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else has saved it meanwhile.').waitFor();
    expect(await page.getByLabel('Description').inputValue()).toBe('mine');
    await page.getByRole('button', { name: 'Take over theirs' }).click();
    await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('theirs');
  });
});

describe('the audit', () => {
  it('is filtered by what stands in the address, looked into, verified and exported', async () => {
    await served.client.circuits.trip('audited', { reason: 'for the books' });
    const { page, troubles } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/audit?action=circuit.tripped&subject=audited`);
    await page.getByRole('button', { name: /circuit\.tripped/ }).click();
    await page.getByRole('region', { name: 'Details' }).getByText('for the books').waitFor();
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('The chain holds: every sealed row is as it was written.').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'As CSV' }).click();
    expect((await saved).suggestedFilename()).toBe('audit.csv');
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByRole('complementary', { name: 'audited' }).waitFor();
    expect(troubles).toEqual([]);
  });

  it('goes on by scrolling', async () => {
    for (let i = 0; i < 120; i += 1) await served.client.circuits.trip(`many-${i}`);
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/audit?action=circuit.tripped`);
    const rows = page.locator('.audit > li');
    await rows.first().waitFor();
    await rows.last().scrollIntoViewIfNeeded();
    await expect.poll(() => rows.count()).toBeGreaterThan(100);
  });
});

describe('settings', () => {
  it('say where each comes from, and show no secret', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/settings`);
    const server = page.getByRole('region', { name: 'Server' });
    await server.getByRole('switch', { name: 'Only what is not at its default' }).check();
    await server
      .getByRole('row', { name: /TENUTO_ADMIN_TOKEN.*never shown.*environment/ })
      .waitFor();
    expect(await page.content()).not.toContain(served.token);
    await server.getByLabel('Setting or meaning…').fill('log');
    await server.getByRole('row', { name: /LOG_LEVEL.*error.*environment/ }).waitFor();
    expect(await server.getByRole('row', { name: /^PORT/ }).count()).toBe(0);
  });

  it('of the console are kept in the browser', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/settings`);
    await page.getByText('Roomy', { exact: true }).click();
    await page
      .getByRole('region', { name: 'Appearance' })
      .getByText('Dark', { exact: true })
      .click();
    await page.reload();
    await page.getByRole('region', { name: 'Session' }).waitFor();
    const root = page.locator(':root');
    expect(await root.getAttribute('data-density')).toBe('roomy');
    expect(await root.getAttribute('data-mantine-color-scheme')).toBe('dark');
  });

  it('of the server are not shown to those who do not run it', async () => {
    const { token } = await served.client.tokens.create({ name: 'reader', scopes: ['jobs:read'] });
    const { page } = await signedIn(browser, { ...served, token });
    await page.goto(`${served.url}/system/settings`);
    await page.getByRole('region', { name: 'Session' }).getByText('jobs:read').waitFor();
    expect(await page.getByRole('region', { name: 'Server' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Doctor' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Engines' }).count()).toBe(0);
  });
});

describe('a view whose file is not there yet', () => {
  it('is shown when the server is back', async () => {
    const { page } = await signedIn(browser, served);
    await served.stop();
    await page.getByText('Server away').first().waitFor();
    await page.getByRole('link', { name: 'System', exact: true }).click();
    await page.getByText('Trying again by itself').waitFor();
    await served.start();
    await page.getByRole('heading', { name: 'System', exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Parts' }).waitFor();
  });

  it('and will never be, since the console was updated, offers to load the page anew', async () => {
    const { page } = await signedIn(browser, served);
    await page.evaluate('window.sameplace = true');
    await page.route(/\/assets\/(tasks-page|index)-.*\.js$/, (route) =>
      route.fulfill({ status: 404 }),
    );
    await page.route(`${served.url}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<script src="/assets/newer.js"></script>' }),
    );
    await page.getByRole('link', { name: 'Tasks', exact: true }).click();
    await page.getByRole('status').getByText('The console has been updated.').waitFor();
    expect(await page.evaluate('window.sameplace')).toBe(true);
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Load anew' }).click();
    await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
    expect(await page.evaluate('window.sameplace')).toBe(undefined);
  });
});

it('a page that is loaded while the server starts says so, and goes on by itself', async () => {
  const { page } = await visit(browser, served);
  const starting = { status: 503, contentType: 'application/json', body: '{"status":"starting"}' };
  const routes = /\/(auth\/session|health\/ready)$/;
  await page.route(routes, (route) => route.fulfill(starting));
  await page.goto(served.url);
  await page.getByText('It is starting.').waitFor();
  await page.unroute(routes);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});
