import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Type from 'typebox';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { parseJUnit } from './junit.ts';
import { JUnitError } from './junit-error.ts';

const VECTORS = process.env.TENUTO_VECTORS ?? 'vectors';
const FOLDER = join(VECTORS, 'junit');

/** How many reports there were when this was written, for saying what was not tested. */
const KNOWN = 103;

const Count = Type.Optional(Type.Union([Type.Number(), Type.Null()]));
const Vectors = Type.Array(
  Type.Object({
    file: Type.String(),
    expected: Type.Object({
      well_formed: Type.Boolean(),
      is_junit: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
      suites: Count,
      testcases: Count,
      failures: Count,
      errors: Count,
      skipped: Count,
      disabled_by_status: Count,
      passed: Count,
      flaky_cases: Count,
      time_sum_s: Count,
    }),
  }),
);

function readVectors() {
  const list: unknown = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8'));
  if (!Value.Check(Vectors, list)) throw new Error('expected.json is not as expected');
  return list;
}

function bytesOf(file: string): Uint8Array {
  const bytes = readFileSync(join(FOLDER, file));
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

describe('reports that others wrote', () => {
  if (!existsSync(join(FOLDER, 'expected.json'))) {
    it.skip(`${KNOWN} or more reports are skipped: TENUTO_VECTORS leads to none`, () => {});
    return;
  }

  it.each(readVectors())('$file has its counts, or its error', ({ file, expected }) => {
    if (!expected.well_formed || expected.is_junit === false) {
      const problem = expected.well_formed ? 'not_junit' : 'malformed';
      expect(() => parseJUnit(bytesOf(file))).toThrow(JUnitError);
      expect(() => parseJUnit(bytesOf(file))).toThrow(
        expect.objectContaining({ problem, line: expect.any(Number), column: expect.any(Number) }),
      );
      return;
    }
    const { counts, suites, cases } = parseJUnit(bytesOf(file));
    expect({
      suites: suites.length,
      testcases: counts.total,
      failures: counts.failed,
      errors: counts.errors,
      skipped: counts.skipped - counts.disabled,
      disabled_by_status: counts.disabled,
      passed: counts.passed,
      flaky_cases: counts.flaky,
    }).toEqual({
      suites: expected.suites,
      testcases: expected.testcases,
      failures: expected.failures,
      errors: expected.errors,
      skipped: expected.skipped,
      disabled_by_status: expected.disabled_by_status,
      passed: expected.passed,
      flaky_cases: expected.flaky_cases,
    });
    const seconds = cases.reduce((sum, test) => sum + test.duration_seconds, 0);
    expect(seconds).toBeCloseTo(expected.time_sum_s ?? 0, 2);
  });
});
