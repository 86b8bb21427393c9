/** The log of a run: as long as it likes, in its colours, sought and linked to. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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

const says = (script: string) => ({
  job_name: 'says a lot',
  max_retries: 0,
  dag_definition: {
    nodes: [{ id: 'talk', uses: 'command.run', with: { command: ['node', '-e', script] } }],
  },
});

const MANY = `
  for (let line = 1; line <= 3000; line += 1) console.log('line ' + line + (line === 1234 ? ' needle' : ''));
  console.log('\\u001b[31mred words\\u001b[0m <img src=x onerror=window.hit=1>');
`;

async function over(jobId: string): Promise<void> {
  await vi.waitFor(
    async () => expect((await served.client.jobs.get(jobId)).completed_at).not.toBeNull(),
    { timeout: 60_000, interval: 200 },
  );
}

it('begins at its end, and reads what is looked at only', async () => {
  const job = await served.client.jobs.submit(says(MANY));
  await over(job.job_id);
  const { page, troubles } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}?tab=log`);
  await page.getByText('red words').waitFor();
  expect(await page.locator('.ansi-red').first().textContent()).toBe('red words');
  await page.getByText('<img src=x onerror=window.hit=1>').waitFor();
  expect(await page.evaluate('window.hit')).toBeUndefined();
  expect(await page.locator('.log-line').count()).toBeLessThan(200);
  expect(troubles).toEqual([]);
});

/** What is asked of an element, in the words of its page. */
interface Placed {
  getBoundingClientRect(): { readonly top: number; readonly bottom: number };
  readonly ownerDocument: { readonly documentElement: { readonly clientHeight: number } };
}

const isInSight = (element: Placed) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= element.ownerDocument.documentElement.clientHeight;
};

it('is sought as a whole, and a line of it has an address', async () => {
  const job = await served.client.jobs.submit(says(MANY));
  await over(job.job_id);
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}?tab=log`);
  await page.getByText('red words').waitFor();
  await page.getByLabel('Find in the log').fill('NEEDLE');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await page.locator('.log-target mark').waitFor();
  const mark = page.locator('.log-target mark');
  expect(await mark.textContent()).toBe('needle');
  await expect.poll(() => mark.evaluate(isInSight)).toBe(true);
  expect(new URL(page.url()).searchParams.get('line')).toMatch(/^1\.\d+$/);
  await page.reload();
  await page.locator('.log-target').getByText('line 1234 needle').waitFor();
  await page.getByRole('button', { name: 'Jump to the newest line' }).click();
  await page.getByText('red words').waitFor();
});

it('shows lines as they come, also after the server was away', async () => {
  const ticks = 'let n = 0; setInterval(() => console.log("tick " + (n += 1)), 200)';
  const job = await served.client.jobs.submit(says(ticks));
  const { page } = await signedIn(browser, served);
  await page.goto(`${served.url}/runs/${job.job_id}?tab=log&node=talk`);
  // Whichever is in sight: on a slow machine the first ones have long been scrolled past.
  await page.getByText(/^tick \d+$/).first().waitFor();
  await page.evaluate('window.sameplace = true');
  await served.stop();
  await page.getByText('Server away').first().waitFor();
  await served.start();
  await page.getByText('Live', { exact: true }).waitFor();
  const { client } = served;
  const newest = async () =>
    (await client.jobs.logs(job.job_id, 'talk', { newest_first: true, limit: 1 }).first()).items[0];
  await client.jobs.cancel(job.job_id);
  await over(job.job_id);
  const last = await newest();
  await page
    .getByText(last?.text ?? '', { exact: true })
    .last()
    .waitFor();
  expect(await page.evaluate('window.sameplace')).toBe(true);
});
