import type { Json, JsonObject } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { callWith, errorOf, outputOf } from '../command/command.fixture.ts';
import { testMerge } from './test-merge.ts';

const NONE = { total: 0, passed: 0, failed: 0, errors: 0, skipped: 0, disabled: 0, flaky: 0 };

/** The output of a `test.run`. */
function part(over: JsonObject = {}): JsonObject {
  return {
    ...{ exit_code: 0, counts: { ...NONE, total: 1, passed: 1 }, duration_seconds: 1.5 },
    ...{ suites: [{ name: 's' }], cases: [oneCase('good')], ...over },
  };
}

function oneCase(name: string, over: JsonObject = {}): JsonObject {
  return { id: `unit::${name}`, name, status: 'passed', flaky: false, ...over };
}

const BAD = { ...NONE, total: 2, passed: 1, failed: 1 };
const failing = (over: JsonObject = {}) =>
  part({
    ...{ exit_code: 1, counts: BAD },
    cases: [oneCase('bad', { status: 'failed' }), oneCase('good')],
    ...over,
  });

function merge(outputs: readonly Json[], more: JsonObject = {}) {
  const nodes = outputs.map((_, i) => `unit/shard-${i + 1}`);
  return testMerge().run(callWith({ nodes, outputs, ...more }));
}

/** Answers at once: there is nothing to wait for. */
function merged(...args: Parameters<typeof merge>) {
  const outcome = merge(...args);
  if (outcome instanceof Promise) throw new Error('it waits');
  return outcome;
}

describe('the reports of shards', () => {
  it('add up to the report of their suite', () => {
    const outcome = merged([part(), part({ exit_code: null, counts: NONE, cases: [] })]);
    expect(outcome.status).toBe('completed');
    expect(outputOf(outcome)).toEqual({
      ...{ exit_code: 0, counts: { ...NONE, total: 1, passed: 1 }, duration_seconds: 3 },
      ...{ suites: [{ name: 's' }, { name: 's' }], cases: [oneCase('good')] },
      parts: [
        {
          ...{ node: 'unit/shard-1', exit_code: 0, duration_seconds: 1.5 },
          counts: { ...NONE, total: 1, passed: 1 },
        },
        { node: 'unit/shard-2', exit_code: null, duration_seconds: 1.5, counts: NONE },
      ],
    });
  });

  it('fail when a test of one of them failed, which is listed first', () => {
    const outcome = merged([part({ cases: [oneCase('good')] }), failing()]);
    expect(errorOf(outcome)).toMatchObject({
      ...{ type: 'tests_failed', message: '1 of 3 tests failed: unit::bad.' },
      classification: 'permanent',
    });
    expect(outputOf(outcome)).toMatchObject({
      exit_code: 1,
      cases: [{ name: 'bad' }, { name: 'good' }, { name: 'good' }],
    });
  });

  it('pass when what failed is in quarantine, and say so', () => {
    const excused = failing({
      quarantined_failures: ['unit::bad'],
      cases: [oneCase('bad', { status: 'failed', quarantined: true })],
    });
    const outcome = merged([part(), excused]);
    expect(outcome.status).toBe('completed');
    expect(outputOf(outcome)).toMatchObject({ quarantined_failures: ['unit::bad'] });
    const mixed = merged([excused, failing({ cases: [] })]);
    expect(errorOf(mixed).message).toBe('1 of 4 tests failed.');
    const many = failing({ quarantined_failures: [], quarantined_omitted: 1 });
    expect(merged([many]).status).toBe('completed');
  });

  it('pass in spite of failures where that was said', () => {
    expect(merged([failing()], { fail_on: 'never' }).status).toBe('completed');
  });

  it('fail when a command failed although its tests passed', () => {
    const outcome = merged([part(), part({ exit_code: 3 })]);
    expect(errorOf(outcome)).toMatchObject({ type: 'exit_code' });
    expect(errorOf(outcome).message).toContain('unit/shard-2 ended with exit code 3');
  });

  it('fail when one of them gave none, which is named, whatever the others say', () => {
    for (const silent of [null, { exit_code: 2 }, 'nonsense']) {
      const outcome = merged([part(), silent], { fail_on: 'never' });
      expect(errorOf(outcome)).toMatchObject({ type: 'report_missing' });
      expect(errorOf(outcome).message).toContain('unit/shard-2');
      expect(outputOf(outcome)).toMatchObject({ parts: [{}, { counts: null }] });
    }
    const many = merged(Array.from({ length: 8 }, () => null));
    expect(errorOf(many).message).toContain('and 3 more');
  });

  it('have no tests of their own for the history: those of the shards are there', () => {
    expect(merged([part()])).not.toHaveProperty('tests');
  });

  it('are listed as far as an output may be', () => {
    const cases = Array.from({ length: 4_000 }, (_, i) => oneCase(`t${i}`));
    const counts = { ...NONE, total: 4_000, passed: 4_000 };
    const flaky = part({ cases: [oneCase('flaky', { flaky: true })] });
    const outcome = merged([part({ cases, counts }), part({ cases, counts }), flaky]);
    expect(outputOf(outcome)).toMatchObject({
      truncated: { cases_listed: 5_000, cases_total: 8_001 },
    });
    expect(outputOf(outcome).cases).toHaveProperty('0.name', 'flaky');
  });
});
