/** Takes the pictures of docs/screens: `npm run screens`. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYSTEM_SECTIONS } from '../src/logic/system-sections.ts';
import { breakAnswers, brokenScenes } from './broken.ts';
import { openBrowser, signedIn, visit } from './browser.ts';
import { type Console, startConsole } from './served.ts';
import { smallPng } from './small-png.ts';
import type { Scene } from './stage.ts';
import { STAGES } from './stages.ts';

const FOLDER = join(import.meta.dirname, '../../../docs/screens');
/** Names of scenes, with commas between them: only these are taken. */
const ONLY = process.env.TENUTO_SCREENS?.split(',');

const SIZES = {
  1440: { least: 900, most: 2_400 },
  390: { least: 844, most: 3_200 },
} as const;
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [1440, 390] as const;

/** One of the four ways in which each screen is seen. */
interface Eye {
  readonly width: (typeof WIDTHS)[number];
  readonly theme: (typeof THEMES)[number];
  readonly page: Page;
  /** What it has asked for and not been answered yet. */
  readonly asked: ReadonlySet<Request>;
}

type Look = Pick<Eye, 'width' | 'theme'>;

const EMPTY: readonly Scene[] = [
  { name: 'home-empty', path: '/' },
  ...['runs', 'needs', 'tasks', 'events', 'tests', 'templates', 'profiles', 'agents'].map(
    (name) => ({ name: `${name}-empty`, path: `/${name}` }),
  ),
  { name: 'tests-flakes-empty', path: '/tests?view=flakes' },
  { name: 'tests-catalogue-empty', path: '/tests?view=catalogue' },
  ...SYSTEM_SECTIONS.map(({ to }) => ({
    ...{ name: `${to.slice(1).replaceAll('/', '-')}-empty`, path: to },
  })),
];
const NO_RUN = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

let served: Console;
let browser: Browser;
let eyes: readonly Eye[];
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsole(), openBrowser()]);
  const opened: Eye[] = [];
  for (const width of WIDTHS) {
    for (const theme of THEMES) {
      if (ONLY === undefined) rmSync(folderOf({ width, theme }), { recursive: true, force: true });
      mkdirSync(folderOf({ width, theme }), { recursive: true });
      const { page } = await signedIn(browser, served, optionsOf({ width, theme }));
      opened.push({ width, theme, page, asked: askedBy(page) });
    }
  }
  eyes = opened;
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

/** Streams go on for as long as a page is open, and graphs that change are asked for all the time. */
const GOES_ON = /\/stream|\/state|\/feed|\/tail/;

function askedBy(page: Page): ReadonlySet<Request> {
  const asked = new Set<Request>();
  page.on('request', (request) => {
    if (!GOES_ON.test(request.url())) asked.add(request);
  });
  const end = (request: Request) => void asked.delete(request);
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  return asked;
}

const optionsOf = ({ width, theme }: Look) => ({
  viewport: { width, height: SIZES[width].least },
  ...{ colorScheme: theme, reducedMotion: 'reduce' as const, timezoneId: 'UTC', locale: 'en-US' },
});
const folderOf = ({ width, theme }: Look) => join(FOLDER, `${width}-${theme}`);
const isWanted = ({ name }: { readonly name: string }) => ONLY?.includes(name) ?? true;
const taken: string[] = [];
const HOURS_MS = 7_200_000;

it(
  'takes a picture of every screen, empty, busy and broken',
  async () => {
    await takeSignIn();
    await takeAll(EMPTY);
    const scenes: Scene[] = [];
    for (const stage of STAGES) scenes.push(...(await stage(served.client)));
    await takeAll(scenes);
    await takeAll([{ name: 'run-missing', path: `/runs/${NO_RUN}` }]);
    await takeBroken(scenes);
    await takeAway(scenes.find(({ name }) => name === 'run-running'));
    writeIndex();
    expect(taken.length).toBeGreaterThan(0);
  },
  HOURS_MS,
);

async function takeSignIn(): Promise<void> {
  if (!isWanted({ name: 'sign-in' })) return;
  taken.push('sign-in');
  for (const eye of eyes) {
    const { page } = await visit(browser, served, optionsOf(eye));
    await page.goto(served.url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await take({ ...eye, page }, 'sign-in');
    await page.context().close();
  }
}

async function takeAll(scenes: readonly Scene[]): Promise<void> {
  for (const { name, path } of scenes.filter(isWanted)) {
    taken.push(name);
    await Promise.all(
      eyes.map(async (eye) => {
        await open(eye, path);
        await take(eye, name);
      }),
    );
  }
}

async function takeBroken(scenes: readonly Scene[]): Promise<void> {
  for (const scene of brokenScenes(scenes).filter(isWanted)) {
    const mends = await Promise.all(eyes.map(({ page }) => breakAnswers(page, scene)));
    await takeAll([scene]);
    await Promise.all(mends.map((mend) => mend()));
  }
}

async function takeAway(run: Scene | undefined): Promise<void> {
  const scenes = [{ name: 'home-away', path: '/' }, ...(run ? [{ ...run, name: 'run-away' }] : [])];
  for (const { name, path } of scenes.filter(isWanted)) {
    taken.push(name);
    for (const eye of eyes) await open(eye, path);
    await served.stop();
    for (const eye of eyes) {
      await eye.page.getByText('Server away').first().waitFor();
      await take(eye, name);
    }
    await served.start();
  }
}

async function open({ page, width }: Eye, path: string): Promise<void> {
  await page.setViewportSize({ width, height: SIZES[width].least });
  await page.goto(served.url + path);
  await page.locator('#content :is(h1, h2, strong)').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

const TRIES = 12;
const MOST_GROWN = 3;

/** All of the page, once it has come to rest; it is cut where it is very long. */
async function take({ page, asked, width, theme }: Eye, name: string): Promise<void> {
  const { least, most } = SIZES[width];
  let last: Buffer | undefined;
  let [height, grown] = [least as number, 0];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const wanted = Number(
      await page.evaluate(
        `(() => {
          const box = document.querySelector('#content');
          const rest = box === null ? 0 : innerHeight - box.clientHeight;
          return rest + (box ?? document.documentElement).scrollHeight;
        })()`,
      ),
    );
    // What follows the height of the window would grow for good.
    if (wanted > height) grown += 1;
    height = grown > MOST_GROWN ? least : Math.min(most, Math.max(least, wanted));
    await page.setViewportSize({ width, height });
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    const isReading = asked.size > 0 || (await page.locator('.skeleton').count()) > 0;
    if (last?.equals(png) && !isReading) break;
    last = png;
  }
  if (last !== undefined)
    writeFileSync(join(folderOf({ width, theme }), `${name}.png`), smallPng(last));
}

/** A table of what there is, in the order in which it was taken. */
function writeIndex(): void {
  if (ONLY !== undefined) return;
  const columns = WIDTHS.flatMap((width) => THEMES.map((theme) => `${width}-${theme}`));
  const cell = (column: string, name: string) =>
    existsSync(join(FOLDER, column, `${name}.png`)) ? `![${name}](${column}/${name}.png)` : '';
  const lines = [
    '# Screens of the console',
    '',
    'Made by `npm run screens`, from what the browser tests put on a server. `-empty` is a server',
    'on which nothing has happened yet, `-error` one that answers with an error, `-away` one that',
    'does not answer.',
    '',
    `| screen | ${columns.map((column) => column.replace('-', ' px, ')).join(' | ')} |`,
    `|---|${columns.map(() => '---').join('|')}|`,
    ...taken.map((name) => `| ${[name, ...columns.map((one) => cell(one, name))].join(' | ')} |`),
    '',
  ];
  writeFileSync(join(FOLDER, 'README.md'), lines.join('\n'));
}
