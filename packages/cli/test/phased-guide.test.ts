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

/** The commands of a block that says that they are carried out here. */
const block = (text: string, nth = 0) => {
  const blocks = [...text.matchAll(/phased-guide\.test\.ts -->\n```sh\n([\s\S]*?)```/g)];
  const lines = (blocks[nth]?.[1] ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/^npx /, '').replace(/ +#.*$/, ''));
};
const words = (line: string) =>
  (line.match(/"[^"]*"|'[^']*'|\S*"[^"]*"|\S+/g) ?? [])
    .slice(1)
    .map((word) => word.replaceAll(/["']/g, ''));
const idIn = (out: string) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(out)?.[0] ?? '';

describe('the front page', () => {
  it('leads to a run with agents in two commands, and to what it has left', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const [start = '', next = ''] = block(text);
    const runId = idIn(await tenuto(...words(start)));
    const seen = await tenuto(...words(next.replace('RUN', runId)));
    expect(seen).toMatch(/✓ completed[\s\S]*✓ Planning[\s\S]*✓ Documentation/);
    expect(seen).toContain(`Its files: tenuto artifacts list ${runId}`);
    const page = join(dirname(data), 'run.html');
    const said: string[] = [];
    const more = block(text, 1);
    expect(more).toHaveLength(6);
    for (const line of more) {
      said.push(await tenuto(...words(line.replace('RUN', runId).replace('run.html', page))));
    }
    const [files, money, gates, feed, fork, bundle] = said;
    expect(files).toContain('artifacts/planning/prd.md');
    expect(money).toMatch(/\$0\.\d{4} for [\s\S]*scripted\/default/);
    expect(gates).toContain('✓ prd_has_goals  1 file at artifacts/planning/prd.md holds');
    expect(feed).toContain('no model is asked');
    expect(fork).toContain('from qa/tester');
    expect(bundle).toContain(page);
    expect(readFileSync(page, 'utf8')).toContain('a phased run that');
    const ofGates = JSON.parse(await tenuto('--json', 'run', 'gates', runId));
    const ofMetrics = JSON.parse(await tenuto('--json', 'run', 'metrics', runId));
    expect(ofGates.hygiene_score).toBe(ofGates.phases.at(-1).hygiene_score);
    expect(ofGates.hygiene_score).toBe(ofMetrics.hygiene_score);
    const { phases } = JSON.parse(await tenuto('--json', 'run', 'show', runId));
    for (const [i, phase] of ofMetrics.phases_metrics.entries()) {
      // Not what a phase has waited to be told.
      expect(phase.duration_seconds).toBeCloseTo(phases[i].duration_seconds, 1);
      expect(phase.duration_seconds).toBe(Math.round(phase.duration_seconds * 1_000) / 1_000);
    }
  });
});

describe('the guide to forks', () => {
  it('has an example that forks a run and compares the two', async () => {
    const lines = block(readFileSync(join(root, 'docs/forks.md'), 'utf8'));
    expect(lines).toHaveLength(3);
    const ids: string[] = [];
    let out = '';
    for (const line of lines) {
      out = await tenuto(...words(line.replace('RUN', ids[0] ?? '').replace('FORK', ids[1] ?? '')));
      ids.push(idIn(out));
    }
    expect(out).toMatch(/^name +fan-out +another try/m);
    expect(out).toContain('branch');
  });
});

describe('the example of an agent', () => {
  it('writes what it was asked to', async () => {
    const comment = readFileSync(join(root, 'examples/agent.yaml'), 'utf8');
    const line = /# +(tenuto run examples\/agent\.yaml .*)/.exec(comment)?.[1] ?? '';
    const out = await tenuto(...words(line));
    expect(out).toMatch(/judge +✓ completed/);
    const runId = idIn(out);
    expect(await tenuto('artifacts', 'list', runId)).toContain('hello.md');
  });
});

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
