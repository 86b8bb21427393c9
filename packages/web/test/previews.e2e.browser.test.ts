/** Looks into files that agents leave: whatever is in them, nothing of it is ever run. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBrowser, signedIn, type Visit } from './browser.ts';
import { type Console, startConsole } from './served.ts';

const HIT = 'window.hit=1';
const FILES: Readonly<Record<string, string>> = {
  'notes.md': [
    '# Notes',
    `<script>${HIT}</script> <img src=x onerror="${HIT}">`,
    `[press me](javascript:${HIT}) ![](https://example.org/pixel.png)`,
  ].join('\n\n'),
  'drawing.svg': `<svg xmlns="http://www.w3.org/2000/svg" onload="${HIT}"><script>${HIT}</script></svg>`,
  'page.html': `<body onload="${HIT}"><script>${HIT}</script></body>`,
  'table.csv': 'name,value\n=HYPERLINK("https://example.org"),1\n<b onclick=x>bold</b>,2\n',
  'report.xml': `<testsuites><testsuite name="s"><testcase classname="c" name="adds"><failure message="&lt;img src=x onerror=${HIT}&gt;">no</failure></testcase></testsuite></testsuites>`,
  'data.json': '{"text": "</pre><script>window.hit=1</script>"}',
};

/** Too long for a conversation, and what is no text: a program writes them. */
const PROGRAM = `
  const fs = require('node:fs');
  fs.writeFileSync('large.txt', 'a line of a long file\\n'.repeat(40000));
  fs.writeFileSync('unknown.bin', Buffer.from([0, 1, 2, 3, 255]));
  fs.writeFileSync('dot.png', Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
`;

let served: Console;
let browser: Browser;
let runId: string;
const folder = mkdtempSync(join(tmpdir(), 'tenuto-scripts-'));
beforeAll(async () => {
  const writes = Object.entries(FILES).map(([path, content]) => ({
    ...{ tool: 'workspace.write', input: { path, content } },
  }));
  const runs = { tool: 'command.run', input: { command: ['node', '-e', PROGRAM] } };
  const script = {
    name: 'hostile',
    agents: { writer: [{ tool_calls: [...writes, runs] }, { text: 'Done.' }] },
  };
  chmodSync(folder, 0o755);
  // What is JSON is YAML, too.
  writeFileSync(join(folder, 'hostile.yaml'), JSON.stringify(script));
  [served, browser] = await Promise.all([
    startConsole({ environment: { TENUTO_SCRIPTS_DIR: folder } }),
    openBrowser(),
  ]);
  const job = await served.client.jobs.submit({
    job_name: 'writes files',
    dag_definition: {
      nodes: [
        {
          ...{ id: 'write', uses: 'agent.run' },
          with: {
            ...{ agent: 'writer', model: 'scripted/hostile', prompt: 'Write.' },
            tools: ['workspace.write', 'command.run'],
          },
        },
      ],
    },
  });
  runId = job.job_id;
  await vi.waitFor(
    async () => {
      const { status, error } = await served.client.runs.get(runId);
      expect([status, error]).toEqual(['completed', null]);
    },
    { timeout: 60_000, interval: 200 },
  );
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function look(path: string): Promise<Visit> {
  const visit = await signedIn(browser, served);
  const artifacts = await served.client.artifacts.list(runId).first();
  const file = artifacts.items.find((one) => one.path.endsWith(path));
  await visit.page.goto(`${served.url}/runs/${runId}?tab=artifacts&file=${file?.artifact_id}`);
  await visit.page.getByRole('region', { name: new RegExp(`Preview.*${path}`, 'i') }).waitFor();
  return visit;
}

it.each([
  ['notes.md', '.prose', 'Notes'],
  ['drawing.svg', 'pre', 'onload'],
  ['page.html', 'pre', 'onload'],
  ['table.csv', 'table', '=HYPERLINK("https://example.org")'],
  ['report.xml', 'table', 'adds'],
  ['data.json', 'pre', '</pre><script>'],
])('shows %s, and runs nothing of it', async (path, where, says) => {
  const { page, troubles } = await look(path);
  await page.locator(`.artifact-preview ${where}`).filter({ hasText: says }).first().waitFor();
  expect(await page.evaluate('window.hit')).toBeUndefined();
  expect(await page.locator('.artifact-preview a[href^="javascript:"]').count()).toBe(0);
  expect(
    await page.locator('.artifact-preview :is(script, iframe, object, embed, b[onclick])').count(),
  ).toBe(0);
  expect(troubles).toEqual([]);
});

it('shows the first part of a file that is too large, and says so', async () => {
  const { page } = await look('large.txt');
  await page.getByText('a line of a long file').first().waitFor();
  await page
    .locator('.artifact-preview')
    .getByText(/880\.0 kB/)
    .first()
    .waitFor();
});

it('draws a picture, and says of what is neither text nor picture that it is not shown', async () => {
  const { page, troubles } = await look('dot.png');
  await page.locator('.artifact-preview canvas').waitFor();
  const { page: other } = await look('unknown.bin');
  await other.getByText('It is no text and no picture').waitFor();
  expect(troubles).toEqual([]);
});
