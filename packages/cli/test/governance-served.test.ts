/** Gates, approvals and hygiene, from the command line to a real server; the guide's policy, too. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { EXIT, runCli } from '../src/index.ts';
import { captureIo } from './captured-io.ts';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from './served.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/governance.md'), 'utf8');
const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const data = dataFolder();
const folder = join(dirname(data), 'work');
let served: Served;
let url = '';

beforeAll(async () => {
  mkdirSync(folder);
  const policy = join(dirname(data), 'policy.yaml');
  writeFileSync(policy, blocks.find((text) => text.includes('allow_skip_validation')) ?? '');
  served = startServe(['--port', '0', '--data-dir', data, '--json'], {
    TENUTO_GOVERNANCE_POLICY: policy,
  });
  url = JSON.parse(await served.firstLine).url;
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  await served.ended;
  rmSync(dirname(data), { recursive: true, force: true });
});

async function tenuto(args: readonly string[], stdin = '') {
  const io = captureIo({
    env: { TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN },
    now: Date.now,
    sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    stdin,
  });
  const exitCode = await runCli(args, io);
  return { exitCode, out: io.out(), err: io.err() };
}

async function good(args: readonly string[], stdin?: string): Promise<string> {
  const { exitCode, out, err } = await tenuto(args, stdin);
  expect({ exitCode, err }, out).toEqual({ exitCode: EXIT.ok, err: '' });
  return out;
}

/** Submits a job; answers its id once it asks something. */
async function asked(file: string, stdin?: string): Promise<string> {
  const { job_id: job } = JSON.parse(await good(['run', file, '--json'], stdin));
  await vi.waitFor(async () => {
    const { items } = JSON.parse(await good(['approvals', 'ls', '--run', job, '--json']));
    expect(items).toHaveLength(1);
  }, 60_000);
  return job;
}

describe('an approval', () => {
  it('of the example is listed, shown, given, and lets the job go on', async () => {
    const job = await asked(join(root, 'examples/approval.yaml'));
    const list = await good(['approvals', 'ls', '--mine']);
    expect(list).toContain('Release 1.4.0');
    const [, id = ''] = /^([0-9a-f-]{36})/m.exec(list) ?? [];
    expect(await good(['approvals', 'show', id])).toContain('admin, user:ann, team:release');
    expect(await good(['explain', job])).toContain('is to be approved by');
    const done = await good(['run', 'approve', job, '--comment', 'Looked at it.']);
    expect(done).toBe('"Release 1.4.0" is approved: 1 of 1 agreed.\n');
    await good(['jobs', 'watch', job]);
    expect(await good(['jobs', 'nodes', job, '--json'])).toContain('Released 1.4.0.');
    expect(await good(['approvals', 'show', id])).toContain('Looked at it.');
  });

  it('is refused, and passed on', async () => {
    const job = await asked(join(root, 'examples/approval.yaml'));
    const twice = await tenuto(['run', 'delegate', job, 'user:ann']);
    expect(twice.exitCode).not.toBe(EXIT.ok);
    expect(await good(['run', 'delegate', job, 'user:bob'])).toContain('is open: 0 of 1');
    const spent = await tenuto(['run', 'reject', job]);
    expect([spent.exitCode, spent.err]).toEqual([EXIT.conflict, expect.stringContaining('waits')]);
    const other = await asked(join(root, 'examples/approval.yaml'));
    expect(await good(['run', 'reject', other, '-c', 'Not today.'])).toContain('is rejected');
    await good(['jobs', 'watch', other]);
    const budget = await tenuto(['run', 'approve', other, '--budget', 'much']);
    expect(budget.exitCode).toBe(EXIT.usage);
  });
});

describe('gates', () => {
  it('of a run are shown, with what to do, by the policy of the deployment', async () => {
    const nodes = [
      {
        id: 'check',
        uses: 'governance.check',
        with: { phase: 'qa', artifacts: [{ path: 'report.md' }] },
      },
    ];
    const dag = JSON.stringify({ name: 'checked', nodes });
    const { job_id: job } = JSON.parse(await good(['run', '-', '--json'], dag));
    await tenuto(['jobs', 'watch', job]);
    const { exitCode, out } = await tenuto(['run', 'gates', job]);
    expect(exitCode).toBe(EXIT.unsound);
    expect(out).toContain('artifact:report.md');
    expect(out).toContain('Have the phase write artifacts/qa/report.md');
    for (const gate of ['secrets', 'policy.max_cost_usd', 'policy.min_hygiene_score']) {
      expect(out).toContain(gate);
    }
    expect(await good(['run', 'gates', await asked(join(root, 'examples/approval.yaml'))])).toBe(
      'No phase has been checked yet.\n',
    );
  });

  it('of the guide are gates, and its numbers are those of the rules', async () => {
    const nodes = [{ id: 'check', uses: 'governance.check', with: gatesOfGuide() }];
    const { exitCode, out } = await tenuto(
      ['run', '-', '--json', '--watch'],
      JSON.stringify({ name: 'g', nodes }),
    );
    expect(exitCode).toBe(EXIT.jobFailed);
    expect(out).toContain('gate_blocked');
  });

  it('by a policy that is none keep the server from starting, and say where it is wrong', async () => {
    const file = join(dirname(data), 'bad.yaml');
    writeFileSync(file, 'gates:\n  - { id: a, type: artifact_pattern, path: x, pattern: "(" }\n');
    const bad = startServe(['--port', '0', '--data-dir', dataFolder(), '--json'], {
      TENUTO_GOVERNANCE_POLICY: file,
    });
    const { code, err } = await bad.ended;
    expect(code).not.toBe(0);
    expect(err).toContain('TENUTO_GOVERNANCE_POLICY');
    expect(err).toContain('/gates/0/pattern');
  });
});

function gatesOfGuide() {
  const { gates } = parse(blocks.find((text) => text.startsWith('gates:')) ?? '');
  return { phase: 'qa', gates };
}

describe('hygiene', () => {
  it('of a folder is told without a server', async () => {
    writeFileSync(join(folder, 'index.ts'), 'export {};\n');
    expect(await good(['hygiene', folder])).toContain('Nothing found.');
    writeFileSync(join(folder, 'a.bak'), 'old');
    writeFileSync(join(folder, 'empty.md'), '');
    writeFileSync(join(folder, 'key.md'), `ghp_${'aB3dE5gH7j'.repeat(4)}`.slice(0, 40));
    const { exitCode, out } = await tenuto(['hygiene', folder, '--min-score', '0.9']);
    expect(exitCode).toBe(EXIT.unsound);
    for (const line of ['secret (1, -0.25)', 'key.md:1', 'a.bak', 'empty.md', 'missing readme']) {
      expect(out).toContain(line);
    }
    const report = JSON.parse(await good(['hygiene', folder, '--json']));
    expect(report).toMatchObject({ files: 4, findings_omitted: 0 });
    expect((await tenuto(['hygiene', join(folder, 'none')])).exitCode).toBe(EXIT.usage);
    expect((await tenuto(['hygiene', folder, '--min-score', '2'])).exitCode).toBe(EXIT.usage);
  });
});
