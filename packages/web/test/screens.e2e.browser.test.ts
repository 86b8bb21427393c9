/** Every screen, in both themes and on a narrow screen: usable by everybody, by itself, and small. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, seriousIn, signedIn, visit } from './browser.ts';
import { type Console, startConsole } from './served.ts';
import { STAGES } from './stages.ts';

let served: Console;
let browser: Browser;
const paths: string[] = [];
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
  for (const stage of STAGES) paths.push(...(await stage(served.client)).map(({ path }) => path));
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

describe.each([
  ['in light', { colorScheme: 'light', viewport: WIDE }],
  ['in dark', { colorScheme: 'dark', viewport: WIDE }],
  ['on a narrow screen', { colorScheme: 'light', viewport: NARROW }],
] as const)('every screen %s', (name, options) => {
  it('can be used by everybody, and asks nobody else for anything', async () => {
    const { page, troubles } = await signedIn(browser, served, options);
    const serious: object[] = [];
    for (const path of paths) {
      await page.goto(served.url + path);
      await page.locator('#content :is(h1, h2)').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      serious.push(...(await seriousIn(page, `${path} ${name}`)));
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([path, overflow]).toEqual([path, 0]);
    }
    expect(serious).toEqual([]);
    expect(troubles).toEqual([]);
  });

  it('so can the sign-in', async () => {
    const { page, troubles } = await visit(browser, served, options);
    await page.goto(served.url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await seriousIn(page, `sign-in ${name}`)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

const MOST_BYTES = 300 * 1_024;

it('the shell is loaded with less than 300 KB', async () => {
  const { page } = await visit(browser, served);
  let bytes = 0;
  page.on('requestfinished', async (request) => {
    const sizes = await request.sizes();
    bytes += sizes.responseBodySize;
  });
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});
