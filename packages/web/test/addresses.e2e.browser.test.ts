/** Addresses that people mistype, cut short, or are sent by somebody who means them ill. */
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

const HOSTILE = ['x', '__proto__', 'toString', '-1', '%00', '<img src=x onerror=alert(1)>'];

/** Whichever comes first, what is waited for or a view that has broken. */
async function shows(page: Page, name: string): Promise<boolean> {
  const wanted = page.getByRole('heading', { name, exact: true });
  const broken = page.getByText('This view has stopped working');
  const refused = page.getByText('Request validation failed');
  await wanted.or(broken).or(refused).first().waitFor();
  return (await broken.count()) === 0 && (await refused.count()) === 0;
}

describe('an address', () => {
  it('of something that cannot be is told to lead nowhere', async () => {
    const { page } = await signedIn(browser, served);
    for (const kind of ['runs', 'tasks', 'tests', 'agents', 'templates', 'profiles']) {
      for (const id of ['0199a1b2', '%3Cb%3E', '%00', 'W'.repeat(1_000)]) {
        await page.goto(`${served.url}/${kind}/${id}`);
        expect(await shows(page, 'There is nothing at this address'), `${kind} ${id}`).toBe(true);
      }
    }
  });

  it('whose filters are none shows the view without them', async () => {
    const { page, troubles } = await signedIn(browser, served);
    for (const value of HOSTILE) {
      const value_ = encodeURIComponent(value);
      const search = ['status', 'state', 'kind', 'since', 'from', 'to', 'view', 'sort', 'waiting']
        .map((name) => `${name}=${value_}`)
        .join('&');
      for (const [path, title] of [
        ['/runs', 'Runs'],
        ['/tasks', 'Tasks'],
        ['/tests', 'Tests'],
        ['/system/engines', 'Engines'],
        ['/system/circuits', 'Circuits'],
        ['/system/audit', 'Audit'],
      ] as const) {
        await page.goto(`${served.url}${path}?${search}`, { waitUntil: 'networkidle' });
        expect(await shows(page, title), `${path} ${value}`).toBe(true);
      }
    }
    expect(troubles).toEqual([]);
  });
});
