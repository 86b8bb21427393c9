/** The commands in the README about tasks and events, carried out in order against a real server. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from './served.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'README.md'), 'utf8');
const main = join(import.meta.dirname, '../src/main.ts');
const data = dataFolder();

let served: Served;
let url = '';
beforeAll(async () => {
  served = startServe(['--port', '0', '--data-dir', data, '--json']);
  url = JSON.parse(await served.firstLine).url;
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  await served.ended;
  rmSync(dirname(data), { recursive: true });
});

it('three minutes with tasks and events show what they say', async () => {
  const section = /## Three minutes with tasks and events\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  expect(blocks).toHaveLength(2);
  const script = [
    'set -euo pipefail',
    // What `npx` finds is this.
    `npx() { shift; "${process.execPath}" "${main}" "$@"; }`,
    ...blocks,
  ];
  const env = { PATH: process.env.PATH ?? '', TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN };
  const { stdout } = await run('bash', ['-c', script.join('\n')], { cwd: root, env });
  expect(stdout.match(/^\d{4}-\d\d-\d\dT.*:[0-5]0\.000Z/gm)?.length).toBeGreaterThanOrEqual(3);
  expect(stdout).toContain('A run has been made.');
  expect(stdout).toContain('run_now');
  expect(stdout).toMatch(/orders\.created, for 1 task\n.*orders\.created, for 0 tasks/);
  expect(stdout.match(/ event +fired /g)).toHaveLength(1);
  expect(stdout).toContain('The task is cancelled');
});
