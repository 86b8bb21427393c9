/** Tests as data, from the command line to a real server with real test runners. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT, runCli } from '../src/index.ts';
import { captureIo } from './captured-io.ts';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from './served.ts';

const data = dataFolder();
const folder = join(dirname(data), 'suite');
let served: Served;
let url = '';

const test = (name: string, body: string) =>
  `import { test } from 'node:test';
   import { existsSync, writeFileSync } from 'node:fs';
   test('${name}', () => { ${body} });\n`;

beforeAll(async () => {
  const flags = ['--port', '0', '--allow-commands', 'node', '--data-dir', data, '--json'];
  served = startServe(flags);
  url = JSON.parse(await served.firstLine).url;
  mkdirSync(folder);
  writeFileSync(join(folder, 'good.mjs'), test('is good', ''));
  writeFileSync(join(folder, 'bad.mjs'), test('is bad', `throw new Error('always');`));
  writeFileSync(
    join(folder, 'shaky.mjs'),
    test(
      'is shaky',
      `if (!existsSync('seen')) { writeFileSync('seen', ''); throw new Error('once'); }`,
    ),
  );
  writeFileSync(
    join(folder, 'catalogue.yaml'),
    `id: e2e
kind: suite
command: [node, --test, --test-reporter=junit, '--test-reporter-destination={attempt}.xml', '{case_args}']
folder: ${folder}
report: '{attempt}.xml'
pattern: '*.mjs'
select: { case_args: ['{case}'] }
shards: 3
on_retry: failed
owner: team-e2e
`,
  );
  writeFileSync(
    join(folder, 'job.yaml'),
    'test_suite_id: e2e\nmax_retries: 1\nmetadata: { branch: main, commit: c0ffee }\n' +
      'retry_policy: { strategy: immediate, max_retries: 1 }\n',
  );
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  await served.ended;
  rmSync(dirname(data), { recursive: true, force: true });
});

const tenuto = async (...args: readonly string[]) => {
  const io = captureIo({
    env: { TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN },
    now: Date.now,
    sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
  });
  const exitCode = await runCli(args, io);
  return { exitCode, out: io.out(), err: io.err() };
};

async function items(...args: readonly string[]) {
  const { out } = await tenuto(...args, '--json');
  return JSON.parse(out).items;
}

async function testNamed(name: string) {
  const [one] = await items('tests', 'ls', '--name', name);
  return one;
}

/** The output of a node of the newest job. */
async function outputOf(nodeId: string, jobId: string) {
  const nodes = await items('jobs', 'nodes', jobId);
  return nodes.find(({ node_id: id }: { node_id: string }) => id === nodeId)?.output;
}

async function newestJob() {
  const [job] = await items('jobs', 'ls', '--limit', '1');
  return job;
}

describe('a suite of the catalogue', () => {
  it('runs in shards, and repeats only what failed', async () => {
    await tenuto('tests', 'catalogue', 'put', join(folder, 'catalogue.yaml'));
    const { exitCode, out } = await tenuto('run', join(folder, 'job.yaml'), '--watch');
    expect(exitCode, out).toBe(EXIT.jobFailed);
    const job = await newestJob();
    expect(job).toMatchObject({ status: 'failed', error_details: { type: 'tests_failed' } });
    expect(job.error_details.message).toMatch(/1 of 3 tests failed: .*is bad/);
    expect(await outputOf('e2e', job.job_id)).toMatchObject({
      counts: { total: 3, passed: 2, failed: 1 },
      parts: [{ node: 'e2e/shard-1' }, { node: 'e2e/shard-2' }, { node: 'e2e/shard-3' }],
    });
  });

  it('has told the history of each test, a flaky pass from a clean one', async () => {
    expect(await testNamed('is good')).toMatchObject({
      ...{ suite: 'e2e', owner: 'team-e2e', runs: 1, clean_passes: 1, flaky: false },
    });
    expect(await testNamed('is shaky')).toMatchObject({
      ...{ last_status: 'passed', last_flaky: true, runs: 2, flaky_passes: 1, failures: 1 },
      flaky: true,
    });
    const bad = await testNamed('is bad');
    expect(bad).toMatchObject({ last_status: 'failed', runs: 2, failures: 2, flaky: false });
    expect(await items('tests', 'history', bad.test_id)).toMatchObject([
      { attempt: 2, status: 'failed', branch: 'main', commit: 'c0ffee', quarantined: false },
      { attempt: 1, status: 'failed' },
    ]);
    expect(await items('tests', 'ls', '--flaky')).toMatchObject([{ name: 'is shaky' }]);
  });

  it('is rerun as far as it failed, which a test in quarantine does not', async () => {
    const failed = await newestJob();
    const { test_id: id } = await testNamed('is bad');
    await tenuto('tests', 'quarantine', id, '--reason', 'known to be bad', '--until', '1d');
    const { exitCode, out } = await tenuto('tests', 'rerun', failed.job_id, '--watch');
    expect(exitCode, out).toBe(EXIT.ok);
    const job = await newestJob();
    expect(job.metadata).toMatchObject({ commit: 'c0ffee', rerun_of: failed.job_id });
    expect(await outputOf('e2e', job.job_id)).toMatchObject({
      ...{ exit_code: 1, counts: { total: 1, failed: 1 } },
      quarantined_failures: ['e2e::test::is bad'],
    });
    expect((await items('tests', 'history', id))[0]).toMatchObject({ quarantined: true });
    const again = await tenuto('tests', 'rerun', job.job_id);
    expect(again.exitCode).toBe(EXIT.usage);
    expect(again.err).toContain('No test of this job failed');
  });

  it('completes while what fails is in quarantine, its shards planned by the past', async () => {
    const { exitCode, out } = await tenuto('run', join(folder, 'job.yaml'), '--watch');
    expect(exitCode, out).toBe(EXIT.ok);
    const job = await newestJob();
    expect(await outputOf('e2e/plan', job.job_id)).toMatchObject({ units: 3, unknown: 0 });
    expect(await testNamed('is good')).toMatchObject({ runs: 2, clean_passes: 2 });
    expect(await items('tests', 'ls', '--quarantined')).toMatchObject([{ name: 'is bad' }]);
  });

  it('goes on with the shards that failed when its job is retried, and with no other', async () => {
    const open = join(folder, 'open');
    const door = (name: string, body: string) => writeFileSync(join(open, name), test(name, body));
    mkdirSync(open);
    door('a.mjs', '');
    door('b.mjs', `if (!existsSync('mended')) throw new Error('not yet');`);
    const entry = { id: 'open', kind: 'suite', folder: open, pattern: '*.mjs', shards: 2 };
    const command = ['node', '--test', '--test-reporter=junit'];
    const report = '{attempt}.xml';
    command.push(`--test-reporter-destination=${report}`, '{case_args}');
    const select = { case_args: ['{case}'] };
    const files = { entry: join(open, 'suite.json'), job: join(open, 'job.json') };
    writeFileSync(files.entry, JSON.stringify({ ...entry, command, report, select }));
    writeFileSync(
      files.job,
      JSON.stringify({ test_suite_id: 'open', max_retries: 0, metadata: { door: 'open' } }),
    );
    await tenuto('tests', 'catalogue', 'put', files.entry);
    await tenuto('run', files.job, '--watch');
    const { job_id: id } = await newestJob();
    await tenuto('bulk', 'retry', '--metadata', 'door=open', '--yes');
    await tenuto('jobs', 'watch', id);
    writeFileSync(join(open, 'mended'), '');
    await tenuto('jobs', 'retry', id);
    const { exitCode, out } = await tenuto('jobs', 'watch', id);
    expect(exitCode, out).toBe(EXIT.ok);
    const nodes: { node_id: string; attempts: number }[] = await items('jobs', 'nodes', id);
    const shards = nodes.filter(({ node_id }) => node_id.startsWith('open/shard-'));
    expect(shards.map(({ attempts }) => attempts).toSorted()).toEqual([1, 3]);
    expect(await outputOf('open', id)).toMatchObject({ counts: { total: 2, passed: 2 } });
  });
});
