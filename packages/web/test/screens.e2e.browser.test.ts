/** Every screen, in both themes and on a narrow screen: usable by everybody, by itself, and small. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { breakAnswers, brokenScenes } from './broken.ts';
import { openBrowser, seriousIn, signedIn, visit } from './browser.ts';
import { type Console, startConsole } from './served.ts';
import type { Scene } from './stage.ts';
import { STAGES } from './stages.ts';

let served: Console;
let browser: Browser;
const scenes: Scene[] = [];
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
  for (const stage of STAGES) scenes.push(...(await stage(served.client)));
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
    for (const { path } of scenes) {
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

it('every screen that cannot be read says so, has a way to try again, and is there when it is mended', async () => {
  const { page, troubles } = await signedIn(browser, served, { viewport: NARROW });
  const serious: object[] = [];
  for (const scene of brokenScenes(scenes)) {
    const mend = await breakAnswers(page, scene);
    await page.goto(served.url + scene.path);
    const content = page.locator('#content');
    const again = content.getByRole('button', { name: 'Try again' });
    const said = content.getByText('The database did not answer in time.');
    const told = async () => [scene.name, (await said.count()) > 0, (await again.count()) > 0];
    await expect.poll(told).toEqual([scene.name, true, true]);
    serious.push(...(await seriousIn(page, scene.name)));
    await mend();
    const failures = page.locator('.failure, .stale');
    await vi.waitFor(
      async () => {
        if ((await failures.count()) > 0) await again.first().click({ timeout: 1_000 });
        expect([scene.name, await failures.count()]).toEqual([scene.name, 0]);
      },
      { timeout: 60_000, interval: 500 },
    );
  }
  expect(serious).toEqual([]);
  expect(troubles).toEqual([]);
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
