/** The commands of docs/security.md, carried out in order against a real server. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from './served.ts';

const run = promisify(execFile);
const page = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8');
const main = join(import.meta.dirname, '../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'tenuto-security-'));

let served: Served;
let url = '';
beforeAll(async () => {
  served = startServe(['--port', '0', '--data-dir', dataFolder(), '--json']);
  url = JSON.parse(await served.firstLine).url;
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  await served.ended;
  rmSync(folder, { recursive: true });
});

it('the commands on the page about security do what it says', async () => {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, commands]) => commands ?? '');
  expect(blocks.length).toBeGreaterThan(5);
  const script = [
    'set -euo pipefail',
    `tenuto() { "${process.execPath}" "${main}" "$@"; }`,
    ...blocks,
  ];
  const env = { PATH: process.env.PATH ?? '', TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN };
  const { stdout } = await run('bash', ['-c', script.join('\n')], { cwd: folder, env });
  expect(stdout).toContain('agent:deployer');
  expect(stdout).toContain('The audit is as it was sealed.');
  expect(readFileSync(join(folder, 'audit.csv'), 'utf8')).toContain('agent.created');
  expect(JSON.parse(readFileSync(join(folder, 'next.json'), 'utf8')).scope).toBe(
    'jobs:read jobs:write',
  );
});
