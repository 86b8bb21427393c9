import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Console } from './served.ts';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];
/** Long enough for a machine that has other work; a wait ends as soon as what it is for is there. */
const PATIENCE_MS = 60_000;

export function openBrowser(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executablePath = paths.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('There is no Chromium on the path.');
  // Its sandbox does not work for root, who runs tests in containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

/** A page of somebody who has signed in, and what went wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Errors of scripts, things that the policy has stopped, requests to other hosts. */
  readonly troubles: readonly string[];
}

type Options = Parameters<Browser['newContext']>[0];

export async function visit(browser: Browser, { url }: Console, options?: Options): Promise<Visit> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  return { page, troubles: watch(context, page, url) };
}

export async function signedIn(browser: Browser, served: Console, options?: Options) {
  const visitor = await visit(browser, served, options);
  const { page } = visitor;
  await page.goto(served.url);
  await page.getByLabel('Token', { exact: true }).fill(served.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return visitor;
}

function watch(context: BrowserContext, page: Page, url: string): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error.stack)));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) troubles.push(message.text());
  });
  context.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !asked.startsWith('blob:')) troubles.push(`asked for ${asked}`);
  });
  return troubles;
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds serious on the page as it is now. */
export async function seriousIn(page: Page, what: string): Promise<readonly object[]> {
  await page.evaluate(axe.source);
  const found: readonly Violation[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ what, id, where: nodes.slice(0, 3).map(({ html }) => html) }));
}
