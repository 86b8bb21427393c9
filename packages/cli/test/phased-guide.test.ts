/** The guide to phased runs: its commands are carried out, and what it names is what there is. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ProfileSchema } from '@tenuto/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from './served.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/phased-runs.md'), 'utf8');
const main = join(import.meta.dirname, '../src/main.ts');
const data = dataFolder();

let served: Served;
let env: Record<string, string>;
beforeAll(async () => {
  served = startServe(['--port', '0', '--data-dir', data, '--json']);
  const { url } = JSON.parse(await served.firstLine);
  env = { PATH: process.env.PATH ?? '', TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN };
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  await served.ended;
  rmSync(dirname(data), { recursive: true });
});

const tenuto = async (...args: readonly string[]) => {
  const { stdout } = await run(process.execPath, [main, ...args], { cwd: root, env });
  return stdout;
};

describe('the guide to phased runs', () => {
  it('has commands that do what they say', async () => {
    const block = /phased-guide\.test\.ts -->\n```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const lines = block.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(9);
    const said: string[] = [];
    let runId = 'RUN';
    for (const line of lines) {
      const args = line.replace('RUN', runId).split(' ').slice(1);
      const out = await tenuto(...args);
      said.push(out);
      if (line.includes('run start')) runId = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(out)?.[0] ?? '';
    }
    const [valid, created, started, first, shown, all, cloned, listed, deleted] = said;
    expect(valid).toContain('is sound: 4 phases');
    expect(created).toContain('release is at version 1.');
    expect(started).toContain('tenuto run next');
    expect(first).toMatch(/✓ planning +completed .*2\/2 gates \(100%\)/);
    expect(shown).toMatch(/○ notes +waits for next[\s\S]*○ builds +waits for next/);
    expect(all).toMatch(/✓ completed[\s\S]*✓ announcing +completed/);
    expect(cloned).toContain('tenuto run show');
    expect(listed?.trim().split('\n')).toHaveLength(3);
    expect(deleted).toContain('Deleted release, version 1.');
    const output = await tenuto('--json', 'jobs', 'get', runId);
    expect(output).not.toContain('is not there');
  });

  it('shows at its line what is wrong with a profile in a file', async () => {
    const text = readFileSync(join(root, 'examples/profiles/release.yaml'), 'utf8');
    const child = run(process.execPath, [main, 'profiles', 'validate', '-'], { cwd: root, env });
    child.child.stdin?.end(text.replace('needs: [notes, builds]', 'needs: [notes, build]'));
    const failed: { code: number; stderr: string } = await child.then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(failed.code).toBe(2);
    expect(failed.stderr).toMatch(/stdin:\d+:\d+.*names no phase "build"/);
  });

  it('tells of every field of a profile', () => {
    const { phases } = ProfileSchema.properties;
    const names = [
      ...Object.keys(ProfileSchema.properties),
      ...Object.keys(phases.items.properties),
    ];
    for (const name of names.filter((one) => one !== 'schema_version')) {
      expect(page).toContain(`\`${name}\``);
    }
  });
});
