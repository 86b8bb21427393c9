import { OrchestrationError, type TestSelect } from '@tenuto/contract';
import { type EarlierResult, type ReportedTest, type TestMemory, testIdOf } from '@tenuto/engine';
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
import { NO_MEMORY } from './memory.ts';
import { testRun } from './test-run.ts';

let place: Scratch;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

/** A runner that writes a report of these cases, of those that it is told to run. */
async function runner(cases: Readonly<Record<string, string>>, exitCode = 0) {
  return place.script(
    'runner.mjs',
    `import { writeFileSync } from 'node:fs';
     const wanted = process.argv.slice(2);
     const cases = Object.entries(${JSON.stringify(cases)})
       .filter(([name]) => wanted.length === 0 || wanted.includes(name));
     const xml = cases.map(([name, inner]) =>
       '<testcase classname="C" name="' + name + '" time="0.5">' + inner + '</testcase>');
     writeFileSync('report.xml', '<testsuite name="s">' + xml.join('') + '</testsuite>');
     process.exitCode = ${exitCode};`,
  );
}

const FAILURE = '<failure message="no"/>';
const SELECT: TestSelect = { case_args: ['{case}'] };

function run(
  parameters: Parameters<typeof callWith>[0],
  memory: Partial<TestMemory> = {},
  over: Parameters<typeof callWith>[1] = {},
) {
  const options: CommandOptions = {
    allow: 'any',
    environment: { PATH: process.env.PATH },
    clock: manualClock(),
    root: place.folder,
  };
  const action = testRun(options, { ...NO_MEMORY, ...memory });
  return Promise.resolve(action.run(callWith({ report: 'report.xml', ...parameters }, over)));
}

const identity = (name: string) => ({ suite: 'unit', reportSuite: 's', classname: 'C', name });
const testsOf = (outcome: Awaited<ReturnType<typeof run>>): readonly ReportedTest[] =>
  'tests' in outcome ? (outcome.tests ?? []) : [];

describe('the results of a test run', () => {
  it('go to the history under its suite, in the order of the report', async () => {
    const command = await runner({ b: '', a: FAILURE }, 1);
    const outcome = await run({ command, suite: 'unit' });
    expect(testsOf(outcome)).toEqual([
      { ...identity('b'), status: 'passed', flaky: false, durationMs: 500 },
      { ...identity('a'), status: 'failed', flaky: false, durationMs: 500, message: 'no' },
    ]);
  });

  it('go there under the suite of the report where none is named', async () => {
    const outcome = await run({ command: await runner({ a: '' }) });
    expect(testsOf(outcome)).toMatchObject([{ suite: 's', reportSuite: '', name: 'a' }]);
  });

  it('say whether a pass came only on a rerun', async () => {
    const command = await runner({ a: '<flakyFailure/>', b: '<rerunFailure/>', c: '' });
    expect(testsOf(await run({ command })).map(({ flaky }) => flaky)).toEqual([true, true, false]);
  });

  it('are none without a report', async () => {
    const outcome = await run({ command: await place.script('nothing.mjs', '') });
    expect(outcome).toMatchObject({ status: 'failed', tests: [] });
  });
});

describe('a test in quarantine', () => {
  const quarantined = async () => new Set([testIdOf('ana', identity('bad'))]);

  it('fails nothing, is named in the output and marked in the history', async () => {
    const command = await runner({ good: '', bad: FAILURE }, 1);
    const outcome = await run({ command, suite: 'unit' }, { quarantined });
    expect(outcome.status).toBe('completed');
    expect(outputOf(outcome)).toMatchObject({
      ...{ exit_code: 1, counts: { failed: 1 }, quarantined_failures: ['unit::C::bad'] },
      cases: [{ name: 'bad', quarantined: true }, { name: 'good' }],
    });
    expect(testsOf(outcome).map((one) => one.quarantined)).toEqual([undefined, true]);
  });

  it('does not excuse the failure of another test', async () => {
    const command = await runner({ worse: FAILURE, bad: FAILURE }, 1);
    const outcome = await run({ command, suite: 'unit' }, { quarantined });
    expect(errorOf(outcome).message).toBe('1 of 2 tests failed: unit::C::worse.');
    expect(outputOf(outcome)).toMatchObject({ quarantined_failures: ['unit::C::bad'] });
  });

  it('excuses nobody of the same name in another suite, or of another owner', async () => {
    const command = await runner({ bad: FAILURE }, 1);
    for (const over of [{ suite: 'other' }, {}]) {
      expect((await run({ command, ...over }, { quarantined })).status).toBe('failed');
    }
    const owner = await run({ command, suite: 'unit' }, { quarantined }, { owner: 'bob' });
    expect(owner.status).toBe('failed');
  });

  it('that passes is nothing to tell of', async () => {
    const outcome = await run(
      { command: await runner({ bad: '' }), suite: 'unit' },
      { quarantined },
    );
    expect(outputOf(outcome)).not.toHaveProperty('quarantined_failures');
    expect(testsOf(outcome)).toMatchObject([{ name: 'bad', quarantined: true }]);
  });

  it('cannot be asked for while the database is away: the attempt may be made again', async () => {
    const away = async () => {
      throw new OrchestrationError('store_unavailable', 'The database cannot be reached.');
    };
    const outcome = await run({ command: ['never'] }, { quarantined: away });
    expect(errorOf(outcome)).toMatchObject({
      ...{ classification: 'transient', type: 'store_unavailable' },
    });
  });
});

describe('selected cases', () => {
  it('are all that runs', async () => {
    const command = await runner({ a: '', b: '', c: '' });
    const outcome = await run({ command, select: SELECT, cases: [{ name: 'a' }, { name: 'c' }] });
    expect(testsOf(outcome).map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('may be none: then nothing runs, and nothing failed', async () => {
    const outcome = await run({ command: ['never'], select: SELECT, cases: [] });
    expect(outcome.status).toBe('completed');
    expect(outputOf(outcome)).toMatchObject({ exit_code: null, counts: { total: 0 }, cases: [] });
  });

  it('are refused where nothing says how to select them', async () => {
    const outcome = await run({ command: ['never'], cases: [{ name: 'a' }] });
    expect(errorOf(outcome)).toMatchObject({
      ...{ classification: 'validation', type: 'cases_not_selectable' },
    });
  });
});

describe('a further attempt', () => {
  const result = (name: string, status: EarlierResult['status'], over = {}): EarlierResult => ({
    ...{ testId: testIdOf('ana', identity(name)), suite: 'unit', classname: 'C', name },
    ...{ file: null, status, quarantined: false, durationMs: 1_000, ...over },
  });
  const before = [
    result('ok', 'passed'),
    result('bad', 'failed'),
    result('known', 'error', { quarantined: true }),
  ];

  it('runs only what failed before, and reports it all', async () => {
    const command = await runner({ ok: FAILURE, bad: '', known: FAILURE });
    const asked: unknown[] = [];
    const memory = {
      earlier: async (of: object) => {
        asked.push(of);
        return before;
      },
    };
    const parameters = { command, suite: 'unit', select: SELECT, on_retry: 'failed' };
    const outcome = await run(parameters, memory, { attempt: 2 });
    expect(asked).toEqual([{ owner: 'ana', runId: 'run-1', nodeId: 'node-1', fromAttempt: 1 }]);
    expect(outcome.status).toBe('completed');
    expect(testsOf(outcome).map(({ name }) => name)).toEqual(['bad']);
    expect(outputOf(outcome)).toMatchObject({
      ...{ counts: { total: 3, passed: 2, errors: 1 }, duration_seconds: 2.5 },
      quarantined_failures: ['unit::C::known'],
    });
  });

  it('fails when it fails again', async () => {
    const command = await runner({ ok: '', bad: FAILURE }, 1);
    const parameters = { command, suite: 'unit', select: SELECT, on_retry: 'failed' };
    const outcome = await run(parameters, { earlier: async () => before }, { attempt: 2 });
    expect(errorOf(outcome).message).toBe('1 of 3 tests failed: unit::C::bad.');
  });

  it('runs everything where no test failed, and where it was not asked to be choosy', async () => {
    const command = await runner({ ok: '', bad: '' });
    const earlier = async () => [result('ok', 'passed')];
    const choosy = { command, suite: 'unit', select: SELECT, on_retry: 'failed' };
    const all = await run(choosy, { earlier }, { attempt: 2 });
    expect(testsOf(all)).toHaveLength(2);
    const plain = { command, suite: 'unit', select: SELECT };
    const again = await run(plain, { earlier: async () => before }, { attempt: 2 });
    expect(testsOf(again)).toHaveLength(2);
    for (const over of [{}, { attempt: 5, earlierAttempts: 0 }]) {
      const first = await run(choosy, { earlier: async () => before }, over);
      expect(testsOf(first)).toHaveLength(2);
    }
  });
});
