import { mkdir, readdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@tenuto/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callWith,
  errorOf,
  manualClock,
  outputOf,
  type Scratch,
  scratch,
} from '../command/command.fixture.ts';
import type { CommandOptions } from '../command/options.ts';
import { testRun } from './test-run.ts';

let place: Scratch;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

const action = (rest: Partial<CommandOptions> = {}) =>
  testRun({
    allow: 'any',
    environment: { PATH: process.env.PATH },
    clock: manualClock(),
    root: place.folder,
    ...rest,
  });

const suite = (inner: string) => `<testsuite name="s">${inner}</testsuite>`;
const PASSED = '<testcase name="good" time="0.5"/>';
const FAILED =
  '<testcase name="bad" time="0.25"><failure message="no">at x.js</failure></testcase>';

/** A command that writes these files and ends with an exit code. */
async function runner(files: Readonly<Record<string, string>>, exitCode = 0) {
  return place.script(
    'runner.mjs',
    `import { mkdirSync, writeFileSync } from 'node:fs';
     import { dirname } from 'node:path';
     for (const [path, text] of Object.entries(${JSON.stringify(files)})) {
       mkdirSync(dirname(path), { recursive: true });
       writeFileSync(path, text);
     }
     console.error('ran the tests');
     process.exitCode = ${exitCode};`,
  );
}

const run = async (parameters: JsonObject, rest: Partial<CommandOptions> = {}) =>
  action(rest).run(callWith({ report: 'report.xml', ...parameters }));

describe('a test run', () => {
  it('has counts, suites and cases, and its reports as artifacts', async () => {
    const command = await runner({ 'report.xml': suite(PASSED) });
    const outcome = await run({ command });
    expect(outcome).toMatchObject({
      status: 'completed',
      artifacts: [{ name: 'report.xml', mediaType: 'application/xml' }],
    });
    expect(outputOf(outcome)).toEqual({
      exit_code: 0,
      counts: { total: 1, passed: 1, failed: 0, errors: 0, skipped: 0, disabled: 0, flaky: 0 },
      duration_seconds: 0.5,
      suites: [expect.objectContaining({ name: 's', duration_seconds: 0.5 })],
      cases: [
        {
          id: 's::good',
          suite: 's',
          classname: '',
          name: 'good',
          status: 'passed',
          flaky: false,
          duration_seconds: 0.5,
        },
      ],
    });
  });

  it('adds up all reports that a pattern finds, each once', async () => {
    const command = await runner({
      'out/a.xml': suite(PASSED),
      'out/deep/b.xml': suite(PASSED),
      'out/c.txt': 'no report',
    });
    const outcome = await run({ command, report: ['out/**/*.xml', './out/a.xml', 'none-*.xml'] });
    expect(outputOf(outcome)).toMatchObject({ counts: { total: 2 } });
    const names = 'artifacts' in outcome ? outcome.artifacts?.map(({ name }) => name) : [];
    expect(names).toEqual(['out/a.xml', 'out/deep/b.xml']);
  });

  it('may have reports of a name of its own, which are gone once they were read', async () => {
    const command = await place.script(
      'own.mjs',
      `import { writeFileSync } from 'node:fs';
       writeFileSync(process.argv[2], '<testsuite name="' + process.env.RUN + '"><testcase name="a"/></testsuite>');`,
    );
    const parameters = {
      ...{ command: [...command, 'out-{attempt}.xml'], report: 'out-{attempt}.xml' },
      env: { RUN: 'of {attempt}' },
    };
    const names = new Set<string>();
    for (const [nodeId, attempt] of [
      ['a', 1],
      ['a', 2],
      ['b', 1],
    ] as const) {
      const outcome = await action().run(callWith(parameters, { nodeId, attempt }));
      expect(outcome.status).toBe('completed');
      const [artifact] = 'artifacts' in outcome ? (outcome.artifacts ?? []) : [];
      const name = artifact?.name ?? '';
      expect(name).toMatch(/^out-[0-9a-f]{16}-\d\.xml$/);
      expect(outputOf(outcome)).toMatchObject({
        cases: [{ suite: `of ${name.slice(4, -4)}` }],
      });
      names.add(name);
    }
    expect(names.size).toBe(3);
    expect((await readdir(place.folder)).filter((file) => file.endsWith('.xml'))).toEqual([]);
  });

  it('fails with its failing tests named, and its output filled', async () => {
    const command = await runner({ 'report.xml': suite(PASSED + FAILED) }, 1);
    const outcome = await run({ command, suite: 'unit' });
    expect(errorOf(outcome)).toMatchObject({
      classification: 'unknown',
      type: 'tests_failed',
      message: '1 of 2 tests failed: unit::bad.',
    });
    expect(outputOf(outcome)).toMatchObject({
      exit_code: 1,
      counts: { total: 2, passed: 1, failed: 1 },
      cases: [{ id: 'unit::bad', message: 'no', details: 'at x.js' }, { id: 'unit::good' }],
    });
    expect(outcome).toHaveProperty('artifacts.length', 1);
  });

  it('fails with failing tests although the command ends well', async () => {
    const command = await runner({ 'report.xml': suite(FAILED) }, 0);
    expect(errorOf(await run({ command })).type).toBe('tests_failed');
  });

  it('may have failing tests where that was said', async () => {
    const command = await runner({ 'report.xml': suite(FAILED) }, 1);
    expect((await run({ command, fail_on: 'never' })).status).toBe('completed');
  });

  it('fails when the command fails although every test passed', async () => {
    const command = await runner({ 'report.xml': suite(PASSED) }, 3);
    for (const fail_on of ['failures', 'never']) {
      const outcome = await run({ command, fail_on });
      expect(errorOf(outcome)).toMatchObject({ classification: 'unknown', type: 'exit_code' });
      expect(errorOf(outcome).message).toContain('exit code 3: ran the tests');
      expect(outputOf(outcome)).toMatchObject({ exit_code: 3, counts: { passed: 1 } });
    }
  });
});

describe('a missing report', () => {
  it('fails the run and says what to do', async () => {
    const outcome = await run({ command: await runner({}, 2) });
    const error = errorOf(outcome);
    expect(error.type).toBe('report_missing');
    expect(error.message).toMatch(/make the command write JUnit XML.*exit code 2: ran the tests/);
    expect(outputOf(outcome)).toEqual({ exit_code: 2 });
  });

  it('is not made up for by one from before, however new it says it is', async () => {
    const stale = await place.file('report.xml', suite(FAILED));
    const future = new Date(Date.now() + 3_600_000);
    await utimes(stale, future, future);
    const error = errorOf(await run({ command: await runner({}) }));
    expect(error.type).toBe('report_missing');
    expect(error.message).toMatch(/Only reports from before this attempt match.*report\.xml/);
  });

  it('does not hide the one that was written again, with the same text', async () => {
    await place.file('report.xml', suite(PASSED));
    const outcome = await run({ command: await runner({ 'report.xml': suite(PASSED) }) });
    expect(outcome.status).toBe('completed');
  });

  it('leaves stale reports out of the sum', async () => {
    await place.file('stale.xml', suite(FAILED));
    const command = await runner({ 'new.xml': suite(PASSED) });
    const outcome = await run({ command, report: '*.xml' });
    expect(outputOf(outcome)).toMatchObject({ counts: { total: 1, failed: 0 } });
  });
});

describe('a report that cannot be read', () => {
  it('fails the run with its file and place, and is kept', async () => {
    const command = await runner({ 'a.xml': suite(PASSED), 'b.xml': '<testsuite>\n  <testcase' });
    const outcome = await run({ command, report: '*.xml' });
    const error = errorOf(outcome);
    expect(error).toMatchObject({
      classification: 'unknown',
      type: 'report_malformed',
      details: { file: 'b.xml', line: 2, column: 12, problem: 'malformed' },
    });
    expect(error.message).toContain('b.xml cannot be read, line 2, column 12');
    expect(outcome).toHaveProperty('artifacts.length', 2);
  });

  it('may be XML of another kind, or empty', async () => {
    for (const [text, problem] of [
      ['<html/>', 'not_junit'],
      ['', 'malformed'],
    ]) {
      const outcome = await run({ command: await runner({ 'report.xml': text ?? '' }) });
      expect(errorOf(outcome)).toMatchObject({ type: 'report_malformed', details: { problem } });
    }
  });

  it('may be larger than anything that is taken', async () => {
    const command = await place.script(
      'big.mjs',
      `import { truncateSync, writeFileSync } from 'node:fs';
       writeFileSync('report.xml', '');
       truncateSync('report.xml', 200 * 1024 * 1024);`,
    );
    expect(errorOf(await run({ command })).type).toBe('report_too_large');
  });
});

describe('a report from elsewhere', () => {
  it.each([
    '../report.xml',
    '/etc/*.xml',
    'a/../../b.xml',
    'a\0b',
  ])('is not looked for: %j', async (report) => {
    const outcome = await run({ command: ['true'], report });
    expect(errorOf(outcome)).toMatchObject({
      classification: 'validation',
      type: 'invalid_parameters',
    });
  });

  it('is not taken through a link, nor is what is no file', async () => {
    const root = join(place.folder, 'root');
    await mkdir(root);
    const secret = await place.file('secret.xml', suite(PASSED));
    const command = await place.script(
      'link.mjs',
      `import { mkdirSync, symlinkSync } from 'node:fs';
       symlinkSync(${JSON.stringify(secret)}, 'link.xml');
       mkdirSync('folder.xml');`,
    );
    const outcome = await run({ command, report: '*.xml' }, { root });
    expect(errorOf(outcome).type).toBe('report_missing');
  });

  it('may be reached through a link where there is no root', async () => {
    const elsewhere = join(place.folder, 'elsewhere');
    const cwd = join(place.folder, 'cwd');
    await mkdir(elsewhere);
    await mkdir(cwd);
    await symlink(elsewhere, join(cwd, 'link'));
    const command = await runner({ [join(elsewhere, 'report.xml')]: suite(PASSED) });
    const outcome = await run({ command, cwd, report: 'link/*.xml' }, { root: undefined });
    expect(outcome.status).toBe('completed');
  });
});

describe('a test command', () => {
  it('must be allowed as any command must', async () => {
    const outcome = await run({ command: ['true'] }, { allow: 'none' });
    expect(errorOf(outcome).type).toBe('command_not_allowed');
  });

  it('that is cancelled leaves no results', async () => {
    const abort = new AbortController();
    const command = await place.script('a.mjs', `console.log('up'); setInterval(() => {}, 1e6)`);
    const call = callWith({ command, report: 'report.xml' }, { signal: abort.signal });
    const outcome = action().run(call);
    await call.untilLogged('up');
    abort.abort();
    expect(await outcome).toMatchObject({ status: 'cancelled', output: { exit_code: null } });
  });

  it('that is cancelled first is not started', async () => {
    const call = callWith(
      { command: await runner({ 'report.xml': suite(PASSED) }), report: 'report.xml' },
      { signal: AbortSignal.abort() },
    );
    expect(await action().run(call)).not.toHaveProperty('output');
  });

  it('that is killed from outside is out of resources', async () => {
    const command = await place.script('a.mjs', `process.kill(process.pid, 'SIGKILL')`);
    expect(errorOf(await run({ command }))).toMatchObject({
      classification: 'resource_exhausted',
      type: 'killed',
    });
  });
});
