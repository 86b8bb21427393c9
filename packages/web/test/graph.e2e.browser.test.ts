/**
 * A run of ten thousand nodes in a browser: what it takes until it can be used, and while it changes.
 * Figures are printed and not judged: how much is asked for and drawn is.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBrowser, signedIn } from './browser.ts';
import { beginAnew, type Figures, figuresOf, watchPage } from './graph-figures.ts';
import { large, SIX, TEN_THOUSAND, THREE_HUNDRED } from './graph-jobs.ts';
import { type Console, startConsole } from './served.ts';

let served: Console;
let browser: Browser;
let done: string;
let going: string;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
  done = await ended(large({ name: 'ten thousand', ...TEN_THOUSAND }));
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

async function ended(job: object): Promise<string> {
  const { job_id: id } = await served.client.jobs.submit({ ...job });
  await vi.waitFor(
    async () => expect((await served.client.jobs.get(id)).status).toMatch(/completed|failed/),
    { timeout: 240_000, interval: 200 },
  );
  return id;
}

const WIDE = { viewport: { width: 1440, height: 900 } };
/** As long as a machine with other work may take. */
const PATIENCE = { timeout: 60_000 };
const ready = (page: Page) =>
  expect
    .poll(() => page.evaluate("performance.getEntriesByName('graph-ready').length"), PATIENCE)
    .toBe(1);
const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

function print(what: string, figures: Figures): void {
  console.log(`${what}: ${JSON.stringify(figures)}`);
}

/** Where a trace is written that Chromium's own tools open; nowhere when it is not said. */
const TRACE = process.env.TENUTO_TRACE;
const startTrace = async (page: Page) => {
  if (TRACE !== undefined) await browser.startTracing(page, { path: TRACE });
};
const stopTrace = async () => {
  if (TRACE !== undefined) await browser.stopTracing();
};

describe('a run of ten thousand nodes', () => {
  it('is there after three requests, with few elements', async () => {
    const { page, troubles } = await signedIn(browser, served, WIDE);
    await watchPage(page);
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/') && pathname.includes(done)) asked.push(pathname);
    });
    for (const [what, search] of [
      ['folded', ''],
      ['unfolded', '?open=all'],
    ] as const) {
      asked.length = 0;
      await page.goto(`${served.url}/runs/${done}${search}`);
      await ready(page);
      const needed = [...new Set(asked)].filter((path) => !path.endsWith('/explain'));
      expect(needed.length).toBeLessThanOrEqual(3);
      await page.getByRole('application').hover();
      await page.mouse.wheel(0, -240);
      const elements = await page.evaluate('document.querySelectorAll("*").length');
      expect(elements).toBeLessThan(1_500);
      print(`ten thousand, ${what}`, await figuresOf(page));
    }
    expect(troubles).toEqual([]);
  });

  it('is drawn once for each change while it goes on, and can be moved meanwhile', async () => {
    const job = large({ name: 'going', ...TEN_THOUSAND, slow: true });
    ({ job_id: going } = await served.client.jobs.submit(job));
    const { page, troubles } = await signedIn(browser, served, WIDE);
    await watchPage(page);
    await page.goto(`${served.url}/runs/${going}?open=all`);
    await ready(page);
    print('ten thousand, going, when it is there', await figuresOf(page));
    await startTrace(page);
    await beginAnew(page);
    const field = await page.getByRole('application').boundingBox();
    if (field === null) throw new Error('the graph is not shown');
    const [x, y] = [field.x + field.width / 2, field.y + field.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    let moves = 0;
    await expect
      .poll(
        async () => {
          moves += 1;
          await page.mouse.move(x + 80 * Math.sin(moves / 8), y + 50 * Math.cos(moves / 8));
          return (await figuresOf(page)).updates;
        },
        { timeout: 120_000, interval: 16 },
      )
      .toBeGreaterThan(20);
    await page.mouse.up();
    const figures = await figuresOf(page);
    await stopTrace();
    print(`ten thousand, going, ${moves} moves`, figures);
    // A graph that is moved is drawn for moves and changes together once a frame.
    expect(figures.draws).toBeLessThanOrEqual(figures.frames + 1);
    await served.client.jobs.cancel(going);
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    expect(troubles).toEqual([]);
  });

  it('has any node found, in graph, timeline and panel', async () => {
    const { page } = await signedIn(browser, served, WIDE);
    await page.goto(`${served.url}/runs/${done}?open=all`);
    await ready(page);
    await page.getByRole('combobox', { name: 'Find a node' }).fill('stage-77/step-4');
    await page.getByRole('option', { name: 'stage-77/step-41' }).click();
    await page.getByRole('complementary', { name: 'Node stage-77/step-41' }).waitFor();
    expect(param(page, 'node')).toBe('stage-77/step-41');
    expect(param(page, 'open')).toBe('all');
    await page.getByRole('button', { name: 'stage-77/step-41', pressed: true }).waitFor();
  });
});

describe('a graph', () => {
  it('is walked through and opened by keys', async () => {
    const id = await ended(SIX);
    const { page } = await signedIn(browser, served, WIDE);
    await page.goto(`${served.url}/runs/${id}`);
    await ready(page);
    const field = page.getByRole('application');
    await field.focus();
    await page.keyboard.press('ArrowRight');
    await field.getByText('build: Completed').waitFor();
    await page.keyboard.press('ArrowRight');
    await field.getByText('test: Completed').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Node test' }).waitFor();
  });

  it('shows what is asked for, and says so in the address', async () => {
    const id = await ended(THREE_HUNDRED);
    const { page } = await signedIn(browser, served, WIDE);
    await page.goto(`${served.url}/runs/${id}`);
    await ready(page);
    await page.getByRole('button', { name: /^Failed 1$/ }).click();
    await expect.poll(() => param(page, 'states'), PATIENCE).toBe('failed');
    await expect.poll(() => page.locator('.timeline-row').count(), PATIENCE).toBe(1);
    await page.getByRole('button', { name: 'Critical path' }).click();
    await expect.poll(() => param(page, 'lit'), PATIENCE).toBe('critical');
    await page.getByRole('button', { name: 'Unfold all' }).click();
    await expect.poll(() => param(page, 'open'), PATIENCE).toBe('all');
    await page.reload();
    await page.getByRole('button', { name: /^Failed 1$/, pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Fold all' }).click();
    await expect.poll(() => param(page, 'open'), PATIENCE).toBe('none');
  });

  it('is as wide as it was made, also after a reload', async () => {
    const { page } = await signedIn(browser, served, WIDE);
    await page.goto(`${served.url}/runs/${done}`);
    const line = page.getByRole('separator', { name: 'Width of the graph' });
    await line.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await line.getAttribute('aria-valuenow')).toBe('56');
    await page.reload();
    await expect.poll(() => line.getAttribute('aria-valuenow'), PATIENCE).toBe('56');
  });

  it('gives way to the timeline on a narrow screen', async () => {
    const { page } = await signedIn(browser, served, { viewport: { width: 390, height: 844 } });
    await page.goto(`${served.url}/runs/${done}`);
    await page.locator('.timeline-row').first().waitFor();
    expect(await page.getByRole('application').count()).toBe(0);
  });
});
