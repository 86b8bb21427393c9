/** The way in by a provider, what it leaves in the browser, and how it ends. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, signedIn, visit } from './browser.ts';
import { CLIENT, freePort, type Provider, startProvider } from './oidc-provider.ts';
import { type Console, startConsole } from './served.ts';

let provider: Provider;
let served: Console;
let browser: Browser;
beforeAll(async () => {
  provider = await startProvider();
  const port = await freePort();
  const environment = {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT,
    OIDC_NAME: 'Example Corp',
    TENUTO_PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  [served, browser] = await Promise.all([startConsole({ port, environment }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  provider?.close();
});
beforeEach(() => {
  provider.claims = { scope: 'jobs:read runs:read tasks:read' };
});

/** Clicks through the provider's page. */
async function byProvider(page: Page, answer: 'Let in' | 'Refuse' | 'Of another'): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with Example Corp' }).click();
  await page.getByRole('heading', { name: 'May the console know you?' }).waitFor();
  await page.getByRole('link', { name: answer, exact: true }).click();
}

/** All that a script of the page can read, its own variables included. */
const READABLE = `JSON.stringify([
  document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML,
  Object.entries(window).filter(([, value]) => typeof value === 'string'),
  performance.getEntriesByType('resource').map(({ name }) => name), location.href, history.state,
])`;

describe('signing in by a provider', () => {
  it('leads through its page to where one wanted to go, as who one is there', async () => {
    const { page } = await visit(browser, served);
    await page.goto(`${served.url}/tasks?kind=cron`);
    await byProvider(page, 'Let in');
    await page.getByRole('heading', { name: 'Tasks', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?kind=cron');
    await page.getByRole('button', { name: 'Account and appearance: user:ada' }).waitFor();
    expect(provider.exchanged.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('leaves nothing that a script could read', async () => {
    const { page } = await visit(browser, served);
    await page.goto(served.url);
    await byProvider(page, 'Let in');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    const readable: string = await page.evaluate(READABLE);
    const cookies = await page.context().cookies();
    const session = cookies.find(({ name }) => name === 'tenuto_session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    expect(readable).not.toContain(session?.value);
    expect(readable).not.toMatch(/tnw_|tnt_|opaque|eyJ/);
    expect(cookies.some(({ name }) => name === 'tenuto_login')).toBe(false);
  });

  it.each([
    ['Refuse', 'The provider did not let you in.'],
    ['Of another', 'This was not the sign-in that this browser had begun'],
  ] as const)('says why it came to nothing, and may be begun again: %s', async (answer, said) => {
    const { page } = await visit(browser, served);
    await page.goto(`${served.url}/runs?status=failed`);
    await byProvider(page, answer);
    await page.getByRole('alert').getByText(said).waitFor();
    await byProvider(page, 'Let in');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(page.url()).not.toContain('sign_in');
  });

  it('goes on where one was after a refusal, by a token too', async () => {
    const { page } = await visit(browser, served);
    await page.goto(`${served.url}/runs?status=failed`);
    await byProvider(page, 'Refuse');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token', { exact: true }).fill(served.token);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=failed');
  });
});

describe('a session', () => {
  it('ends by signing out, for all tabs', async () => {
    const { page } = await visit(browser, served);
    await page.goto(served.url);
    await byProvider(page, 'Let in');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${served.url}/system/settings`);
    await other.getByRole('region', { name: 'Session' }).getByText('user:ada').waitFor();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Token', { exact: true }).waitFor();
    await page.goto(`${served.url}/runs`);
    await page.getByLabel('Token', { exact: true }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('that ends while a page is open is begun anew, where one was', async () => {
    const scopes = ['jobs:read', 'runs:read'] as const;
    const made = await served.client.tokens.create({ name: 'for a while', scopes: [...scopes] });
    const { page } = await signedIn(browser, { ...served, token: made.token });
    await page.goto(`${served.url}/runs?status=failed`);
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    await page.evaluate('window.sameplace = true');
    await served.client.tokens.revoke(made.token_id);
    await page.getByText('The session has ended.').waitFor();
    await page.getByLabel('Token', { exact: true }).fill(served.token);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=failed');
    expect(await page.evaluate('window.sameplace')).toBe(true);
  });

  it('changes nothing without its token against forgery', async () => {
    const { page } = await signedIn(browser, served);
    const post = (headers: object) =>
      page.evaluate<number>(`fetch('/api/v1/orchestration/circuits/forged/trip', {
        method: 'POST', body: '{}',
        headers: ${JSON.stringify({ 'content-type': 'application/json', ...headers })},
      }).then(({ status }) => status)`);
    expect(await post({})).toBe(403);
    expect(await post({ 'x-csrf-token': 'of-another-session' })).toBe(403);
    expect((await served.client.circuits.list({ key: 'forged' }).first()).items).toEqual([]);
  });

  it('that another tab has begun anew is taken up by a page that was open before', async () => {
    const { page } = await signedIn(browser, served);
    await page.goto(`${served.url}/system/circuits`);
    await page.getByRole('button', { name: 'Trip a circuit' }).click();
    await page.getByLabel('Circuit', { exact: true }).fill('renewed');
    const other = await page.context().newPage();
    await other.goto(served.url);
    await other.evaluate(`fetch('/api/v1/auth/session', {
      method: 'POST', headers: { authorization: 'Bearer ${served.token}' },
    })`);
    await page.getByRole('dialog').getByRole('button', { name: 'Trip', exact: true }).click();
    await page.getByText('The circuit is open.').waitFor();
  });
});

it('offers no provider where the server has none', async () => {
  const plain = await startConsole();
  try {
    const { page, troubles } = await visit(browser, plain);
    const asked = page.waitForResponse(/\/auth\/methods$/);
    await page.goto(plain.url);
    expect(await (await asked).json()).toEqual({ token: true, oidc: null });
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('link', { name: /Sign in with/ }).count()).toBe(0);
    expect(troubles).toEqual([]);
  } finally {
    await plain[Symbol.asyncDispose]();
  }
});
